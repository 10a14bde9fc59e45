"""What never comes: an answer, the end of one, the end of a user's turn."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from rtdebug.diagnosis.finding import Confidence, Hit, Severity
from rtdebug.diagnosis.moments import begun_after, between, client_sent, watched_ns
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.signal.levels import FULL, decibels, levels
from rtdebug.diagnosis.subject import Subject
from rtdebug.session.audio import Stretch
from rtdebug.session.model import Mark, Speech
from rtdebug.units import delay

_S = 1_000_000_000
_ANSWER_NS = 5 * _S
_END_NS = 10 * _S
_TURN_NS = 15 * _S
_QUIET_NS = 3 * _S
"""A microphone that gave nothing for so long has stopped."""
_LOOK_MS = 5_000.0
_TALKING_DB = 10.0
"""Speech rises and falls by this much and more, a noise does not."""
_SILENCE_DB = -55.0


@rule("RT141", "response-never-came", "error", needs=("times",))
def never_came(call: Subject) -> Iterator[Hit]:
    """A response was due and never came, or began and never ended.

    What it sees: a turn that the server committed with `create_response` on, or a `response.create`, after which
    there was neither `response.created` nor an error for 5 s, while the call went on and the user said nothing more;
    and a response of which nothing more came for 10 s, without `response.done`.

    Why it matters: the user waits in silence. A client that waits for `response.done` before it goes on waits for
    ever.

    What to do: have a timer of the client's own run from the end of the turn and from `response.create`, and ask
    again when it is over. Where a response does not end, cancel it with its id; where that brings no answer either,
    the session is dead and a new one is needed.

    Seen in: openai-dotnet#879, pipecat#2179, googleapis/python-genai#2333.
    """
    yield from _unanswered(call)
    for response in call.session.responses.values():
        stream = call.traffic.streams.get(response.id)
        if response.created is None or response.done is not None or stream is None:
            continue
        last = Mark(stream.events[-1].seq, stream.events[-1].at_ns)
        waited = watched_ns(call, last)
        if waited >= _END_NS:
            words = (
                f"{response.id} began and never ended: nothing came for {delay(waited)} after {stream.events[-1].type}"
            )
            yield Hit(last.seq, words, (response.created.seq,), response_id=response.id)


@rule("RT142", "turn-never-ends", "error", "medium", needs=("times",))
def turn_never_ends(call: Subject) -> Iterator[Hit]:
    """Voice activity detection heard speech begin and never heard it end.

    What it sees: `speech_started` without `speech_stopped` for more than 15 s. It says whether the microphone still
    sent audio, and how loud that was; somebody who is still speaking is no finding.

    Why it matters: the turn is never committed, so nothing is ever answered. The user believes to have been heard.

    What to do: go on sending audio while the microphone is muted, as silence: voice activity detection counts
    samples, not seconds, and without samples the pause that ends a turn never comes. Where a noise goes on, raise
    the `threshold`, switch `noise_reduction` on, or commit the turn by hand after some time.

    Seen in: twilio speech-assistant-python#6, pipecat#4244.
    """
    ended = sorted(item.committed.seq for item in call.session.items.values() if item.committed)
    ended += [event.seq for event in call.traffic.of("input_audio_buffer.cleared")]
    ended += [one.answered.seq for one in call.session.changes if one.answered and _about_turns(one.changed)]
    speeches = [one for one in call.session.speeches if not one.is_silence]
    for speech, following in zip(speeches, [*speeches, None][1:], strict=True):
        until = following.started if following else None
        if speech.stopped is not None or any(
            speech.started.seq < seq and (until is None or seq < until.seq) for seq in ended
        ):
            continue
        lasted = watched_ns(call, speech.started)
        if until is not None:
            lasted = min(lasted, between(speech.started, until) or 0)
        found = _microphone(call, speech, lasted) if lasted > _TURN_NS else None
        if found is not None:
            words = f"the server heard speech begin and no end of it for {delay(lasted)}; {found.words}"
            yield Hit(
                speech.started.seq,
                words,
                item_id=speech.item_id,
                severity=found.severity,
                confidence=found.confidence,
            )


def _unanswered(call: Subject) -> Iterator[Hit]:
    """Go through what was to be answered; of several in a row only the first is told."""
    created = client_sent(call, "response.create")
    items = call.session.items.values()
    due = [(one.committed, one.id) for one in items if one.committed and one.expects_answer]
    due += [(one, "") for one in created]
    due.sort(key=lambda one: one[0].seq)
    told = -1
    for mark, item_id in due:
        later = begun_after(call, mark)
        first = later[0].created if later else None
        waited = between(mark, first)
        if waited is None:
            waited = watched_ns(call, mark)
        following = first.seq if first else 1 << 62
        if waited < _ANSWER_NS or following == told or _answered_otherwise(call, mark):
            continue
        if later and later[0].asked.mark == mark:
            continue  # it came, late: that is a matter of latency
        told = following
        what = f"the user's turn {item_id} was committed" if item_id else "the client asked for a response"
        yield Hit(mark.seq, f"{what}, and no response came for {delay(waited)}", item_id=item_id)


def _answered_otherwise(call: Subject, mark: Mark) -> bool:
    """Say whether an error, more speech, or a response out of band came of it."""
    session = call.session
    came = [one.mark for one in session.errors] + [one.started for one in session.speeches]
    came += [one.created for one in session.responses.values() if one.created and not one.in_conversation]
    for one in came:
        gap = between(mark, one) if one.seq > mark.seq else None
        if gap is not None and gap < _ANSWER_NS:
            return True
    return False


class _Heard(NamedTuple):
    words: str
    severity: Severity
    confidence: Confidence


def _microphone(call: Subject, speech: Speech, lasted_ns: int) -> _Heard | None:
    """Say what the microphone gave meanwhile; None where somebody went on speaking."""
    audio, began_ns = call.session.input, speech.started.at_ns or 0
    last = bisect_right(audio.times, began_ns + lasted_ns) - 1
    came_ns = audio.times[last] if last >= 0 else began_ns
    if began_ns + lasted_ns - came_ns >= _QUIET_NS:
        after = delay(max(0, came_ns - began_ns))
        return _Heard(f"the client sent no more audio after {after}", "error", "high")
    end_ms = audio.ends[last] / 1e6
    stretches = audio.cut(end_ms - _LOOK_MS, end_ms)
    if not call.has("client audio") or not stretches:
        return _Heard("the microphone went on", "warning", "low")
    level, talks = _level(call, stretches)
    if level < _SILENCE_DB:
        return _Heard(f"the microphone went on, and gave silence ({level:.0f} dB)", "error", "high")
    return None if talks else _Heard(f"the microphone went on with a noise of {level:.0f} dB", "warning", "medium")


def _level(call: Subject, stretches: list[Stretch]) -> tuple[float, bool]:
    """Measure how loud samples are, and whether they rise and fall as speech does."""
    found = levels(call.samples(stretches), stretches[0].rate)
    power = float((found.rms.astype("f8") ** 2).mean()) if len(found.rms) else 0.0
    return decibels(min(FULL, power**0.5)), (found.snr_db or 0.0) >= _TALKING_DB


def _about_turns(changed: object) -> bool:
    return isinstance(changed, dict) and any(path.startswith("audio.input.turn_detection") for path in changed)


RULES = (never_came, turn_never_ends)
