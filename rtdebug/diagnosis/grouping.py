"""Several places of one fault as one finding: a call with a fault in every turn must not fill the screen."""

from collections.abc import Sequence

from rtdebug.diagnosis.finding import Hit

MOST = 10
"""Places that one finding names."""


def grouped(hits: Sequence[Hit], message: str) -> Hit:
    """Make one hit of several, which begins at the first; a single one keeps its own words."""
    if len(hits) == 1:
        return hits[0]
    first = hits[0]
    more = [*first.more, *(one.seq for one in hits[1:])]
    return Hit(first.seq, message, tuple(more[:MOST]), severity=first.severity, confidence=first.confidence)


def listed(names: Sequence[str], most: int = 6) -> str:
    """Name a few things on one line: `a, b and 3 more`."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
