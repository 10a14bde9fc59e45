"""A call as a list of lines that can be changed: read from a recording, and recorded again as a live call is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import orjson
from pybase64 import b64decode, b64encode

from rtdebug.protocol.dialects import canonical_type
from rtdebug.protocol.secrets import Redactor
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.format import Header
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.writer import RecordingWriter
from rtdebug.wire.messages import Control, Message, Sender

Json = dict[str, Any]
_NS = 1_000_000
_ENDING = ("close", "closed", "stopped")
_APPEND = "input_audio_buffer.append"
_BETA = {"response.output_audio": "response.audio", "response.output_text": "response.text"}
_CHUNK_MS = 20


@dataclass(slots=True)
class Line:
    """What one side said, or what the recorder noted."""

    ms: float
    sender: Sender | None
    event: Json = field(default_factory=dict)
    kind: str = "message"
    """Otherwise a note, and `event` its fields."""

    @property
    def type(self) -> str:
        """The event's type as GA names it."""
        return canonical_type(str(self.event.get("type", ""))) if self.kind == "message" else ""

    @property
    def audio(self) -> bytes:
        """What it carries of sound."""
        return b64decode(self.event["audio" if self.type == _APPEND else "delta"])

    @audio.setter
    def audio(self, data: bytes) -> None:
        self.event = {**self.event, "audio" if self.type == _APPEND else "delta": b64encode(data).decode()}


@dataclass
class Take:
    """A call under preparation."""

    header: Header
    lines: list[Line]
    random: Random
    is_beta: bool = False
    is_cut_off: bool = False
    """The recorder is killed behind the last line."""

    # Looking.

    def find(self, *types: str) -> list[Line]:
        """Return the messages of these types (GA's names)."""
        return [line for line in self.lines if line.type in types]

    @property
    def microphone(self) -> list[Line]:
        """The client's audio, in pieces."""
        return self.find(_APPEND)

    def deltas(self, response: str = "") -> list[Line]:
        """The answers' audio, in pieces."""
        found = self.find("response.output_audio.delta")
        return [line for line in found if not response or line.event["response_id"] == response]

    def answers(self, status: str = "completed") -> list[str]:
        """Name the responses that have audio and ended so."""
        spoken = {line.event["response_id"] for line in self.deltas()}
        ended = [line.event["response"] for line in self.find("response.done")]
        return [one["id"] for one in ended if one["id"] in spoken and one["status"] == status]

    def of(self, response: str, *types: str) -> list[Line]:
        """Return the events of a response, of these types where any are named."""
        return [
            line
            for line in self.lines
            if response in (line.event.get("response_id"), (line.event.get("response") or {}).get("id"))
            if not types or line.type in types
        ]

    def one(self, type_: str, response: str = "") -> Line:
        """Return the first message of a type."""
        return (self.of(response, type_) if response else self.find(type_))[0]

    @property
    def now(self) -> float:
        """When the last thing was said."""
        return max((line.ms for line in self.lines if line.kind not in _ENDING), default=0.0)

    @property
    def rate(self) -> int:
        """Bytes of microphone audio a second."""
        formats = [_format(line.event["session"]) for line in self.find("session.created", "session.updated")]
        return {"audio/pcmu": 8000, "audio/pcma": 8000}.get(formats[-1] if formats else "", 48000)

    # Changing.

    def drop(self, lines: list[Line]) -> None:
        """Leave lines out."""
        gone = {id(line) for line in lines}
        self.lines = [line for line in self.lines if id(line) not in gone]

    def put(self, line: Line, *, before: Line | None = None, after: Line | None = None) -> Line:
        """Put a line in, beside another, at its time."""
        beside = before or after
        assert beside is not None
        line.ms = beside.ms
        place = next(index for index, one in enumerate(self.lines) if one is beside)
        self.lines.insert(place + (after is not None), line)
        return line

    def move(self, line: Line, *, after: Line) -> None:
        """Move a line behind another one."""
        self.drop([line])
        self.put(line, after=after)

    def delay(self, first: Line, ms: float, *, only: Callable[[Line], bool] = lambda _: True) -> None:
        """Let all that comes from a line on come later; the microphone goes on as it does."""
        begin = next(index for index, one in enumerate(self.lines) if one is first)
        for line in self.lines[begin:]:
            if line.type != _APPEND and only(line):
                line.ms += ms
        self.sort()

    def sort(self) -> None:
        """Bring the lines into the order of their times; what ends a call stays at the end."""
        ending = [line for line in self.lines if line.kind in _ENDING]
        rest = sorted((line for line in self.lines if line.kind not in _ENDING), key=lambda line: line.ms)
        last = rest[-1].ms if rest else 0.0
        for line in ending:
            line.ms = max(line.ms, last)
        self.lines = rest + ending

    # Going on.

    def client(self, type_: str, after: float = 10, **fields: Any) -> Line:
        """Let the client say something at the end."""
        return self._add("client", {"type": type_, **fields}, after)

    def server(self, type_: str, after: float = 10, **fields: Any) -> Line:
        """Let the server say something at the end, in the words of its dialect."""
        event: Json = {"type": type_, "event_id": f"event_{self.random.getrandbits(64):x}", **fields}
        return self._add("server", event, after)

    def error(self, code: str, message: str, about: str | None = None, **more: Any) -> Line:
        """Let the server refuse something."""
        told = {"type": "invalid_request_error", "code": code, "message": message, "param": None, "event_id": about}
        return self.server("error", 15, error=told | more)

    def room(self, ms: float, level: float = 4) -> None:
        """Keep the microphone open at the end, in a quiet room."""
        from benchmarks.corpus.sound import noise, wire

        for _ in range(int(ms / _CHUNK_MS)):
            sound = wire(self, noise(self.random, int(self.samples_a_second * _CHUNK_MS / 1000), level))
            self.client(_APPEND, _CHUNK_MS, audio=b64encode(sound).decode())

    @property
    def samples_a_second(self) -> int:
        """Of the microphone."""
        return self.rate if self.rate == 8000 else self.rate // 2

    def note(self, kind: str, sender: Sender | None, after: float = 10, **fields: Any) -> Line:
        """Let the recorder note something at the end."""
        return self._add(sender, fields, after, kind)

    def hang_up(self, *ending: tuple[str, Sender, Json]) -> None:
        """End the call otherwise than it ended."""
        self.lines = [line for line in self.lines if line.kind not in _ENDING]
        self.lines += [Line(self.now + 5, sender, fields, kind) for kind, sender, fields in ending]

    def never_begin(self, **answer: Any) -> None:
        """Let the handshake come to nothing: what its entry says beside the request."""
        opened = next(line for line in self.lines if line.kind == "opened")
        opened.event = {"request": opened.event["request"], **answer}
        self.lines = [opened]

    def _add(self, sender: Sender | None, event: Json, after: float, kind: str = "message") -> Line:
        if self.is_beta and kind == "message" and sender == "server":
            event["type"] = _in_beta(event["type"])
        line = Line(self.now + after, sender, event, kind)
        place = next((index for index, one in enumerate(self.lines) if one.kind in _ENDING), len(self.lines))
        self.lines.insert(place, line)
        for one in self.lines[place + 1 :]:
            one.ms = max(one.ms, line.ms + 1)
        return line


def _in_beta(type_: str) -> str:
    for ga, beta in _BETA.items():
        type_ = type_.replace(ga, beta)
    return type_


def _format(session: Json) -> str:
    format_ = ((session.get("audio") or {}).get("input") or {}).get("format") or {}
    return str(format_.get("type", session.get("input_audio_format", ""))).replace("g711_ulaw", "audio/pcmu")


def read(folder: Path, random: Random) -> Take:
    """Read a recording, with all its audio back in its place."""
    with RecordingReader(folder) as reader:
        lines = []
        for entry in reader.entries():
            if entry.kind == "message":
                lines.append(Line(entry.at_ns / _NS, entry.sender, orjson.loads(reader.message(entry))))
            elif entry.kind not in ("track", "end"):
                fields = {key: value for key, value in entry.fields.items() if key != "hash"}
                lines.append(Line(entry.at_ns / _NS, entry.sender, fields, entry.kind))
        beta = any("item.created" in str(line.event.get("type")) for line in lines)
        return Take(reader.header, lines, random, beta)


def record(take: Take, folder: Path) -> Path:
    """Write the call as if it had just been recorded."""
    encoder, writer, last = Encoder(replace(take.header), Redactor()), RecordingWriter(folder), 0
    for line in _in_order(take.lines):
        at_ns = last = max(last + 1000, round(line.ms * _NS))
        if line.kind == "message":
            encoder.wire(line.sender or "server", [Message(at_ns, False, orjson.dumps(line.event), 1, False)])
        elif line.kind == "close":
            encoder.wire(line.sender or "server", [Control(at_ns, 8, _payload(line.event))])
        elif line.kind == "gap":
            encoder.gap(at_ns, str(line.event.get("reason", "")), line.sender, 1)
        else:
            encoder.note(at_ns, line.kind, line.sender, **line.event)
    if not take.is_cut_off:
        encoder.end(last + 1000)
    writer.write(encoder.take_batch())
    writer.close()
    return writer.folder


def _in_order(lines: list[Line]) -> Iterator[Line]:
    yield from (line for line in lines if line.kind not in _ENDING)
    yield from (line for line in lines if line.kind in _ENDING)


def _payload(fields: Json) -> bytes:
    code = fields.get("code")
    return b"" if code is None else int(code).to_bytes(2, "big") + str(fields.get("reason", "")).encode()
