"""Sessions told in tests: events as a client and a server would say them, folded as if they had been recorded."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from rtdebug.protocol.event import Event, EventReader
from rtdebug.recording.format import AudioPlace, Entry
from rtdebug.session.fold import Fold
from rtdebug.session.model import Session

MS = 1_000_000


def told(lines: Iterable[tuple[str, dict[str, Any]] | tuple[str, dict[str, Any], int]]) -> Iterator[Entry]:
    """Make entries, one every 10 ms unless a third value says when (ms)."""
    for number, (sender, event, *at) in enumerate(lines, 2):
        at_ns = (at[0] if at else number * 10) * MS
        yield Entry(number, at_ns, sender, "message", {}, orjson.dumps(event))  # type: ignore[arg-type]


def events_of(entries: Iterable[Entry], **options: Any) -> list[Event]:
    reader = EventReader(**options)
    return [reader.read(entry) for entry in entries]


def folded(events: Iterable[Event]) -> Session:
    fold = Fold()
    for event in events:
        fold.take(event)
    return fold.session


def session_of(*lines: Any) -> Session:
    return folded(events_of(told(lines)))


@dataclass
class Call:
    """Writes both sides of a call, keeping the clock and the ids."""

    lines: list[tuple[str, dict[str, Any], int]] = field(default_factory=list)
    now_ms: int = 0

    def client(self, type_: str, /, after: int = 10, **fields: Any) -> None:
        self._say("client", type_, after, fields)

    def server(self, type_: str, /, after: int = 10, **fields: Any) -> None:
        fields = {"event_id": f"event_{len(self.lines)}", **fields}
        self._say("server", type_, after, fields)

    def _say(self, sender: str, type_: str, after: int, fields: dict[str, Any]) -> None:
        self.now_ms += after
        self.lines.append((sender, {"type": type_, **fields}, self.now_ms))

    def answer(self, response: str, item: str, text: str, *, status: str = "completed", **done: Any) -> None:
        """A whole spoken answer, GA."""
        at = {"response_id": response, "item_id": item, "output_index": 0, "content_index": 0}
        self.server("response.created", response={"id": response, "status": "in_progress", "conversation_id": "conv"})
        shown = {"id": item, "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        self.server("response.output_item.added", response_id=response, output_index=0, item=shown)
        self.server("conversation.item.added", previous_item_id=None, item=shown)
        self.server("response.content_part.added", **at, part={"type": "audio", "transcript": ""})
        self.server("response.output_audio_transcript.delta", **at, delta=text)
        self.server("response.output_audio.delta", **at, delta="AAAA" * 1600)
        self.server("response.output_audio.done", **at)
        self.server("response.output_audio_transcript.done", **at, transcript=text)
        content = [{"type": "output_audio", "transcript": text}]
        final = {**shown, "status": "completed" if status == "completed" else "incomplete", "content": content}
        self.server("response.output_item.done", response_id=response, output_index=0, item=final)
        self.server("response.done", response={"id": response, "status": status, "output": [final], **done})

    def session(self) -> Session:
        return session_of(*self.lines)


def recorded(path: Path) -> Iterator[Entry]:
    """Read a file of recorded events, in the plain form of one object a line."""
    for number, line in enumerate(path.read_bytes().splitlines(), 2):
        value = orjson.loads(line)
        if "event" in value:
            yield Entry(number, 0, value["from"], "message", {}, orjson.dumps(value["event"]))


__all__ = ["MS", "AudioPlace", "Call", "events_of", "folded", "recorded", "session_of", "told"]
