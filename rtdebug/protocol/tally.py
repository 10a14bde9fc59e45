"""What a session came to, in a few numbers: for its last line, and for lists that must not read it whole."""

from dataclasses import dataclass, field
from typing import Any

from rtdebug.wire.messages import Sender


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
    responses: dict[str, int] = field(default_factory=dict)
    """Finished responses by status."""
    session_id: str = ""
    model: str = ""
    ending: str = ""
    """How it ended: "client closed 1000", "server dropped" …"""

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
        if kind == "response.done":
            response = event.get("response")
            status = response.get("status") if isinstance(response, dict) else None
            name = status[:40] if isinstance(status, str) else "unknown"
            if name in self.responses or len(self.responses) < 20:
                self.responses[name] = self.responses.get(name, 0) + 1
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
            "responses": dict(self.responses),
            "errors": self.errors,
            "gaps": self.gaps,
            "ending": self.ending,
        } | ({"exchanges": self.exchanges} if self.exchanges else {})


def _name(value: object) -> str:
    return value[:200] if isinstance(value, str) else ""
