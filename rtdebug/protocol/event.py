"""Events: what a message says, in the one shape that everything above reads. Entries in, events out; never raises.

Most entries of a recording are microphone chunks, and their lines differ in nothing but the place of their
audio. Such an entry comes with the very bytes object of the one before, and is not read again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

from pybase64 import b64decode

from rtdebug.protocol.audio import AUDIO_KEYS
from rtdebug.protocol.dialects import Dialect, DialectTracker, canonical, canonical_type
from rtdebug.protocol.reading import inside, loads
from rtdebug.wire.messages import Sender

_NOTHING: Final[Mapping[str, Any]] = {}


class Sound(NamedTuple):
    """Where an event's audio is in the recording."""

    track: str
    start: int
    """Its first frame."""
    frames: int


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a recording, read."""

    seq: int
    at_ns: int | None
    """None where the recording has no times."""
    sender: Sender | None
    kind: str
    """What the entry is: message, opened, close, closed, ping, pong, gap, track, stopped, end, http or frame."""
    type: str
    """The event's type as GA names it, "" where the entry is no event."""
    data: Mapping[str, Any]
    """The event in GA's shape; for other kinds the entry's fields. Shared between events: not to be changed."""
    wire_type: str = ""
    """The type as it was on the wire."""
    sound: Sound | None = None
    """Audio that the recording moved out of the message; "" stands in its place."""
    size: int = 0
    """Bytes of the message as kept."""
    problem: str = ""
    """What is odd about the message, in words."""


class AudioPlaceLike(Protocol):
    """Where a recording keeps the audio of a message."""

    @property
    def track(self) -> str:
        """The track's name."""

    @property
    def start(self) -> int:
        """The first frame."""

    @property
    def frames(self) -> int:
        """How many."""


class EntryLike(Protocol):
    """One entry of a recording, as far as it is read here."""

    @property
    def seq(self) -> int:
        """Its number."""

    @property
    def at_ns(self) -> int:
        """Its time."""

    @property
    def sender(self) -> Sender | None:
        """Whose it is."""

    @property
    def kind(self) -> str:
        """What it is."""

    @property
    def fields(self) -> Mapping[str, Any]:
        """What else its line says."""

    @property
    def text(self) -> bytes | None:
        """A message, without the audio that moved out."""

    @property
    def audio(self) -> AudioPlaceLike | None:
        """Where that audio is."""


class _Reading(NamedTuple):
    """What the bytes of a message say."""

    type: str
    data: Mapping[str, Any]
    wire_type: str
    problem: str


class EventReader:
    """Reads the entries of one connection, in their order."""

    __slots__ = ("_has_times", "_latest", "_latest_text", "_target", "_tracker", "_upstream")

    def __init__(self, *, has_times: bool = True, target: str = "", upstream: str = "") -> None:
        """Know what the recording's header says of the connection."""
        self._has_times = has_times
        self._target = target
        self._upstream = upstream
        self._tracker = DialectTracker()
        self._tracker.opened(target, upstream, ())
        self._latest_text: bytes | None = None
        self._latest = _Reading("", _NOTHING, "", "")

    @property
    def dialect(self) -> Dialect:
        """How the connection speaks, as far as its entries have told."""
        return self._tracker.dialect

    def read(self, entry: EntryLike) -> Event:
        """Read one entry; whatever is odd about it is said in the event."""
        text, place = entry.text, entry.audio
        at_ns = entry.at_ns if self._has_times else None
        if text is not None and text is self._latest_text and place is not None:
            type_, data, wire_type, problem = self._latest
        elif entry.kind == "message":
            type_, data, wire_type, problem = self._message(entry)
        else:
            if entry.kind == "opened":
                self._opened(entry.fields)
            return Event(entry.seq, at_ns, entry.sender, entry.kind, "", entry.fields)
        sound = None if place is None else Sound(place.track, place.start, place.frames)
        size = 0 if text is None else len(text)
        return Event(entry.seq, at_ns, entry.sender, "message", type_, data, wire_type, sound, size, problem)

    def _message(self, entry: EntryLike) -> _Reading:
        text, sender = entry.text, entry.sender
        if text is None:
            return _Reading("", _NOTHING, "", "its text is missing")
        moved_out = entry.audio is not None
        reading = self._event(sender, text, moved_out=moved_out)
        if entry.fields.get("binary") and not reading.problem:
            reading = reading._replace(problem="it is a binary message")
        if moved_out and sender == "client":
            self._latest_text, self._latest = text, reading
        return reading

    def _event(self, sender: Sender | None, text: bytes, *, moved_out: bool) -> _Reading:
        try:
            data = loads(text)
        except ValueError as error:
            return _Reading("", _NOTHING, "", f"it is not JSON: {error}")
        if type(data) is not dict:
            return _Reading("", _NOTHING, "", "it is no JSON object")
        wire_type = data.get("type")
        if type(wire_type) is not str or not wire_type:
            return _Reading("", data, "", "it has no type")
        if sender is not None:
            self._tracker.observe(sender, wire_type, data)
        key = AUDIO_KEYS.get(wire_type)
        problem = "" if key is None or moved_out else _audio_problem(data.get(key))
        return _Reading(canonical_type(wire_type), canonical(wire_type, data), wire_type, problem)

    def _opened(self, fields: Mapping[str, Any]) -> None:
        head = inside(fields, "request", "head")
        lines = [line for line in head if isinstance(line, str)] if isinstance(head, list) else []
        asked = "".join(lines[:1]).split(" ")
        target = self._target or (asked[1] if len(asked) > 1 else "")
        self._tracker.opened(target, self._upstream, lines)


def _audio_problem(audio: object) -> str:
    if not isinstance(audio, str):
        return "it carries no audio"
    try:
        b64decode(audio, validate=True)
    except ValueError:
        return "its audio is not base64"
    return ""
