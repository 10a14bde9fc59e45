"""Journals and recordings for the tests of the event list, told as a client and a server would."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from weakref import finalize

import orjson
from session.telling import told

from rtdebug.protocol.event import EventReader
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.format import Header
from rtdebug.recording.writer import RecordingWriter
from rtdebug.tui.call.call import Call
from rtdebug.tui.call.journal import Journal
from rtdebug.wire.messages import Message

SAMPLES = Path(__file__).parents[3] / "recordings"


def add(journal: Journal, lines: Iterable[tuple[str, dict[str, Any]]]) -> Journal:
    """Add events to a journal as they come."""
    reader = EventReader()
    for entry in told(lines):
        journal.add(0, entry._replace(seq=len(journal) + 2), reader.read(entry._replace(seq=len(journal) + 2)))
    return journal


def delta(item: str = "item_1", type_: str = "response.output_audio.delta") -> tuple[str, dict[str, Any]]:
    return "server", {"type": type_, "response_id": "resp_1", "item_id": item, "delta": "AAAAAAAA"}


def append() -> tuple[str, dict[str, Any]]:
    return "client", {"type": "input_audio_buffer.append", "audio": "AAAAAAAA"}


def other(type_: str = "response.done") -> tuple[str, dict[str, Any]]:
    return "server", {"type": type_, "event_id": "event_1"}


def record(folder: Path, messages: Iterable[tuple[str, Any]], *, each_ms: int = 10) -> Path:
    """Write a recording of these messages: events, or bytes as they are."""
    encoder, writer = Encoder(Header(1, "websocket")), RecordingWriter(folder)
    for number, (sender, said) in enumerate(messages, 1):
        payload = said if isinstance(said, bytes) else orjson.dumps(said)
        encoder.wire(sender, [Message(number * each_ms * 1_000_000, False, payload, 1, False)])  # type: ignore[arg-type]
    writer.write(encoder.take_batch())
    writer.close()
    return folder


def opened(path: Path) -> Call:
    """Open a recording and read all of it; its files are closed when nobody holds it any more."""
    call = Call(path)
    finalize(call, call.reader.close)
    while not call.caught_up:
        call.step(1_000_000_000)
    return call
