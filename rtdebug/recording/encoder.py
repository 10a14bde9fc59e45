"""Wire values in, lines and samples out: everything that is decided while a call runs. Pure.

This is the hot path of the recorder. A microphone chunk costs a few microseconds here, and what
looks odd here is there because the plain way costs more.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zlib import crc32

import orjson
from pybase64 import b64decode, b64encode
from xxhash import xxh3_64_intdigest

from rtdebug.protocol.audio import AUDIO_KEYS, AudioFormat, AudioFormats
from rtdebug.protocol.secrets import Redactor
from rtdebug.protocol.tally import Tally
from rtdebug.recording.audio import TakenOut, take_out
from rtdebug.recording.format import Header, fields_text, outside, seal, write_header
from rtdebug.recording.tracks import Track
from rtdebug.wire.messages import CLOSE, CONTROL_NAMES, Control, Gap, Message, Sender, Wire, close_reason

_CLIENT_HEAD = b'{"seq":%d,"at_ns":%d,"from":"client"'
_SERVER_HEAD = b'{"seq":%d,"at_ns":%d,"from":"server"'
_MOST_TRACKS = 16
"""Formats one side may use in a session before further audio stays in its lines."""


@dataclass(frozen=True, slots=True)
class TrackWrite:
    """Samples for one track."""

    name: str
    format: AudioFormat
    start: int
    """Frame of the first sample."""
    audio: list[bytes]
    frames: int
    """Frames of the track once these are written."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes to disk in one go: the samples first, then the lines that name them."""

    lines: list[bytes]
    tracks: list[TrackWrite]
    size: int
    first_seq: int
    last_seq: int


class _Like(NamedTuple):
    """The client's latest audio message that stands in full: what following ones are held against."""

    before: bytes
    after: bytes
    """Its text on either side of the audio."""
    format: AudioFormat
    track: Track
    seq: int


@dataclass(slots=True)
class Encoder:
    """Turns one connection's wire values into batches."""

    header: Header
    redactor: Redactor = field(default_factory=Redactor)
    tally: Tally = field(default_factory=Tally)
    seq: int = 1
    size: int = 0
    """Bytes waiting in the batch under way."""
    first_seq: int = 1
    """The first entry of the batch under way."""
    _skipped_from: int = 0
    _lines: list[bytes] = field(default_factory=list)
    _tracks: dict[tuple[Sender, AudioFormat], Track] = field(default_factory=dict)
    _announced: set[str] = field(default_factory=set)
    _formats: AudioFormats = field(default_factory=AudioFormats)
    _like: "_Like | None" = None

    def __post_init__(self) -> None:
        self._add(write_header(self.header))

    def take_batch(self) -> Batch:
        """Hand over what has come since the last batch."""
        tracks = []
        for track in self._tracks.values():
            if track.pending:
                tracks.append(TrackWrite(track.name, track.format, track.pending_at, track.pending, track.frames))
                track.pending = None
        batch = Batch(self._lines, tracks, self.size, self.first_seq, self.seq)
        self._lines, self.size, self.first_seq = [], 0, self.seq + 1
        return batch

    def skip(self, at_ns: int, reason: str, first: int) -> None:
        """Give up the batch under way, because entries from `first` on are not on disk; begin one that says so."""
        self.take_batch()
        self._like = None
        self._announced.clear()
        if first != self._skipped_from:
            self._skipped_from = first
            self.tally.gaps += 1
        if first == 1:
            self._add(write_header(self.header))
        self.note(at_ns, "gap", reason=reason, first=max(2, first), last=self.seq)

    def wire(self, sender: Sender, values: list[Wire]) -> None:
        """Take what the decoder of one side found."""
        for value in values:
            if type(value) is Message:
                self._message(sender, value)
            elif isinstance(value, Control):
                self._control(sender, value)
            elif isinstance(value, Gap):
                self.gap(value.at_ns, value.reason, sender, value.size)

    def note(self, at_ns: int, kind: str, sender: Sender | None = None, **fields: Any) -> None:
        """Take an entry that is no message; `fields` become fields of its line."""
        self.seq += 1
        origin: dict[str, Any] = {"from": sender} if sender else {}
        head = {"seq": self.seq, "at_ns": at_ns, **origin, "kind": kind, **fields}
        self._add(seal(orjson.dumps(head)[:-1]))

    def gap(self, at_ns: int, reason: str, sender: Sender | None = None, size: int = 0) -> None:
        """Admit that something which crossed the wire is not in the recording."""
        self.tally.gaps += 1
        self.note(at_ns, "gap", sender, reason=reason, size=size)

    def end(self, at_ns: int) -> None:
        """Write the last line: without it, a recording was cut off. Responses under way count as `in_progress`."""
        self.note(at_ns, "end", **self.tally.summary())

    def _add(self, line: bytes) -> None:
        self._lines.append(line)
        self.size += len(line)

    def _control(self, sender: Sender, control: Control) -> None:
        name = CONTROL_NAMES.get(control.opcode, "frame")
        fields: dict[str, Any] = {} if name != "frame" else {"opcode": control.opcode}
        payload = control.payload
        if control.opcode == CLOSE:
            code, payload = close_reason(payload)
            fields["code"] = code
            self.tally.closed(sender, code)
        try:
            text, struck = self.redactor.text(payload.decode(), is_json=False)
            fields |= {"text": text} if text else {}
            fields |= {"redacted": struck} if struck else {}
        except UnicodeDecodeError:
            fields["base64"] = b64encode(payload).decode()
        self.note(control.at_ns, name, sender, **fields)

    def _message(self, sender: Sender, message: Message) -> None:
        if sender == "client" and self._like is not None and self._audio_like(message, self._like):
            return
        taken = None if message.binary else take_out(sender, message.payload)
        if taken is None or not self._audio_message(sender, message, taken):
            self._text_message(sender, message)

    def _audio_like(self, message: Message, like: "_Like") -> bool:
        """Write a client's audio message whose text is that of an earlier one: most lines of a recording."""
        at_ns, binary, payload, fragments, compressed = message
        before, after, format_, track, first = like
        if not (payload.startswith(before) and payload.endswith(after)) or binary or compressed or fragments != 1:
            return False
        encoded = payload[len(before) : len(payload) - len(after)]
        try:
            audio = b64decode(encoded, validate=True)
        except ValueError:
            return False
        frames, odd = divmod(len(audio), format_.frame_bytes)
        if odd or not frames or b64encode(audio) != encoded or format_ != self._formats.client:
            return False
        start = track.append(audio, frames)
        self.seq = seq = self.seq + 1
        self.tally.client_messages += 1
        head = _CLIENT_HEAD % (seq, at_ns)
        if track.name != "client.wav":
            head = b'%b,"track":"%b"' % (head, track.name.encode())
        hash_ = xxh3_64_intdigest(payload, crc32(head))
        line = b'%b,"hash":"%016x","audio":[%d,%d],"like":%d}\n' % (head, hash_, start, frames, first)
        self._lines.append(line)
        self.size += len(line) + len(audio)
        return True

    def _audio_message(self, sender: Sender, message: Message, taken: TakenOut) -> bool:
        """Write a message with its audio in a track; False where the audio has to stay in the line."""
        try:
            event = orjson.loads(taken.text)
            kind = event["type"]
            carries = event[AUDIO_KEYS[kind]] == ""
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return False
        if not carries or self.redactor.suspects(taken.text, delta=True):
            return False
        if kind == "session.output_audio.delta":
            self._formats.observe(sender, event)
        format_ = self._formats.client if sender == "client" else self._formats.for_delta(event)
        frames, odd = divmod(len(taken.audio), format_.frame_bytes)
        track = None if odd else self._track(sender, format_, message.at_ns)
        if track is None:
            return False
        self.tally.message(sender)
        start = track.append(taken.audio, frames)
        self.size += len(taken.audio)
        text, at = taken.text, taken.at
        fields = _type_field(text, kind)
        if track.name != f"{sender}.wav":
            fields["track"] = track.name
        self._line(sender, message, message.payload, text, True, fields, b',"audio":[%d,%d,%d]' % (start, frames, at))
        if sender == "client":
            # Readers know the latest such line only: one that cannot be a model takes the earlier one's place.
            plain = message.fragments == 1 and not message.compressed
            self._like = _Like(text[:at], text[at:], format_, track, self.seq) if plain else None
        return True

    def _track(self, sender: Sender, format_: AudioFormat, at_ns: int) -> Track | None:
        track = self._tracks.get((sender, format_))
        if track is None:
            count = sum(1 for owner, _ in self._tracks if owner == sender)
            if count >= _MOST_TRACKS:
                return None
            track = Track(f"{sender}-{count + 1}.wav" if count else f"{sender}.wav", format_)
            self._tracks[sender, format_] = track
        if track.name not in self._announced:
            self._announced.add(track.name)
            fields = {"track": track.name, "encoding": format_.encoding, "rate": format_.rate}
            self.note(at_ns, "track", sender, **fields)
        return track

    def _text_message(self, sender: Sender, message: Message) -> None:
        payload = message.payload
        self.tally.message(sender)
        try:
            event = None if message.binary else orjson.loads(payload)
        except orjson.JSONDecodeError:
            event = None
        fields: dict[str, Any] = {}
        kind = event.get("type") if isinstance(event, dict) else None
        kind = kind if isinstance(kind, str) else ""
        kept = payload
        is_delta = kind.endswith(".delta")  # a piece of a stream, which changes nothing and counts for nothing
        if self.redactor.suspects(payload, delta=is_delta):
            kept, struck = self._redact(payload, is_json=event is not None)
            if struck:
                fields = {"redacted": struck, "size": len(payload)}
        if isinstance(event, dict) and kind and not is_delta:
            self._formats.observe(sender, event)
            self.tally.event(sender, kind, event)
        if message.binary:
            fields["binary"] = True
        fields |= _type_field(kept, kind)
        self._line(sender, message, kept, kept, isinstance(event, dict), fields, b"")

    def _redact(self, payload: bytes, *, is_json: bool) -> tuple[bytes, tuple[str, ...]]:
        try:
            text, encoding = payload.decode(), "utf-8"
        except UnicodeDecodeError:
            # latin-1 maps each byte to itself, so that what is not UTF-8 keeps its bytes around a struck secret.
            text, encoding = payload.decode("latin-1"), "latin-1"
        text, struck = self.redactor.text(text, is_json=is_json)
        return text.encode(encoding), struck

    def _line(
        self,
        sender: Sender,
        message: Message,
        covered: bytes,
        text: bytes,
        is_event: bool,
        fields: dict[str, Any],
        audio: bytes,
    ) -> None:
        """Write a message's line: its fields, the hash over them and `covered`, then audio and text."""
        self.seq = seq = self.seq + 1
        if message.fragments > 1:
            fields["fragments"] = message.fragments
        if message.compressed:
            fields["compressed"] = True
        head = (_CLIENT_HEAD if sender == "client" else _SERVER_HEAD) % (seq, message.at_ns)
        if fields:
            head += fields_text(fields)
        if is_event and b"\n" not in text and b"\r" not in text:
            rest = b'%b,"event":%b' % (audio, text)
        else:
            rest = audio + outside(text, binary=message.binary)
        self._add(seal(head, covered, rest))


def _type_field(text: bytes, kind: str) -> dict[str, Any]:
    """Say an event's type ahead of its text, unless the text begins with it."""
    return {} if not kind or text.startswith(b'{"type":"') else {"type": kind}
