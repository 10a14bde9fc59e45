"""Answers that were cut off for nothing: by a noise, or before the greeting was out."""

from collections.abc import Iterator
from typing import Final

from rtdebug.diagnosis.finding import Confidence, Hit, Severity
from rtdebug.diagnosis.moments import between, watched_ns
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.signal.levels import decibels, levels
from rtdebug.diagnosis.subject import Subject
from rtdebug.protocol.event import Sound
from rtdebug.session.model import Item, Mark, Response, Speech
from rtdebug.units import delay

_MS = 1_000_000
_TINY_MS = 400
_TRANSCRIPT_NS = 5_000 * _MS
_GREETING_NS = 5_000 * _MS
_FAINTEST = 60.0
"""Nothing below this level (-55 dB of full scale) is speech."""
_OVER_NOISE = 2.0
_LEAST_S = 5.0
_SENTENCE: Final = 4
"""Words of the user's that are more than a hello."""
_GRAVE: Final = 2
"""So many signs together leave no doubt."""


@rule("RT110", "false-interruption", "warning", "medium", needs=("times",))
def false_interruption(call: Subject) -> Iterator[Hit]:
    """An answer was cut off, though nobody seems to have spoken.

    What it sees: an answer that voice activity detection ended (`turn_detected`), or that the client truncated when
    speech began; and of that speech, that it lasted less than 400 ms (without the padding before and the silence
    behind it), that its transcript is empty, failed, or did not come within 5 s where others did, or that the
    microphone's audio does not stand out of its noise. It is silent where the transcript has words. One sign is a
    warning, two are an error.

    Why it matters: the assistant stops in the middle of a sentence for a cough, a door, a keyboard, and then has
    nothing to answer.

    What to do: raise the `threshold` of server VAD or use `semantic_vad`; switch `noise_reduction` on; or set
    `interrupt_response` to false, and let the client cancel once there are words in the transcript. If the
    assistant's own sound is what was heard, see RT111.

    Seen in: livekit/agents#2072, hybridclaw#1503, OpenAI forum 1374074.
    """
    transcribes = any(one.transcription and one.transcription.status == "completed" for one in _items(call))
    for response in call.session.responses.values():
        speech = _cut_by(call, response)
        if speech is None or speech.stopped is None:
            continue
        item = call.session.items.get(speech.item_id)
        if item is not None and _has_words(item.text):
            continue
        signs = [
            one for one in (_tiny(speech), _no_words(call, speech, item, transcribes), _faint(call, speech)) if one
        ]
        if not signs:
            continue
        into = between(response.first_audio, speech.started)
        when = f" {delay(into)} into its audio" if into is not None and into >= 0 else ""
        words = f"{response.id} was cut off{when}, though nobody seems to have spoken: {', '.join(signs)}"
        sure: Confidence = "high" if len(signs) >= _GRAVE else "low" if signs == [_tiny(speech)] else "medium"
        ended = (response.done.seq,) if response.done else ()
        yield Hit(
            speech.started.seq,
            words,
            (speech.stopped.seq, *ended),
            _sound(call, speech),
            response.id,
            speech.item_id,
            speech.stopped.at_ns,
            "error" if len(signs) >= _GRAVE else None,
            sure,
        )


@rule("RT112", "greeting-cut", "warning", "medium", needs=("times",))
def greeting_cut(call: Subject) -> Iterator[Hit]:
    """The greeting was cut off.

    What it sees: the first response, which the client asked for before the user had said anything, was ended or
    truncated because speech began within 5 s of the session's beginning. It is information only where that
    speech has a transcript of four words and more: then somebody had something to say.

    Why it matters: the user does not learn who speaks and what to say. The beginning of a call is when lines crackle,
    people say hello, and echo cancellation has not settled yet.

    What to do: leave turn detection off (`turn_detection: null`) or `interrupt_response` false until the greeting has
    been played, then switch it on with a `session.update`; or begin to send the microphone's audio after it.

    Seen in: OpenAI forum 1374074.
    """
    response = next((one for one in call.session.responses.values() if one.in_conversation), None)
    begun = call.session.created
    if response is None or begun is None or response.created is None:
        return
    created = response.created.seq
    if any(one.started.seq < created for one in call.session.speeches) or any(
        item.role == "user" and mark is not None and mark.seq < created
        for item in _items(call)
        for mark in (item.added, item.committed)
    ):
        return
    speech = _cut_by(call, response)
    since = between(begun, speech.started) if speech else None
    if speech is None or since is None or not 0 <= since <= _GREETING_NS:
        return
    into = between(response.first_audio, speech.started)
    when = f"{delay(into)} into its audio" if into is not None and into >= 0 else "before any of it was heard"
    words = f"the greeting, {response.id}, was cut off {when}, {delay(since)} after the session began"
    ended = (response.done.seq,) if response.done else ()
    item = call.session.items.get(speech.item_id)
    severity: Severity | None = "info" if item is not None and len(item.text.split()) >= _SENTENCE else None
    yield Hit(speech.started.seq, words, (created, *ended), (), response.id, speech.item_id, severity=severity)


def _cut_by(call: Subject, response: Response) -> Speech | None:
    """Find the speech that ended an answer, or for which the client truncated it."""
    mark: Mark | None = None
    items = [call.session.items[one] for one in response.item_ids if one in call.session.items]
    if response.status == "cancelled" and response.cancellation and response.cancellation.by == "turn_detection":
        mark = response.cancellation.mark
    elif response.barge_in is not None:
        spoken = response.barge_in.speech
        truncations = [one.truncation.asked or one.truncation.done for one in items if one.truncation]
        if any(one is not None and one.seq > spoken.seq for one in truncations):
            mark = spoken
    if mark is None:
        return None
    speeches = [one for one in call.session.speeches if one.started == mark and not one.is_silence]
    begun = response.created.seq if response.created else 0
    return next((one for one in speeches if one.stopped is None or one.stopped.seq > begun), None)


def _tiny(speech: Speech) -> str:
    """Say how short it was, where it was too short for a word."""
    start, end = speech.audio_start_ms, speech.audio_end_ms
    if not start or end is None or speech.prefix_ms is None or speech.silence_ms is None:
        return ""  # the padding is cut where the audio begins
    said = max(0, end - speech.silence_ms - start - speech.prefix_ms)
    return f"the sound lasted {delay(said * _MS)}" if said < _TINY_MS and end > start else ""


def _no_words(call: Subject, speech: Speech, item: Item | None, transcribes: bool) -> str:
    """Say what became of the transcript, where it should have told what was said."""
    transcription = item.transcription if item else None
    if transcription is not None and transcription.status == "completed":
        return "its transcript is empty"
    if not transcribes or speech.stopped is None:
        return ""
    if transcription is not None and transcription.status == "failed":
        return "its transcription failed"
    return "no transcript came" if watched_ns(call, speech.stopped) >= _TRANSCRIPT_NS else ""


def _faint(call: Subject, speech: Speech) -> str:
    """Say how loud the microphone was, where it was no louder than between words."""
    start, end = speech.audio_start_ms, speech.audio_end_ms
    if start is None or end is None or not call.has("client audio"):
        return ""
    stretches = call.session.input.cut(start, end)
    if not stretches or not (found := levels(call.samples(stretches), stretches[0].rate)).rms.size:
        return ""
    whole, loudest = call.ear.levels, float(found.rms.max())
    stands_out = whole.seconds >= _LEAST_S and whole.noise * 3 < whole.loudest_second
    if loudest >= max(_FAINTEST, _OVER_NOISE * whole.noise if stands_out else 0.0):
        return ""
    return f"the microphone gave no more than {decibels(loudest):.0f} dB"


def _sound(call: Subject, speech: Speech) -> tuple[Sound, ...]:
    if speech.audio_start_ms is None or speech.audio_end_ms is None:
        return ()
    found = call.session.input.cut(speech.audio_start_ms, speech.audio_end_ms)
    return tuple(Sound(one.track, one.start, one.frames) for one in found[:3] if one.track)


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _items(call: Subject) -> list[Item]:
    return list(call.session.items.values())


RULES = (false_interruption, greeting_cut)
