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

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from zlib import crc32

import orjson
from pybase64 import b64decode, b64encode
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
    lacks: tuple[str, ...] = ()
    """What an imported log did not tell: "times" (every `at_ns` is 0), "audio" (what there is of it is cut short)."""
    source: str = ""
    """The file a recording was imported from and its form; "" where it was recorded."""


class AudioPlace(NamedTuple):
    """Where a message's audio is, and where it belongs in the text."""

    track: str
    start: int
    frames: int
    at: int


class Entry(NamedTuple):
    """One line of a recording. A named tuple, because an hour has 200,000.

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
_BEGINNING = b'{"rtdebug":'
_LIKE = re.compile(
    rb'\{"seq":(\d{1,15}),"at_ns":(\d{1,18}),"from":"client","hash":"([0-9a-f]{16})",'
    rb'"audio":\[(\d{1,14}),(\d{1,14})\],"like":(\d{1,15})\}'
)
_SENDERS = ("client", "server", None)
_TRACK = re.compile(r"(?:client|server)(?:-[0-9]{1,4})?\.wav")
_LARGEST = 1 << 48
_LATEST_NS = 1 << 62


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
    values |= {"target": header.target}
    values |= {"lacks": header.lacks} if header.lacks else {}
    values |= {"source": header.source} if header.source else {}
    return seal(orjson.dumps(values)[:-1])


def read_header(line: bytes, where: str) -> Header:
    """Read line 1; raise RecordingError where it is not one this version can read.

    A line that was cut off, were it before its first byte, is a header that says nothing.
    """
    try:
        values = orjson.loads(line)
        version = values["rtdebug"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        if not line.endswith(b"\n") and line[: len(_BEGINNING)] == _BEGINNING[: len(line)]:
            return Header(0, "")
        raise RecordingError(f"{where}: line 1 is not the header of a recording") from None
    if type(version) is not int or not (version == VERSION or version in MIGRATIONS or version > VERSION):
        raise RecordingError(f"{where}: line 1 is not the header of a recording")
    if version > VERSION:
        raise RecordingError(
            f"{where}: written in format {version}; this rtdebug reads up to {VERSION}. Upgrade rtdebug to read it."
        )
    while version < VERSION:
        values = MIGRATIONS[version](values)
        version += 1
    started_ns, names = values.get("started_ns"), ("carries", "recorder", "client", "upstream", "target")
    known = type(started_ns) is int and 0 <= started_ns < _LATEST_NS
    carries, recorder, client, upstream, target = (str(values.get(name, "")) for name in names)
    lacks, source = values.get("lacks"), str(values.get("source", ""))
    lacking = tuple(str(name) for name in lacks) if isinstance(lacks, list) else ()
    return Header(started_ns if known else 0, carries, recorder, client, upstream, target, lacking, source)


def header_problem(line: bytes) -> str:
    """Say what is wrong with a line 1 that could be read, "" where nothing is."""
    if not line.endswith(b"\n"):
        return "line 1 is cut off"
    return "" if line == seal(line[: line.rfind(_HASH)]) else "line 1 was changed"


def read_entry(line: bytes) -> Entry:
    """Read one line (without its line end); raise BadLine.

    A `like` entry comes back without its text: only a reader that has seen the line it names can fill it in.
    """
    mark = line.find(_HASH)
    cut = line.find(_EVENT, mark) if mark >= 0 else -1
    text = line[cut + len(_EVENT) : -1] if cut >= 0 else None
    try:
        fields = orjson.loads(line[:cut] + b"}" if cut >= 0 else line)
        seq, at_ns, sender = fields.pop("seq"), fields.pop("at_ns"), fields.pop("from", None)
        digest, place = fields.pop("hash"), fields.pop("audio", None)
        kind = fields.pop("kind", "message")
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise BadLine(str(error)) from error
    if line[-1:] != b"}" or mark < 0:
        raise BadLine("it is cut off")
    if type(seq) is not int or type(at_ns) is not int or type(kind) is not str or sender not in _SENDERS:
        raise BadLine("seq, at_ns, from or kind is not what it should be")
    if kind == "message" and text is None:
        text = other_text(fields)
        if text is not None and not line.endswith(outside(text, binary="base64" in fields) + b"}"):
            digest = ""  # another spelling of the same text is still a changed line
        for name in ("text", "base64"):
            fields.pop(name, None)
    audio = None if place is None else _place(place, fields.pop("track", f"{sender}.wav"))
    return Entry(seq, at_ns, sender, kind, fields, text, audio, digest, crc32(line[:mark]))


def read_like(line: bytes, template: Entry) -> Entry | None:
    """Read a line that shares the text of `template`, as nearly all do; None where it is not one of these."""
    found = _LIKE.fullmatch(line)
    if found is None or template.audio is None or int(found[6]) != template.seq:
        return None
    digest, audio = found[3].decode(), template.audio
    seed = crc32(line[: found.start(3) - len(_HASH)])
    place = AudioPlace(audio.track, int(found[4]), int(found[5]), audio.at)
    return Entry(int(found[1]), int(found[2]), "client", "message", template.fields, template.text, place, digest, seed)


def _place(place: Any, track: Any) -> AudioPlace:
    if not isinstance(track, str) or not _TRACK.fullmatch(track):
        raise BadLine("it names a track that is none")
    if not isinstance(place, list) or len(place) not in (2, 3) or not all(_is_size(number) for number in place):
        raise BadLine("it does not say where its audio is")
    return AudioPlace(track, place[0], place[1], place[2] if len(place) > 2 else -1)


def _is_size(number: object) -> bool:
    return type(number) is int and 0 <= number < _LARGEST


def other_text(fields: Mapping[str, Any]) -> bytes | None:
    """Read a message that could not stand in its line as it was; None where there is none. Raises BadLine."""
    try:
        if "text" in fields:
            return str(fields["text"]).encode()
        return b64decode(fields["base64"], validate=True) if "base64" in fields else None
    except (ValueError, TypeError) as error:
        raise BadLine(str(error)) from error


def outside(text: bytes, *, binary: bool) -> bytes:
    """Write a message that cannot stand in a line as it is."""
    if not binary:
        try:
            return b',"text":' + orjson.dumps(text.decode())
        except UnicodeDecodeError:
            pass
    return b',"base64":"%b"' % b64encode(text)
