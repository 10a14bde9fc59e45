"""What a session came to, in a few numbers: for its last line, and for lists that must not read it whole."""

from dataclasses import dataclass, field
from typing import Any, Final

from rtdebug.protocol.reading import inside, text_in
from rtdebug.wire.messages import Sender

_MOST_STATUSES: Final = 20
_MOST_UNDER_WAY: Final = 1000
"""Responses remembered: more than that are never under way at once."""


@dataclass(slots=True)
class Tally:
    """Counts kept while a connection runs."""

    client_messages: int = 0
    server_messages: int = 0
    exchanges: int = 0
    """Exchanges of plain HTTP."""
    gaps: int = 0
    errors: int = 0
    """`error` events."""
    ended: dict[str, int] = field(default_factory=dict)
    """Responses that have ended, by status."""
    session_id: str = ""
    model: str = ""
    ending: str = ""
    """How it ended: "client closed 1000", "server dropped" …"""
    _under_way: dict[str, None] = field(default_factory=dict)
    """The ids of responses that have begun and not ended."""

    @property
    def responses(self) -> dict[str, int]:
        """Responses by status; those that did not end are `in_progress`."""
        open_ = len(self._under_way)
        return self.ended | {"in_progress": self.ended.get("in_progress", 0) + open_} if open_ else dict(self.ended)

    def message(self, sender: Sender) -> None:
        """Count one message."""
        if sender == "client":
            self.client_messages += 1
        else:
            self.server_messages += 1

    def event(self, sender: Sender, kind: str, event: dict[str, Any]) -> None:
        """Take what an event adds."""
        if sender != "server":
            return
        if kind == "response.created" and len(self._under_way) < _MOST_UNDER_WAY:
            self._under_way[_name(inside(event, "response", "id"))] = None
        elif kind == "response.done":
            self._under_way.pop(_name(inside(event, "response", "id")), None)
            name = text_in(event, "response", "status")[:40] or "unknown"
            if name in self.ended or len(self.ended) < _MOST_STATUSES:
                self.ended[name] = self.ended.get(name, 0) + 1
        elif kind == "error":
            self.errors += 1
        elif kind in ("session.created", "session.updated", "transcription_session.created"):
            session = event.get("session")
            if isinstance(session, dict):
                self.session_id = _name(session.get("id")) or self.session_id
                self.model = _name(session.get("model")) or self.model

    def closed(self, sender: Sender, code: int | None) -> None:
        """Take a close frame; the first one is the cause."""
        self.ends(f"{sender} closed" + (f" {code}" if code is not None else ""))

    def ends(self, how: str) -> None:
        """Say how the connection ended; only the first word counts."""
        self.ending = self.ending or how

    def summary(self) -> dict[str, Any]:
        """Return the counts as fields of the last line."""
        return {
            "session_id": self.session_id,
            "model": self.model,
            "messages": {"client": self.client_messages, "server": self.server_messages},
            "responses": self.responses,
            "errors": self.errors,
            "gaps": self.gaps,
            "ending": self.ending,
        } | ({"exchanges": self.exchanges} if self.exchanges else {})


def _name(value: object) -> str:
    return value[:200] if isinstance(value, str) else ""
