"""Recordings told in tests, and parts played with a clock that the test moves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from rtdebug.recording.format import Entry, Header
from rtdebug.replay.part import Part
from rtdebug.replay.script import script_of
from rtdebug.replay.steps import Script
from rtdebug.replay.terms import Close, Out, Send, Terms

MS = 1_000_000
STARTED_S = 1_700_000_000
RECORDED = Header(STARTED_S * 1_000_000_000, "websocket", target="/v1/realtime?model=gpt-realtime")
CREATED: dict[str, Any] = {
    "type": "session.created",
    "event_id": "event_created01",
    "session": {"id": "sess_recorded01"},
}
CREATE = {"type": "response.create"}


@dataclass
class Told:
    """A recording being told, an event every 10 ms unless it is said when."""

    entries: list[Entry] = field(default_factory=list)
    now_ms: int = 0

    def client(self, type_: str, /, after: int = 10, **fields: Any) -> "Told":
        return self._add("client", "message", {}, orjson.dumps({"type": type_, **fields}), after)

    def server(self, type_: str, /, after: int = 10, **fields: Any) -> "Told":
        return self._add("server", "message", {}, orjson.dumps({"type": type_, **fields}), after)

    def add(self, sender: str, text: bytes) -> "Told":
        return self._add(sender, "message", {}, text, 10)

    def note(self, kind: str, sender: str | None = None, **fields: Any) -> "Told":
        return self._add(sender, kind, fields, None, 10)

    def _add(self, sender: str | None, kind: str, fields: Mapping[str, Any], text: bytes | None, after: int) -> "Told":
        self.now_ms += after
        number = len(self.entries) + 2
        self.entries.append(Entry(number, self.now_ms * MS, sender, kind, fields, text))  # type: ignore[arg-type]
        return self

    def script(self, header: Header = RECORDED) -> Script:
        return script_of(header, self.entries, "told")


class Stage:
    """A part, its clock, and what it has said."""

    def __init__(self, script: Script, terms: Terms, *, now_s: int = STARTED_S + 1000) -> None:
        self.part = Part(script, terms, now_s=now_s)
        self.now_ns = 0
        self.said: list[tuple[int, Any]] = []
        self._take(self.part.open(0))

    def send(self, event: Any) -> "Stage":
        text = event if isinstance(event, bytes) else orjson.dumps(event)
        self._take(self.part.receive(text, self.now_ns))
        return self

    def wait(self, ms: float) -> "Stage":
        end_ns = self.now_ns + int(ms * MS)
        while (due := self.part.next_ns) is not None and due <= end_ns and not self.part.closed:
            self.now_ns = max(self.now_ns, due)
            self._take(self.part.poll(self.now_ns))
        self.now_ns = end_ns
        return self

    def _take(self, outs: list[Out]) -> None:
        for out in outs:
            at = self.now_ns // MS
            if isinstance(out, Send):
                self.said.append((at, orjson.loads(out.before + out.behind)))
            elif isinstance(out, Close):
                self.said.append((at, out))

    def types(self) -> list[tuple[int, str]]:
        return [(at, what["type"] if isinstance(what, dict) else f"close {what.code}") for at, what in self.said]
