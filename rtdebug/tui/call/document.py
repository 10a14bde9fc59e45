"""An entry of a call as a document to look at: read again, with words for what was taken out of it."""

from rtdebug.protocol.event import Event, EventReader
from rtdebug.recording.format import Entry
from rtdebug.recording.reader import Lost
from rtdebug.reports.flat import written
from rtdebug.tui.call.call import Call
from rtdebug.units import count, delay, length


def audio_words(call: Call, entry: Entry) -> str:
    """Say in words which audio was taken out of a message: how long it is, and where it is kept."""
    place = entry.audio
    if place is None:
        return ""
    try:
        format_ = call.reader.track_format(place.track)
    except Lost as lost:
        return f"{count(place.frames, 'frame')} of audio; {lost}"
    lasts, start = (frames * 10**9 // format_.rate for frames in (place.frames, place.start))
    how_long = delay(lasts) if lasts < 999_500_000 else length(lasts)
    size = count(place.frames * format_.frame_bytes, "byte")
    missing = _missing(call, place.track, place.start + place.frames)
    return f"{how_long} of audio, {size}, {place.track} from {start / 1e9:.1f} s{missing}"


def text_of(entry: Entry) -> bytes:
    """Return what an entry says as JSON: a message as kept, of anything else its fields."""
    return entry.text if entry.text is not None else written(entry.fields).encode("utf-8", "replace")


def read_again(entry: Entry) -> Event:
    """Read an entry as an event, for what is odd about it."""
    return EventReader().read(entry)


def _missing(call: Call, track: str, end: int) -> str:
    try:
        return "; the file ends before" if call.reader.track_frames(track) < end else ""
    except Lost as lost:
        return f"; {lost}"
