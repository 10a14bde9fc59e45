"""Calls told in a few lines, with the moment of each thing: what rules that need no samples are tried on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from rtdebug.diagnosis.finding import Finding, Rule
from rtdebug.diagnosis.linting import diagnose
from rtdebug.diagnosis.subject import Subject
from rtdebug.protocol.event import EventReader
from rtdebug.recording.format import Entry
from rtdebug.session.fold import Fold

MS = 1_000_000
VAD: dict[str, Any] = {
    "type": "server_vad",
    "create_response": True,
    "interrupt_response": True,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 200,
}
_DELTA_MS, _EVERY_MS = 200, 40
_DELTA = "A" * (_DELTA_MS * 48 * 4 // 3)


@dataclass
class Talk:
    """Collects what both sides say, in any order; it is put in the order of its times."""

    vad: dict[str, Any] | None = field(default_factory=lambda: VAD)
    tools: tuple[str, ...] = ()
    lines: list[tuple[float, str, str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        tools = [{"type": "function", "name": name} for name in self.tools]
        audio = {"input": {"turn_detection": self.vad}}
        self.server(0, "session.created", session={"id": "sess_1", "type": "realtime", "audio": audio, "tools": tools})

    def server(self, at_ms: float, kind: str, **fields: Any) -> None:
        self.lines.append(
            (at_ms, "server", "message", {"type": kind, "event_id": f"event_{len(self.lines)}", **fields})
        )

    def client(self, at_ms: float, kind: str, **fields: Any) -> None:
        self.lines.append((at_ms, "client", "message", {"type": kind, **fields}))

    def hang_up(self, at_ms: float) -> None:
        self.lines.append((at_ms, "client", "close", {"code": 1000}))

    def error(self, at_ms: float, message: str, code: str = "", about: str | None = None) -> None:
        told = {"type": "invalid_request_error", "code": code, "message": message, "event_id": about}
        self.server(at_ms, "error", error=told)

    def speech(self, at_ms: float, item: str, length_ms: float = 1500, *, text: str | None = None) -> None:
        """Let the user speak: the server hears it begin now, and end after its length; a text comes 400 ms later."""
        start = round(at_ms) - 300
        over = at_ms + length_ms
        self.server(at_ms, "input_audio_buffer.speech_started", item_id=item, audio_start_ms=start)
        end = round(over) + 200
        self.server(over, "input_audio_buffer.speech_stopped", item_id=item, audio_end_ms=end)
        self.server(over, "input_audio_buffer.committed", item_id=item, previous_item_id=None)
        shown = {"id": item, "type": "message", "role": "user", "content": [{"type": "input_audio"}]}
        self.server(over, "conversation.item.added", item=shown)
        if text is not None:
            kind = "conversation.item.input_audio_transcription.completed"
            self.server(over + 400, kind, item_id=item, content_index=0, transcript=text)

    def write(self, at_ms: float, item: str, text: str = "Hello") -> None:
        """Let the client put a message of the user's there, and have it taken."""
        content = [{"type": "input_text", "text": text}]
        shown = {"id": item, "type": "message", "role": "user", "content": content}
        self.client(at_ms, "conversation.item.create", item=shown)
        self.server(at_ms + 5, "conversation.item.added", item=shown)

    def begin(self, at_ms: float, response: str, **more: Any) -> None:
        begun = {"id": response, "status": "in_progress", "conversation_id": "conv_1", "output": [], **more}
        self.server(at_ms, "response.created", response=begun)

    def end(self, at_ms: float, response: str, *items: dict[str, Any], status: str = "completed", **more: Any) -> None:
        shown = {"id": response, "status": status, "conversation_id": "conv_1", "output": list(items), **more}
        self.server(at_ms, "response.done", response=shown)

    def say(self, at_ms: float, response: str, item: str, audio_ms: int, every_ms: float = _EVERY_MS) -> float:
        """Send an item's audio, five times faster than it is heard; return when the last of it came."""
        at = {"response_id": response, "item_id": item, "output_index": 0, "content_index": 0}
        shown = {"id": item, "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        self.server(at_ms, "response.output_item.added", response_id=response, output_index=0, item=shown)
        self.server(at_ms, "conversation.item.added", item=shown)
        self.server(at_ms, "response.output_audio_transcript.delta", **at, delta="It leaves at ten.")
        for number in range(audio_ms // _DELTA_MS):
            self.server(at_ms + number * every_ms, "response.output_audio.delta", **at, delta=_DELTA)
        return at_ms + audio_ms // _DELTA_MS * every_ms

    def answer(self, at_ms: float, number: int, audio_ms: int, *, by: str = "client", **ended: Any) -> float:
        """Answer with `resp_N`, `item_N`: asked for, begun 100 ms later, said, done; return when it was done."""
        if by == "client":
            self.client(at_ms, "response.create")
        self.begin(at_ms + 100, f"resp_{number}")
        over = self.say(at_ms + 300, f"resp_{number}", f"item_{number}", audio_ms)
        content = [{"type": "output_audio", "transcript": "It leaves at ten."}]
        final = {"id": f"item_{number}", "type": "message", "role": "assistant", "content": content}
        self.end(over, f"resp_{number}", final, **ended)
        return over

    def call(self, at_ms: float, number: int, *names: str, arguments: str = "{}", done_ms: float = 50) -> float:
        """Call tools in `resp_N`, as `call_N_name`; the calls are whole 100 ms later, the response `done_ms` after."""
        self.client(at_ms, "response.create")
        response, items = f"resp_{number}", []
        self.begin(at_ms + 50, response)
        for index, name in enumerate(names):
            ids = {"call_id": f"call_{number}_{name}", "name": name}
            item = {"id": f"item_{number}_{name}", "type": "function_call", "status": "completed", **ids}
            items.append({**item, "arguments": arguments})
            added = {**item, "status": "in_progress", "arguments": ""}
            where = {"response_id": response, "output_index": index}
            self.server(at_ms + 60, "response.output_item.added", **where, item=added)
            kind = "response.function_call_arguments.done"
            self.server(at_ms + 100, kind, **where, **ids, item_id=item["id"], arguments=arguments)
        self.end(at_ms + 100 + done_ms, response, *items)
        return at_ms + 100 + done_ms

    def output(self, at_ms: float, call_id: str, **more: Any) -> None:
        """Let the client send a call's result, and have it taken."""
        shown = {"type": "function_call_output", "call_id": call_id, "output": "{}"}
        self.client(at_ms, "conversation.item.create", item=shown, **more)
        self.server(at_ms + 20, "conversation.item.added", item={**shown, "id": f"item_of_{call_id}"})

    def truncate(self, at_ms: float, item: str, audio_end_ms: Any, *, taken: bool = True) -> None:
        where = {"item_id": item, "content_index": 0, "audio_end_ms": audio_end_ms}
        self.client(at_ms, "conversation.item.truncate", **where)
        if taken:
            self.server(at_ms + 20, "conversation.item.truncated", **where)

    def subject(self, **more: Any) -> Subject:
        reader, fold, events = EventReader(), Fold(), []
        for seq, (at_ms, sender, kind, told) in enumerate(sorted(self.lines, key=lambda one: one[0]), 2):
            fields, text = ({}, orjson.dumps(told)) if kind == "message" else (told, None)
            entry = Entry(seq, round(at_ms * MS), sender, kind, fields, text)  # type: ignore[arg-type]
            events.append(reader.read(entry))
            fold.take(events[-1])
        return Subject(fold.session, events, reader.dialect, **more)

    def findings(self, *rules: Rule, **more: Any) -> Sequence[Finding]:
        told = diagnose(self.subject(**more), rules)
        assert told.failed == []
        return told.findings
