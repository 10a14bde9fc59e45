"""A session as text: one line for each moment that matters, with its time and who it came from."""

from collections.abc import Iterator

from rtdebug.opening import event_reader
from rtdebug.protocol.event import Event
from rtdebug.protocol.moments import moment
from rtdebug.recording.reader import RecordingReader
from rtdebug.session.fold import Fold
from rtdebug.units import count, duration, plain

_SIGNS = {"client": "▲", "server": "▼"}


def story(reader: RecordingReader) -> Iterator[str]:
    """Yield the lines; what cannot be read is passed over."""
    events, fold = event_reader(reader.header), Fold()
    for event in map(events.read, reader.entries()):
        fold.take(event)
        told = _told(event)
        if told:
            sign = _SIGNS.get(event.sender or "", "·")
            yield f"{(event.at_ns or 0) / 1e9:8.2f}  {sign} {plain(told)}  #{event.seq}"
    session = fold.session
    parts = [part for item in session.items.values() for part in item.parts.values()]
    answers_ns = sum(part.audio.length_ns for part in parts if part.audio)
    spoken = f"{duration(session.input.length_ns)} of microphone, {duration(answers_ns)} of answers"
    yield f"{'':8}  {count(session.events, 'event')}, {spoken}"


def _told(event: Event) -> str | None:
    if event.kind == "close":
        reason = event.data.get("text")
        return f"close {event.data.get('code') or 'without a code'}" + (f": {reason}" if reason else "")
    if event.kind == "gap":
        return f"gap: {event.data.get('reason')}"
    if event.kind != "message" or event.sender is None or event.sound is not None:
        return None
    return moment(event.sender, dict(event.data))
