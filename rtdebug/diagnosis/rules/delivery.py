"""How much of the assistant's audio came, held against what its tokens make: a tail that is missing, another rate."""

import statistics
from collections.abc import Iterator
from typing import NamedTuple

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.signal.pace import nearest_rate
from rtdebug.diagnosis.subject import Subject
from rtdebug.session.audio import OutputAudio
from rtdebug.session.model import Item, Response
from rtdebug.units import count, length

_MS = 1_000_000
_TOKEN_NS = 50 * _MS
_SLACK_NS, _SLACK = 300 * _MS, 0.05
_ALIKE = 0.04
_LEAST_TOKENS = 20
_FEWEST = 3
"""Answers that are enough to see how a model counts, or how fast it speaks."""
_HASTE = 1.6
"""So many times the usual number of letters a second: not spoken faster, but cut off."""
_LEAST_LETTERS = 40


class _Spoken(NamedTuple):
    """An answer that came whole, as far as the server says."""

    response: Response
    made_ns: int
    tokens: int
    letters: int


@rule("RT101", "audio-tail-missing", "error", needs=("server audio",))
def tail_missing(call: Subject) -> Iterator[Hit]:
    """Less of an answer's audio came than was made.

    What it sees: a completed response whose `audio_tokens`, at 50 ms each, come to more audio than arrived, by more
    than 300 ms and 5 %. A model that counts otherwise in all its answers is held against itself. Where the server
    tells no tokens: a transcript with 1.6 times as many letters a second as the other answers have.

    Why it matters: the transcript is whole, and the user hears the answer break off. All of it was paid for.

    What to do: where the server ends it early, ask again and report the response's id. Where a proxy or gateway of
    your own stands in between, look whether it stops forwarding at `response.output_audio_transcript.done`.

    Seen in: livekit/agents#1988, OpenAI-realtimeapi-dotnetsdk#73, aoai-realtime-audio-sdk#26.
    """
    spoken = list(_spoken(call))
    counted = [one for one in spoken if one.tokens >= _LEAST_TOKENS]
    ratio = _ratio(counted)
    if counted and _other_rate(call, counted) is None:
        for one in counted:
            due_ns = round(one.tokens * _TOKEN_NS * ratio)
            if due_ns - one.made_ns > max(_SLACK_NS, _SLACK * due_ns):
                hit = _missing(one, f"{count(one.tokens, 'audio token')} make {length(due_ns)}", due_ns)
                yield hit if len(counted) >= _FEWEST else hit._replace(confidence="medium")
    yield from _hasty([one for one in spoken if not one.tokens])


@rule("RT105", "wrong-answer-rate", "error", "medium", needs=("server audio",))
def answer_rate(call: Subject) -> Iterator[Hit]:
    """The assistant's audio is at another rate than the session says.

    What it sees: at least 3 answers whose audio is longer or shorter than its tokens say by one and the same factor,
    and one that another usual sample rate explains.

    Why it matters: whoever plays it as stated hears a voice that is too high and hurried, or too low and slow.

    What to do: play the audio at the rate named here. A gateway in between that converts audio should say so in
    `session.audio.output.format`.

    Seen in: pipecat#1535, aisearch-openai-rag-audio#60.
    """
    counted = [one for one in _spoken(call) if one.tokens >= _LEAST_TOKENS]
    rate = _other_rate(call, counted)
    if rate is None:
        return
    stated, ratio = _stated_rate(call, counted[0].response), _ratio(counted, most=10)
    words = (
        f"the assistant's audio is at {rate:,} Hz and the session says {stated:,} Hz: "
        f"{count(len(counted), 'answer')} last {ratio:.2f} of what their tokens make"
    )
    marks = [one.response.first_audio for one in counted if one.response.first_audio]
    yield Hit(marks[0].seq, words, tuple(mark.seq for mark in marks[1:6]), response_id=counted[0].response.id)


def _spoken(call: Subject) -> Iterator[_Spoken]:
    """Yield answers that completed and whose audio the recording has from beginning to end."""
    for response in call.session.responses.values():
        begun, done = response.created, response.done
        if response.status != "completed" or begun is None or done is None or response.first_audio is None:
            continue
        if any(begun.seq <= gap.seq <= done.seq for gap in call.session.gaps):
            continue
        items = items_of(call, response)
        made_ns = sum(audio.length_ns for item in items for audio in audio_of(item))
        letters = sum(len(item.text) for item in items if any(True for _ in audio_of(item)))
        tokens = response.usage.output_audio if response.usage else 0
        yield _Spoken(response, made_ns, tokens, letters)


def _ratio(counted: list[_Spoken], *, most: float = 1.25) -> float:
    """Say how much longer or shorter than its tokens the audio of this model is, as a rule; 1 where few tell."""
    if len(counted) < _FEWEST:
        return 1.0
    found = statistics.median(one.made_ns / (one.tokens * _TOKEN_NS) for one in counted)
    return found if 1 / most < found < most else 1.0


def _other_rate(call: Subject, counted: list[_Spoken]) -> int | None:
    """Name the rate at which the tokens and the length of all answers agree, None where it is the stated one."""
    if len(counted) < _FEWEST:
        return None
    stated = _stated_rate(call, counted[0].response)
    ratios = [one.made_ns / (one.tokens * _TOKEN_NS) for one in counted]
    usual = statistics.median(ratios)
    agree = sum(1 for one in ratios if usual and abs(one / usual - 1) < _ALIKE)
    if not stated or agree < max(_FEWEST, 0.8 * len(ratios)) or 0.8 < usual < 1.25:
        return None
    rate = nearest_rate(usual * stated)
    return rate if rate != stated else None


def _stated_rate(call: Subject, response: Response) -> int:
    stretches = [one for item in items_of(call, response) for audio in audio_of(item) for one in audio.stretches]
    return stretches[0].rate if stretches else 0


def _missing(one: _Spoken, why: str, due_ns: int) -> Hit:
    response = one.response
    lost_ns = due_ns - one.made_ns
    words = f"the last {length(lost_ns)} of {response.id} did not come: {why}, and {length(one.made_ns)} arrived"
    last = response.last_audio or response.first_audio
    done = response.done
    assert last is not None and done is not None
    return Hit(last.seq, words, (done.seq,), response_id=response.id, item_id=_speaking(response))


def _hasty(spoken: list[_Spoken]) -> Iterator[Hit]:
    """Compare how many letters a second answers have, where there are no tokens to go by."""
    told = [one for one in spoken if one.letters >= _LEAST_LETTERS and one.made_ns > 0]
    if len(told) <= _FEWEST:
        return
    usual = statistics.median(one.letters / one.made_ns for one in told)
    for one in told:
        due_ns = round(one.letters / usual)
        if one.letters / one.made_ns > _HASTE * usual and due_ns - one.made_ns > 1_000 * _MS:
            why = f"its {count(one.letters, 'letter')} take {length(due_ns)} as the others are spoken"
            yield _missing(one, why, due_ns)._replace(confidence="low", severity="warning")


def items_of(call: Subject, response: Response) -> list[Item]:
    """Return the items of a response, as far as they came."""
    return [call.session.items[one] for one in response.item_ids if one in call.session.items]


def audio_of(item: Item) -> Iterator[OutputAudio]:
    """Yield the audio of an item, part by part."""
    return (part.audio for part in item.parts.values() if part.audio is not None)


def _speaking(response: Response) -> str:
    return response.item_ids[0] if response.item_ids else ""


RULES = (tail_missing, answer_rate)
