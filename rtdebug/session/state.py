"""What the fold has to remember while a call goes on: what was asked and not answered yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rtdebug.protocol.audio import AudioFormats
from rtdebug.protocol.event import Event
from rtdebug.session.model import BargeIn, ConfigChange, ContentPart, Item, Mark, Note, Session, Turn

_MOST = 1000
"""Unanswered things of one kind that are kept: a client that never gets an answer must not grow the fold."""


@dataclass(slots=True)
class Request:
    """Something the client asked for."""

    mark: Mark
    event_id: str
    data: Mapping[str, Any]


@dataclass(slots=True)
class State:
    """The session so far, and what is still open."""

    session: Session = field(default_factory=Session)
    formats: AudioFormats = field(default_factory=AudioFormats)
    rates: dict[str, int] = field(default_factory=dict)
    """Frames a second of each track."""
    sent: dict[str, int] = field(default_factory=dict)
    """Entries of the client's events, by their event id."""
    updates: list[tuple[str, ConfigChange]] = field(default_factory=list)
    creates: list[Request] = field(default_factory=list)
    items: list[Request] = field(default_factory=list)
    commits: list[Request] = field(default_factory=list)
    cancels: list[Request] = field(default_factory=list)
    truncates: list[Request] = field(default_factory=list)
    clears: list[Request] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    """Ids of tool outputs that no response has answered."""
    active: str = ""
    """The default conversation's response under way."""
    automatic: tuple[str, Mark] | None = None
    """A turn has ended whose response the server will begin by itself: by what, and where."""
    latest_audio: str = ""
    """The latest item with audio of the assistant's."""
    buffer_start_ms: float = 0.0
    """Where in the input the buffer begins that has not been committed."""
    barge_ins: dict[str, BargeIn] = field(default_factory=dict)
    """By the item that the speech will be."""

    def open_requests(self) -> dict[str, list[Request]]:
        """Return what the client asked for and has no answer to, by kind."""
        return {
            "creates": self.creates,
            "items": self.items,
            "commits": self.commits,
            "cancels": self.cancels,
            "truncates": self.truncates,
        }

    def ask(self, requests: list[Request], event: Event) -> Request:
        """Note a request of the client's as open."""
        event_id = event.data.get("event_id")
        request = Request(mark(event), event_id if isinstance(event_id, str) else "", event.data)
        requests.append(request)
        del requests[:-_MOST]
        return request

    def note(self, event: Event, text: str) -> None:
        """Keep something odd."""
        self.session.notes.append(Note(event.seq, text))

    def part(self, item: Item, index: int) -> ContentPart:
        """Return a content part, begun if need be."""
        found = item.parts.get(index)
        if found is None:
            found = item.parts[index] = ContentPart()
        return found

    def turn(self) -> Turn:
        """Return the turn under way, the first one begun if need be."""
        turns = self.session.turns
        if not turns:
            turns.append(Turn(1))
        return turns[-1]

    def user_turn(self, item_id: str) -> None:
        """Put a user's item in the turn it belongs to: a new one, once the latest has been answered."""
        turn = self.turn()
        if turn.response_ids:
            turn = Turn(turn.number + 1)
            self.session.turns.append(turn)
        if item_id not in turn.item_ids:
            turn.item_ids.append(item_id)
        turn.barge_in = turn.barge_in or self.barge_ins.pop(item_id, None)


def mark(event: Event) -> Mark:
    """Say where an event is."""
    return Mark(event.seq, event.at_ns)
