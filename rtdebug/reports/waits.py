"""The waits around a response: their names, what each means, and how long each was. One table for every report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from rtdebug.session.latency import ResponseLatency


@dataclass(frozen=True, slots=True)
class Wait:
    """One kind of wait."""

    meaning: str
    of: Callable[[ResponseLatency], int | None]
    """How long it was, ns; None where it was not so, or is not known."""


def first_audio_ns(one: ResponseLatency) -> int | None:
    """Say how long the first audio took since the response was asked for, by whomever."""
    return _sum(one.response_ns, one.ttfa_created_ns) if one.ttfa_request_ns is None else one.ttfa_request_ns


def first_delta_ns(one: ResponseLatency) -> int | None:
    """Say how long the first delta of any kind took since the response was asked for."""
    return _sum(one.response_ns, one.ttft_ns)


def _sum(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else first + second


WAITS: Final[Mapping[str, Wait]] = {
    "voice→voice": Wait("the user falls silent until the first audio of the answer", lambda one: one.voice_to_voice_ns),
    "end of turn": Wait("until speech_stopped", lambda one: one.endpointing_ns),
    "created": Wait("asked for until response.created", lambda one: one.response_ns),
    "1st delta": Wait("asked for until the first delta", first_delta_ns),
    "1st audio": Wait("asked for until the first audio", first_audio_ns),
    "tool": Wait("arguments whole until the next answer begins", lambda one: one.tool_ns),
    "barge-in": Wait("the user speaks until the answer ends", lambda one: one.barge_in_ns),
    "transcript": Wait("the user's turn is committed until its transcript is whole", lambda one: one.transcript_lag_ns),
    "stall": Wait("longest silence in an answer because its audio came late", lambda one: one.stall_ns),
}
"""In the order in which a user meets them."""
SPEED: Final = ("speed", "length of the audio by the time it took to come")
