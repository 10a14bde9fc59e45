"""What the rules say of a whole recording: read anew in a thread, for rules take their time."""

from pathlib import Path

from rtdebug.diagnosis.linting import Diagnosis, diagnose
from rtdebug.diagnosis.rules import RULES
from rtdebug.errors import RtdebugError
from rtdebug.opening import examined


def find(path: Path) -> Diagnosis:
    """Diagnose a recording; what cannot be opened has no findings."""
    try:
        with examined(path) as (_, subject):
            return diagnose(subject, RULES)
    except RtdebugError:
        return Diagnosis([])
