"""The events of one connection, looked up by what they belong to: what the conformance rules read."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rtdebug.protocol.dialects import Dialect
from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import inside, object_in, text_in, whole_in

PartKey = tuple[str, int]
"""Item id and content index."""


@dataclass(slots=True)
class Stream:
    """The events of one response, in order."""

    id: str
    events: list[Event] = field(default_factory=list)

    def of(self, *types: str) -> list[Event]:
        """Return its events of these types."""
        return [event for event in self.events if event.type in types]

    @property
    def created(self) -> Event | None:
        """Its first `response.created`."""
        return next(iter(self.of("response.created")), None)

    @property
    def done(self) -> Event | None:
        """Its last `response.done`."""
        return next(reversed(self.of("response.done")), None)

    @property
    def ended(self) -> Mapping[str, Any]:
        """The response as `response.done` shows it."""
        return object_in(self.done.data, "response") if self.done else {}

    @property
    def in_conversation(self) -> bool:
        """Say whether it belongs to the default conversation."""
        begun = object_in(self.created.data, "response") if self.created else self.ended
        return not ("conversation_id" in begun and begun["conversation_id"] is None)


class Traffic:
    """All events of a connection."""

    def __init__(self, events: Iterable[Event], dialect: Dialect, *, is_sideband: bool | None = None) -> None:
        """Sort the events; whether somebody else began the call is found from them where it is not known."""
        self.dialect = dialect
        self.events = [event for event in events if event.kind == "message" and event.type]
        self.server = [event for event in self.events if event.sender == "server"]
        self._client = [event for event in self.events if event.sender == "client"]
        self.streams: dict[str, Stream] = {}
        self._by_type: dict[str, list[Event]] = {}
        for event in self.server:
            self._by_type.setdefault(event.type, []).append(event)
            if response_id := response_of(event):
                self.streams.setdefault(response_id, Stream(response_id)).events.append(event)
        begun = bool(self.of("session.created")) or not self.server
        self.is_sideband = not begun if is_sideband is None else is_sideband
        """Whether this connection listens in on a call that somebody else has begun."""

    def of(self, *types: str) -> list[Event]:
        """Return the server's events of these types, in order."""
        found = [event for type_ in types for event in self._by_type.get(type_, ())]
        return sorted(found, key=lambda event: event.seq) if len(types) > 1 else found

    def said(self, *types: str) -> list[Event]:
        """Return the client's events of these types, in order; the microphone's chunks may be left out."""
        return [event for event in self._client if event.type in types]

    @property
    def sessions(self) -> set[str]:
        """The ids of the sessions that began here; one, but for logs that hold several."""
        return {session_of(event) for event in self.of("session.created")}

    def after(self, event: Event) -> Event | None:
        """Return the server's next event."""
        place = bisect_right(self.server, event.seq, key=lambda one: one.seq)
        return self.server[place] if place < len(self.server) else None

    def client_says(self, types: tuple[str, ...], first: Event, last: Event) -> bool:
        """Say whether the client sent one of these types between two events."""
        return any(first.seq < event.seq < last.seq for event in self._client if event.type in types)


def session_of(event: Event) -> str:
    """Name the session an event shows."""
    return text_in(event.data, "session", "id")


def response_of(event: Event) -> str:
    """Name the response an event belongs to, "" where it belongs to none."""
    return text_in(event.data, "response_id") or text_in(event.data, "response", "id")


def item_of(event: Event) -> str:
    """Name the item an event is about."""
    return text_in(event.data, "item_id") or text_in(event.data, "item", "id")


def part_of(event: Event) -> PartKey:
    """Name the content part an event is about."""
    return text_in(event.data, "item_id"), whole_in(event.data, "content_index") or 0


def previous_of(event: Event) -> object:
    """Return what an event says its item stands behind."""
    return inside(event.data, "previous_item_id")
