"""What was found in one recording, in one line: for the end of a call."""

import shlex

from rtdebug.diagnosis.finding import SEVERITIES
from rtdebug.reports.findings.linted import Linted
from rtdebug.units import count, plain

_MOST = 3


def line(one: Linted) -> str:
    """Name the gravest, each rule once, and the command that tells more; "" where nothing was found."""
    if not one.findings:
        return ""
    gravest = sorted(one.findings, key=lambda found: SEVERITIES.index(found.severity))
    named = list(dict.fromkeys(f"{found.code} {found.rule.name}" for found in gravest))
    more = f" and {len(named) - _MOST} more" if len(named) > _MOST else ""
    words = f"{count(len(one.findings), 'finding')}: {', '.join(named[:_MOST])}{more}"
    return plain(f"{words} · rtdebug lint {shlex.quote(one.path)}")
