"""Waits: answers that come late, later with every turn, or because the end of the user's turn is found late."""

import statistics
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.grouping import grouped
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.diagnosis.waits import Wait, end_of_turn, waits
from rtdebug.units import count, delay

_MS = 1_000_000
_LONG_NS = 3_000 * _MS
"""Nobody waits this long in a conversation without asking whether the other is still there."""
_ODD_NS = 1_500 * _MS
_ODD = 2.5
"""So many times the call's own median."""
_FEWEST: Final = 4
_MOST_APART: Final = 5
_DRIFT_TURNS: Final = 8
_DRIFT_NS = 500 * _MS
_DRIFT = 1.5
_LATE_END_NS = 1_200 * _MS


@rule("RT190", "slow-answer", "warning", needs=("times",))
def slow_answer(call: Subject) -> Iterator[Hit]:
    """An answer came late.

    What it sees: more than 3 s from the end of the user's speech to the first audio of the answer (from
    `response.create` to the first delta, where nobody spoke); or more than 1.5 s and 2.5 times the call's own median.
    It says how the wait divides between the end of the turn, the client's tools, and the model. Where most answers of
    a call are late, they are one finding.

    Why it matters: people take a gap of more than a second for a breakdown: they repeat themselves, and their words
    cut the answer that was coming.

    What to do: go after the largest part. End of turn: lower `silence_duration_ms`, or a higher `eagerness`. Tools:
    say something before the call, make the tool faster, or answer it and ask again later. Model: a shorter
    context, a cached beginning, a smaller model; and see whether `response.create` was sent when it should have been.

    Seen in: twilio-samples/speech-assistant-openai-realtime-api-node#38, community.openai.com topic 1376004.
    """
    found = waits(call)
    median = statistics.median(one.ns for one in found) if found else 0
    odd = [
        one
        for one in found
        if one.ns > _LONG_NS or (len(found) >= _FEWEST and one.ns > _ODD_NS and one.ns > _ODD * median)
    ]
    hits = [_hit(one, median if len(found) >= _FEWEST else None) for one in odd]
    if len(hits) <= _MOST_APART:
        yield from hits
        return
    longest = max(odd, key=lambda one: one.ns)
    words = f"{len(odd):,} of {count(len(found), 'answer')} came late; the median is {delay(int(median))},"
    yield grouped(hits, f"{words} the longest {delay(longest.ns)}: {_parts(longest)}")


@rule("RT192", "slower-with-context", "warning", "medium", needs=("times",))
def drift(call: Subject) -> Iterator[Hit]:
    """Answers take longer the longer the call lasts.

    What it sees: at least 8 answers whose own wait, without the end of the turn and the tools, goes with the number
    of input tokens (correlation over 0.6), and whose last third is slower than the first by half and by 500 ms.

    Why it matters: the conversation is read anew for each answer. What is quick in a test of two minutes is slow in
    a call of twenty.

    What to do: set `truncation` with a retention ratio, delete or sum up old items, keep tool outputs short, and
    keep the beginning of the context as it is, so that it stays cached.

    Seen in: community.openai.com topic 1272621.
    """
    points = [(one, one.response.usage.input_tokens) for one in waits(call) if one.response.usage]
    points = [(one, tokens) for one, tokens in points if tokens]
    if len(points) < _DRIFT_TURNS:
        return
    tokens = np.array([tokens for _, tokens in points], float)
    waited = np.array([one.model_ns for one, _ in points], float)
    if tokens.std() == 0 or waited.std() == 0:
        return
    third = len(points) // 3
    early, late = float(np.median(waited[:third])), float(np.median(waited[-third:]))
    together = float(np.corrcoef(tokens, waited)[0, 1])
    if together < 0.6 or late - early < _DRIFT_NS or late < _DRIFT * early:
        return
    slope = float(np.polyfit(tokens, waited, 1)[0]) * 1000
    words = (
        f"answers grew slower with the context: {delay(int(early))} at first, {delay(int(late))} at last,"
        f" {delay(int(slope))} for each 1,000 input tokens"
    )
    last = points[-1][0].response
    more = (last.created.seq,) if last.created else ()
    yield Hit(points[0][0].seq, words, more)


@rule("RT194", "slow-end-of-turn", "warning", "medium", needs=("times",))
def slow_end(call: Subject) -> Iterator[Hit]:
    """The server found late that the user had finished.

    What it sees: a median of more than 1.2 s from the true end of speech to `speech_stopped`, over all spoken turns
    whose end is known. It says how much of that is the configured silence, and how much is audio that came late.

    Why it matters: this wait comes before the model has even begun, in every turn.

    What to do: lower `silence_duration_ms` (200 to 500 is usual). Where the silence is short and the wait long, the
    microphone's audio arrives late: send small pieces, as they are recorded.

    Seen in: pipecat#4244, twilio-samples/speech-assistant-openai-realtime-api-python#6.
    """
    ends = []
    for turn in call.session.turns:
        one = end_of_turn(call, turn)
        items = [call.session.items[id_] for id_ in turn.item_ids if id_ in call.session.items]
        speech = next((item.speech for item in reversed(items) if item.speech and item.speech.stopped), None)
        if one is not None and one > 0 and speech is not None and speech.stopped is not None:
            ends.append((one, speech.silence_ms or 0, speech.stopped.seq))
    if not ends:
        return
    median = int(statistics.median(one for one, _, _ in ends))
    if median <= _LATE_END_NS:
        return
    silence = int(statistics.median(silence for _, silence, _ in ends)) * _MS
    words = (
        f"speech_stopped came {delay(median)} after the user had finished (median of {count(len(ends), 'turn')}):"
        f" {delay(min(silence, median))} is the configured silence, {delay(max(0, median - silence))} is delay"
    )
    slow = [seq for one, _, seq in ends if one > _LATE_END_NS]
    yield Hit(slow[0], words, tuple(slow[1:6]))


RULES = (slow_answer, drift, slow_end)


def _hit(wait: Wait, median: float | None) -> Hit:
    first = wait.response.first_audio or wait.response.first_delta
    usual = f", the call's median is {delay(int(median))}" if median is not None else ""
    words = f"{wait.response.id} began {delay(wait.ns)} after {wait.since}{usual}: {_parts(wait)}"
    more = (first.seq,) if first else ()
    return Hit(wait.seq, words, more, response_id=wait.response.id, until_ns=first.at_ns if first else None)


def _parts(wait: Wait) -> str:
    parts: Sequence[tuple[str, int]] = (
        ("end of turn", wait.end_of_turn_ns),
        ("until the client asked for it", wait.client_ns),
        ("the client's tools", wait.tool_ns),
        ("the model", wait.model_ns),
    )
    return ", ".join(f"{name} {delay(ns)}" for name, ns in parts if ns)
