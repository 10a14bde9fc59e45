"""What the rules say of a whole recording: read anew in a thread, for rules take their time."""

import threading
from collections.abc import Callable
from pathlib import Path

from rtdebug.diagnosis.linting import Diagnosis, diagnose
from rtdebug.errors import RtdebugError
from rtdebug.opening import examined


def find(path: Path) -> Diagnosis:
    """Diagnose a recording; what cannot be opened has no findings."""
    from rtdebug.diagnosis.rules import RULES  # with the numbers they reckon with: the first screen does not wait

    try:
        with examined(path) as (_, subject):
            return diagnose(subject, RULES)
    except RtdebugError:
        return Diagnosis([])


def find_in_background(path: Path, then: Callable[[Diagnosis], None]) -> None:
    """Diagnose a recording in a thread that nobody waits for; `then` is called there."""
    threading.Thread(target=lambda: then(find(path)), name="rtdebug findings", daemon=True).start()
