"""The lines of `events.jsonl`: header and entries, text to values and back. Pure.

A line is one JSON object. Every entry has `seq` (also its line number, as long as nothing was lost),
`at_ns` (nanoseconds since the recording began) and, where one side caused it, `from`.

A message's text stands last, as it came: `event` holds JSON spliced in untouched, `text` what is not JSON
on one line, `base64` what is not text. Audio is taken out of it: `audio` is [first frame, frames, the byte
offset in the text where the base64 goes back], in the track of its sender or the one that `track` names.
`like` stands for the text of an earlier entry, which differs in nothing but its audio.

`hash` is XXH3-64 of the message's bytes, seeded with the CRC-32 of the line before it, so that one number
guards the message, its samples and the line's own fields. In every other entry it guards the line alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from zlib import crc32

import orjson
from xxhash import xxh3_64_intdigest

from rtdebug.errors import RecordingError
from rtdebug.wire.messages import Sender

VERSION: Final = 1
MIGRATIONS: Final[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {}
"""How to read the header of an older version: from that version to the next."""


@dataclass(frozen=True, slots=True)
class Header:
    """Line 1: what was recorded, from where to where, and the wall clock at zero."""

    started_ns: int
    """Nanoseconds since the Unix epoch when `at_ns` was zero."""
    carries: str
    """"websocket" or "http"."""
    recorder: str = ""
    client: str = ""
    upstream: str = ""
    target: str = ""
    """Path and query the client asked for, secrets struck out."""


class AudioPlace(NamedTuple):
    """Where a message's audio is, and where it belongs in the text."""

    track: str
    start: int
    frames: int
    at: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a recording.

    `kind` is "message" or what else happened ("opened", "ping", "close", "track", "gap", "end" …).
    """

    seq: int
    at_ns: int
    sender: Sender | None
    kind: str
    fields: Mapping[str, Any]
    """What else the line says."""
    text: bytes | None = None
    """A message's bytes as kept: without the audio that moved out."""
    audio: AudioPlace | None = None
    digest: str = ""
    seed: int = 0

    @property
    def type(self) -> str:
        """The event's type, "" where the message is no event."""
        named = self.fields.get("type")
        if isinstance(named, str):
            return named
        if self.text and self.text.startswith(_TYPE_FIRST):
            return self.text[9 : self.text.find(b'"', 9)].decode("utf-8", "replace")
        return ""

    def matches(self, message: bytes) -> bool:
        """Say whether these are the message's bytes."""
        return f"{xxh3_64_intdigest(message, self.seed):016x}" == self.digest


_TYPE_FIRST = b'{"type":"'
_EVENT = b',"event":'
_HASH = b',"hash":"'


class BadLine(Exception):
    """A line that is not an entry of this format; the text says why."""


def seal(head: bytes, covered: bytes = b"", rest: bytes = b"") -> bytes:
    """End a line: its head (no closing brace), the hash over head and `covered`, then `rest`."""
    return b'%b,"hash":"%016x"%b}\n' % (head, xxh3_64_intdigest(covered, crc32(head)), rest)


def fields_text(fields: Mapping[str, Any]) -> bytes:
    """Write further fields of a line: `,"key":value` each; nothing for none."""
    return b"," + orjson.dumps(fields)[1:-1] if fields else b""


def write_header(header: Header) -> bytes:
    """Write line 1."""
    values = {"rtdebug": VERSION, "seq": 1, "started_ns": header.started_ns, "carries": header.carries}
    values |= {"recorder": header.recorder, "client": header.client, "upstream": header.upstream}
    return seal(orjson.dumps(values | {"target": header.target})[:-1])


def read_header(line: bytes, where: str) -> Header:
    """Read line 1; raise RecordingError where it is not one this version can read."""
    try:
        values = orjson.loads(line)
        version = values["rtdebug"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise RecordingError(f"{where}: line 1 is not the header of a recording") from None
    if not isinstance(version, int) or version > VERSION:
        raise RecordingError(
            f"{where}: written in format {version}; this rtdebug reads up to {VERSION}. Upgrade rtdebug to read it."
        )
    while version < VERSION:
        values = MIGRATIONS[version](values)
        version += 1
    names = ("carries", "recorder", "client", "upstream", "target")
    return Header(int(values.get("started_ns", 0)), *(str(values.get(name, "")) for name in names))


def read_entry(line: bytes) -> Entry:
    """Read one line (without its line end); raise BadLine.

    A `like` entry comes back without its text: only a reader that has seen the line it names can fill it in.
    """
    cut = line.find(_EVENT)
    text = line[cut + len(_EVENT) : -1] if cut >= 0 else None
    try:
        fields = orjson.loads(line[:cut] + b"}" if cut >= 0 else line)
        mark = line.index(_HASH)
        seq, at_ns, sender = fields.pop("seq"), fields.pop("at_ns"), fields.pop("from", None)
        digest, place = fields.pop("hash"), fields.pop("audio", None)
        kind = fields.pop("kind", "message")
        if kind == "message" and text is None:
            text = _other_text(fields)
        if line[-1:] != b"}" or not (isinstance(seq, int) and isinstance(at_ns, int)):
            raise BadLine("it is cut off")
        audio = None
        if place is not None:
            track = fields.pop("track", f"{sender}.wav")
            audio = AudioPlace(track, place[0], place[1], place[2] if len(place) > 2 else -1)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise BadLine(str(error)) from error
    return Entry(seq, at_ns, sender, kind, fields, text, audio, digest, crc32(line[:mark]))


def _other_text(fields: dict[str, Any]) -> bytes | None:
    if "text" in fields:
        return str(fields.pop("text")).encode("utf-8", "surrogatepass")
    if "base64" in fields:
        from pybase64 import b64decode

        return b64decode(fields.pop("base64"), validate=True)
    return None
