"""Latency: what the user waited for at each response, and the middle and worst of each wait."""

from collections.abc import Callable, Sequence
from statistics import median

from rich.console import Group, RenderableType
from rich.text import Text

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.look import Column, Legend, Rows
from rtdebug.reports.units import NONE, delay
from rtdebug.session.latency import ResponseLatency

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
MEANINGS = {
    "voice→voice": "the user falls silent until the first audio of the answer",
    "end of turn": "until speech_stopped",
    "created": "asked for until response.created",
    "1st delta": "asked for until the first delta",
    "1st audio": "asked for until the first audio",
    "tool": "arguments whole until the next answer begins",
    "barge-in": "the user speaks until the answer ends",
    "transcript": "the user's turn is committed until its transcript is whole",
    "stall": "longest silence in an answer because its audio came late",
    "speed": "length of the audio by the time it took to come",
}


def latency(recorded: Recorded) -> RenderableType | None:
    """Draw a row for each response that has times."""
    found = [(number, _waits(one), one.realtime_factor) for number, one in enumerate(recorded.latencies(), 1)]
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


def _waits(one: ResponseLatency) -> list[int | None]:
    return [
        one.voice_to_voice_ns,
        one.endpointing_ns,
        one.response_ns,
        _sum(one.response_ns, one.ttft_ns),
        first_audio_ns(one),
        one.tool_ns,
        one.barge_in_ns,
        one.transcript_lag_ns,
        one.stall_ns,
    ]


def first_audio_ns(one: ResponseLatency) -> int | None:
    """Say how long the first audio took since the response was asked for, by whomever."""
    return _sum(one.response_ns, one.ttfa_created_ns) if one.ttfa_request_ns is None else one.ttfa_request_ns


def _sum(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else first + second


def _of(values: Sequence[int | None], pick: Callable[[list[int]], float]) -> int | None:
    known = [value for value in values if value is not None]
    return round(pick(known)) if known else None


def _times(speed: float | None) -> str:
    return NONE if speed is None else f"{speed:.1f} x"


def _bold(name: str, waits: Sequence[int | None], speed: float | None) -> list[Text]:
    return [Text(cell, "bold") for cell in (name, *map(delay, waits), _times(speed))]
