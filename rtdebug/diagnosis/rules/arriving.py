"""How answers reached the ear: cut though nobody spoke, after they were over, or as silence."""

from collections.abc import Iterator, Mapping
from typing import Final

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.rules.delivery import audio_of, items_of
from rtdebug.diagnosis.signal.levels import join, levels
from rtdebug.diagnosis.subject import Subject
from rtdebug.diagnosis.traffic import part_of
from rtdebug.protocol.event import Event, Sound
from rtdebug.session.audio import Stretch
from rtdebug.session.model import Item, Response
from rtdebug.units import count, length

_MS = 1_000_000
_SILENT = 33.0
"""A level of -60 dB."""
_LEAST_NS, _LONGEST_NS = 500 * _MS, 3_600_000 * _MS
_AFTER_CANCEL_NS = 200 * _MS
_SPOKE_NS = 3_000 * _MS
_DELTA: Final = "response.output_audio.delta"
_DONE: Final = "response.output_audio.done"


@rule("RT102", "tail-cut-by-client", "warning", "medium", needs=("times", "server audio"))
def tail_cut(call: Subject) -> Iterator[Hit]:
    """The client cut an answer that was whole, and nobody had spoken.

    What it sees: a completed response whose audio came whole, and a `conversation.item.truncate` that leaves out at
    least 0.5 s of it, while the server heard no speech and the client put in no message of the user's within 3 s.
    Calls without voice activity detection are left out: there the client alone knows who spoke.

    Why it matters: the user hears the answer break off, and the model no longer knows how it ended.

    What to do: look at what empties the client's player: a track that is stopped at `response.done`, a playout clock
    that runs ahead, a new turn that begins before the last one has been heard.

    Seen in: livekit/agents#1988.
    """
    call.need(call.session.speeches, "the server heard no speech: nobody but the client knows who spoke")
    for response in call.session.responses.values():
        for item in items_of(call, response) if response.status == "completed" else ():
            if (hit := _cut(call, response, item)) is not None:
                yield hit


@rule("RT103", "late-audio", "warning", needs=("server audio",))
def late_audio(call: Subject) -> Iterator[Hit]:
    """Audio of an answer came after it was over.

    What it sees: audio deltas after `response.output_audio.done` of the same part or after `response.done`; and, as
    worth knowing, more than 0.2 s of audio that came after the client had cancelled the response.

    Why it matters: a client that closes its player at the end loses the tail. One that plays whatever comes speaks on
    after the user has cut it off.

    What to do: play what comes by its `item_id`, and drop what belongs to a response that was cancelled.

    Seen in: OpenAI-realtimeapi-dotnetsdk#73, sglang-omni#1344.
    """
    for response_id, stream in call.traffic.streams.items():
        ends: dict[object, Event] = {}
        late: list[Event] = []
        closing: Event | None = None
        for event in stream.events:
            if event.type == _DONE:
                ends[part_of(event)] = event
            elif event.type == "response.done":
                ends[None] = event
            elif event.type == _DELTA and (end := ends.get(part_of(event)) or ends.get(None)) is not None:
                late, closing = [*late, event][:1000], closing or end
        if late and closing is not None:
            yield _late(call, response_id, late, closing)
        elif (hit := _after_cancel(call, response_id, stream.of(_DELTA))) is not None:
            yield hit


@rule("RT104", "silent-answer", "error", needs=("server audio",))
def silent_answer(call: Subject) -> Iterator[Hit]:
    """An answer has words, and its audio is silence.

    What it sees: at least 0.5 s of an answer's audio with a transcript, all of it below -60 dB of full scale.

    Why it matters: the user hears nothing and takes the call for dead.

    What to do: report the response's id to the provider. Where a gateway converts the audio, look at its converter.

    Seen in: no public thread yet.
    """
    for response in call.session.responses.values():
        for item in items_of(call, response):
            stretches = [one for audio in audio_of(item) for one in audio.stretches]
            total_ns = sum(one.length_ns for one in stretches)
            if not _LEAST_NS <= total_ns <= _LONGEST_NS or not item.text or not call.is_there(stretches):
                continue
            if join(levels(call.read(one), one.rate) for one in stretches).loudest_second < _SILENT:
                words = f"{length(total_ns)} of audio came for {response.id}, all of it silence"
                mark = response.first_audio or response.done or response.created
                sound = (_sound(stretches[0]),)
                if mark:
                    yield Hit(mark.seq, words, (), sound, response.id, item.id)


def _cut(call: Subject, response: Response, item: Item) -> Hit | None:
    cut = item.truncation
    if cut is None or cut.asked is None or cut.asked.at_ns is None or cut.refused is not None:
        return None
    made_ns = sum(audio.length_ns for audio in audio_of(item))
    left_ns = made_ns - min(max(0, cut.audio_end_ms), 10**9) * _MS
    if left_ns < _LEAST_NS:
        return None
    for speech in call.session.speeches:
        started = speech.started.at_ns
        if started is None or abs(started - cut.asked.at_ns) <= _SPOKE_NS:
            return None
        ended = speech.stopped.at_ns if speech.stopped else None
        if started < cut.asked.at_ns and (ended is None or ended > cut.asked.at_ns - _SPOKE_NS):
            return None
    if any(abs(at_ns - cut.asked.at_ns) <= _SPOKE_NS for at_ns in _written(call)):
        return None
    words = (
        f"the client cut {item.id} to {length(made_ns - left_ns)} of {length(made_ns)}, "
        "though it had come whole and nobody spoke"
    )
    more = (response.done.seq,) if response.done else ()
    return Hit(cut.asked.seq, words, more, response_id=response.id, item_id=item.id)


def _written(call: Subject) -> Iterator[int]:
    """Yield when the client put messages of the user's into the conversation: who writes breaks in as well."""
    for item in call.session.items.values():
        if item.role == "user" and item.asked is not None and item.asked.at_ns is not None:
            yield item.asked.at_ns


def _late(call: Subject, response_id: str, late: list[Event], closing: Event) -> Hit:
    length_ns = _length_ns(call, late)
    ended = "response.done" if closing.type == "response.done" else "output_audio.done"
    words = f"{count(len(late), 'piece')} of audio ({length(length_ns)}) of {response_id} came after its {ended}"
    return Hit(late[0].seq, words, (closing.seq, *(one.seq for one in late[1:5])), _sounds(late), response_id)


def _after_cancel(call: Subject, response_id: str, deltas: list[Event]) -> Hit | None:
    response = call.session.responses.get(response_id)
    ended = response.cancellation if response else None
    if ended is None or ended.by != "client" or ended.mark is None:
        return None
    late = [one for one in deltas if one.seq > ended.mark.seq]
    length_ns = _length_ns(call, late)
    if length_ns <= _AFTER_CANCEL_NS:
        return None
    words = f"{length(length_ns)} of audio of {response_id} came after the client had cancelled it"
    more = (ended.mark.seq, *(one.seq for one in late[1:5]))
    return Hit(late[0].seq, words, more, _sounds(late), response_id, severity="info")


def _length_ns(call: Subject, deltas: list[Event]) -> int:
    rates: Mapping[str, int] = {name: format_.rate for name, format_ in call.session.tracks.items()}
    lengths = (one.sound.frames * 1000 * _MS // rates.get(one.sound.track, 24000) for one in deltas if one.sound)
    return sum(lengths)


def _sound(stretch: Stretch) -> Sound:
    return Sound(stretch.track, stretch.start, stretch.frames)


def _sounds(events: list[Event]) -> tuple[Sound, ...]:
    return tuple(one.sound for one in events if one.sound)[:5]


RULES = (tail_cut, late_audio, silent_answer)
