"""What a simulated session came to. Values only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from websockets.exceptions import ConnectionClosed

from rtdebug.simulator.refusals import Json


@dataclass(slots=True)
class Tally:
    """One session, counted while it goes on."""

    client_events: int = 0
    server_events: int = 0
    errors: int = 0
    responses: Counter[str] = field(default_factory=Counter)
    """How many there are of each status; those that have not ended are `in_progress`."""
    duration_ns: int = 0
    ending: str = ""
    """Who closed the connection, and how."""

    def sent(self, events: Sequence[Json]) -> None:
        """Count server events."""
        self.server_events += len(events)
        for event in events:
            if event["type"] == "response.created":
                self.responses["in_progress"] += 1
            elif event["type"] == "response.done":
                self.responses["in_progress"] -= 1
                self.responses[event["response"]["status"]] += 1
                self.responses = +self.responses  # without those of which there are none
            self.errors += event["type"] == "error"


def ending(closed: ConnectionClosed) -> str:
    """Say who closed the connection, and how."""
    if closed.rcvd is None and closed.sent is None:
        return "broke off"
    first = closed.rcvd if closed.sent is None or closed.rcvd_then_sent else closed.sent
    who = "client" if first is closed.rcvd else "server"
    return f"{who} closed {first.code}" if first is not None else "broke off"
