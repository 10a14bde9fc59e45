"""Latency: what the user waited for at each response, and the middle and worst of each wait."""

from collections.abc import Callable, Sequence
from statistics import median

from rich.console import Group, RenderableType
from rich.text import Text

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.look import Column, Legend, Remark, Rows
from rtdebug.reports.waits import SPEED, WAITS
from rtdebug.reports.waits import first_audio_ns as first_audio_ns
from rtdebug.units import NONE, delay

COLUMNS = [
    Column("#", right=True),
    Column("voice→voice", right=True, rank=1),
    Column("end of turn", right=True, rank=1),
    Column("created", right=True, rank=2),
    Column("1st delta", right=True, rank=3),
    Column("1st audio", right=True, rank=1),
    Column("tool", right=True, rank=1),
    Column("barge-in", right=True, rank=1),
    Column("transcript", right=True, rank=4),
    Column("stall", right=True, rank=2),
    Column("speed", right=True, rank=3),
]
MEANINGS = {**{name: wait.meaning for name, wait in WAITS.items()}, SPEED[0]: SPEED[1]}


def latency(recorded: Recorded) -> RenderableType | None:
    """Draw a row for each response that has times; where the whole recording has none, say so in their place."""
    if "times" in recorded.lacks and recorded.session.responses:
        return Remark("this log has no times: how long anybody waited cannot be told")
    found = [
        (number, [wait.of(one) for wait in WAITS.values()], one.realtime_factor)
        for number, one in enumerate(recorded.latencies(), 1)
    ]
    rows = [(number, waits, speed) for number, waits, speed in found if any(wait is not None for wait in waits)]
    if not rows:
        return None
    table = Rows(COLUMNS)
    for number, waits, speed in rows:
        table.add([str(number), *map(delay, waits), _times(speed)])
    if len(rows) > 1:
        columns = list(zip(*(waits for _, waits, _ in rows), strict=True))
        speeds = [speed for _, _, speed in rows if speed is not None]
        table.add(_bold("middle", [_of(column, median) for column in columns], median(speeds) if speeds else None))
        table.add(_bold("worst", [_of(column, max) for column in columns], min(speeds, default=None)))
    return Group(table, Legend(table, MEANINGS))


def _of(values: Sequence[int | None], pick: Callable[[list[int]], float]) -> int | None:
    known = [value for value in values if value is not None]
    return round(pick(known)) if known else None


def _times(speed: float | None) -> str:
    return NONE if speed is None else f"{speed:.1f} x"


def _bold(name: str, waits: Sequence[int | None], speed: float | None) -> list[Text]:
    return [Text(cell, "bold") for cell in (name, *map(delay, waits), _times(speed))]
