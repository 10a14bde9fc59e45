"""How long things took, response by response. A recording without times has nothing to compare."""

from typing import Final

from rtdebug.reports.diff.pairing import Pairs
from rtdebug.reports.diff.values import Compared, Difference
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.waits import WAITS
from rtdebug.session.latency import ResponseLatency

IN_AUDIO: Final = ("voice→voice", "end of turn", "stall")
"""Measured in audio: not known where a log was imported without it."""


def latency(pairs: Pairs) -> Compared:
    """Compare the waits of every pair of responses."""
    a, b = pairs.a.recorded, pairs.b.recorded
    timeless = [name for name, one in (("A", a), ("B", b)) if one.session.duration_ns is None]
    if timeless:
        return Compared("latency", 0, "wait", (), note=f"{' and '.join(timeless)} without times")
    names = [name for name in WAITS if name not in IN_AUDIO or (a.has_audio and b.has_audio)]
    first, second = _by_response(a), _by_response(b)
    found: list[Difference] = []
    number = within = 0
    for x, y in pairs.responses:
        if x is None or y is None:
            continue
        in_a, in_b = pairs.places(x, y)
        for name in names:
            one, other = WAITS[name].of(first[x.id]), WAITS[name].of(second[y.id])
            number += one is not None or other is not None
            if one == other:
                continue
            if one is not None and other is not None and pairs.tolerance.latency.allows(one, other):
                within += 1
            else:
                found.append(Difference(name, one, other, "wait", in_a, in_b))
    return Compared("latency", number, "wait", found, within)


def _by_response(recorded: Recorded) -> dict[str, ResponseLatency]:
    return {one.response_id: one for one in recorded.latencies()}
