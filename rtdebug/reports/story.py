"""A session as text: one line for each moment that matters, with its time and who it came from."""

from collections.abc import Iterator

import orjson

from rtdebug.protocol.moments import moment
from rtdebug.recording.format import Entry
from rtdebug.recording.reader import RecordingReader
from rtdebug.units import count, duration, plain

_SIGNS = {"client": "▲", "server": "▼"}


def story(reader: RecordingReader) -> Iterator[str]:
    """Yield the lines; what cannot be read is passed over."""
    audio = {"client": 0.0, "server": 0.0}
    messages = 0
    for entry in reader.entries():
        messages += entry.kind == "message"
        if entry.audio is not None and entry.sender is not None:
            audio[entry.sender] += entry.audio.frames / reader.track_format(entry.audio.track).rate
            continue
        told = _told(entry)
        if told:
            sign = _SIGNS.get(entry.sender or "", "·")
            yield f"{entry.at_ns / 1e9:8.2f}  {sign} {plain(told)}  #{entry.seq}"
    spoken = f"{duration(int(audio['client'] * 1e9))} of microphone, {duration(int(audio['server'] * 1e9))} of answers"
    yield f"{'':8}  {count(messages, 'event')}, {spoken}"


def _told(entry: Entry) -> str | None:
    if entry.kind == "close":
        reason = entry.fields.get("text")
        return f"close {entry.fields.get('code') or 'without a code'}" + (f": {reason}" if reason else "")
    if entry.kind == "gap":
        return f"gap: {entry.fields.get('reason')}"
    if entry.kind != "message" or entry.text is None or entry.sender is None:
        return None
    try:
        event = orjson.loads(entry.text)
    except orjson.JSONDecodeError:
        return None
    return moment(entry.sender, event) if isinstance(event, dict) else None
