"""`diff`: two recordings compared, aspect by aspect. Values in, values out; one file an aspect.

Ids, times of day and how audio and text were cut into pieces never count. Drawing them is `drawing`'s part, writing
them for programs that of `json`.
"""

from collections.abc import Callable, Sequence
from typing import Final

from rtdebug.reports.diff.audio import audio
from rtdebug.reports.diff.config import config
from rtdebug.reports.diff.errors import errors
from rtdebug.reports.diff.events import events
from rtdebug.reports.diff.latency import latency
from rtdebug.reports.diff.order import order
from rtdebug.reports.diff.pairing import Pairs, pair
from rtdebug.reports.diff.responses import responses
from rtdebug.reports.diff.session import session
from rtdebug.reports.diff.tolerance import Tolerance
from rtdebug.reports.diff.tools import tools
from rtdebug.reports.diff.transcript import transcript
from rtdebug.reports.diff.usage import usage
from rtdebug.reports.diff.values import Compared, Comparison, Side

ASPECTS: Final[dict[str, Callable[[Pairs], Compared]]] = {
    "session": session,
    "config": config,
    "transcript": transcript,
    "responses": responses,
    "tools": tools,
    "errors": errors,
    "audio": audio,
    "latency": latency,
    "usage": usage,
    "events": events,
    "order": order,
}
"""In the order in which they are told."""
USUAL: Final = tuple(name for name in ASPECTS if name != "order")
"""The order of events depends on time as much as on what was said, so it counts where it is asked for."""


def compare(a: Side, b: Side, tolerance: Tolerance, names: Sequence[str] = USUAL) -> Comparison:
    """Compare two recordings in the aspects that are named."""
    pairs = pair(a, b, tolerance)
    turns = [
        (first.number if first else None, second.number if second else None)
        for first, second in pairs.turns
        if (first and first.number) or (second and second.number)
    ]
    compared = [aspect(pairs) for name, aspect in ASPECTS.items() if name in names]
    return Comparison(a.recorded, b.recorded, turns, compared)
