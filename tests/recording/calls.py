"""Calls written straight through the encoder and the writer, and read back."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from pybase64 import b64encode

from rtdebug.protocol.secrets import Redactor
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.format import Header
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.writer import RecordingWriter
from rtdebug.wire.messages import Control, Gap, Message, Sender

Happening = tuple[Sender, bytes | Message | Control | Gap]
HEADER = Header(
    1_795_166_102_417_000_000, "websocket", "rtdebug 0.1.0", "127.0.0.1:1", "ws://up", "/v1/realtime?model=m"
)


class Call:
    """A recording under way."""

    def __init__(self, folder: Path, redactor: Redactor | None = None) -> None:
        self.encoder = Encoder(HEADER, redactor or Redactor())
        self.writer = RecordingWriter(folder)
        self.folder = self.writer.folder
        self._at = 0

    def say(self, *happenings: Happening) -> "Call":
        for sender, what in happenings:
            self._at += 1_000_000
            value = Message(self._at, False, what, 1, False) if isinstance(what, bytes) else what
            self.encoder.wire(sender, [value])
        return self

    def flush(self) -> "Call":
        self.writer.write(self.encoder.take_batch())
        return self

    def end(self) -> Path:
        self.encoder.end(self._at)
        self.flush()
        self.writer.close()
        return self.folder


def record(folder: Path, happenings: Iterable[Happening], *, flush_each: bool = False) -> Path:
    """Write a whole recording."""
    call = Call(folder)
    for happening in happenings:
        call.say(happening)
        if flush_each:
            call.flush()
    return call.end()


def messages(folder: Path) -> list[tuple[Sender | None, bytes]]:
    """Read every message back."""
    with RecordingReader(folder) as reader:
        found = [(entry.sender, reader.message(entry)) for entry in reader.entries() if entry.kind == "message"]
        assert reader.problems == []
        return found


def lines(folder: Path) -> list[dict]:
    """Read the lines as any JSON program would."""
    return [json.loads(line) for line in (folder / "events.jsonl").read_bytes().splitlines()]


def append(audio: bytes, **more: object) -> bytes:
    """Say what a client says every 20 ms."""
    return json.dumps({"type": "input_audio_buffer.append", "audio": b64encode(audio).decode(), **more}).encode()


def delta(audio: bytes, response: str = "resp_1", kind: str = "response.output_audio.delta") -> bytes:
    """Say what a server says while it speaks."""
    return json.dumps({"type": kind, "response_id": response, "delta": b64encode(audio).decode()}).encode()


def event(kind: str, **fields: object) -> bytes:
    return json.dumps({"type": kind, **fields}).encode()


def ga_session(side: str, kind: str, rate: int | None = None) -> dict:
    return {"audio": {side: {"format": {"type": kind} | ({"rate": rate} if rate else {})}}}


def tone(frames: int, seed: int = 0) -> bytes:
    """Make samples of which no two stretches are alike."""
    return b"".join(((index * 7919 + seed * 104_729) & 0xFFFF).to_bytes(2, "little") for index in range(frames))


def small_call() -> Sequence[Happening]:
    """Say a little of everything: for tests that damage or cut it."""
    return [
        ("server", event("session.created", session={"id": "sess_1", "model": "m"})),
        ("client", append(tone(48))),
        ("client", append(tone(48, 1))),
        ("client", Message(4_500_000, False, append(tone(8, 2)), 2, True)),
        ("client", append(tone(48, 3))),
        ("server", delta(tone(60, 4))),
        ("server", delta(tone(61, 5))),
        ("server", b'{"type" : "odd",\n "x": 1}'),
        ("server", Message(9_000_000, True, b"\x00\xff\x01", 1, False)),
        ("client", "not json \u2028 \x00\x1f".encode()),
        ("client", event("session.update", session=ga_session("input", "audio/pcmu"))),
        ("client", append(b"\x7f\x01\x02")),
        ("client", append(b"\x03\x04")),
        ("client", Control(13_000_000, 9, b"ping")),
        ("server", Control(14_000_000, 8, b"\x03\xe8bye")),
    ]
