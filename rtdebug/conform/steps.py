"""What scenes are made of: the steps that a player takes, and what comes back. Pure values."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from rtdebug.protocol.event import Event

T = TypeVar("T")
Json = Mapping[str, Any]
"""An event of the API, or a part of one."""


@dataclass(frozen=True, slots=True)
class Say:
    """Send an event; the player gives it an id where it has none. A text goes out as it is."""

    event: Json | str


@dataclass(frozen=True, slots=True)
class Pause:
    """Let time pass, as between pieces of sound."""

    ms: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Listen until an event of one of these types comes, whatever comes before it.

    An error about what was said, or about nothing in particular, ends the wait as well.
    """

    types: frozenset[str]
    """None stands for any event."""
    about: str = ""
    """The id of what was said."""
    is_short: bool = False
    """Whether to wait only for what would have come by now."""


@dataclass(frozen=True, slots=True)
class Check:
    """Put on record whether something is as the API has it."""

    code: str
    breach: str = ""
    """What is not as it should be, "" where it holds."""
    about: str = ""
    """The id of what was said; where there is none, it rests on what was heard last."""


Step = Say | Pause | Wait | Check


@dataclass(frozen=True, slots=True)
class Reply:
    """What a step brought."""

    event_id: str = ""
    """The id under which it was said."""
    heard: tuple[Event, ...] = ()
    """What came while waiting, the awaited event last."""
    failure: str = ""
    """Why the wait was in vain, in words."""


Play = Generator[Step, Reply, T]


class NotPlayed(Exception):
    """The endpoint cannot play a scene to its end, which is no offence; says why."""


class Unanswered(Exception):
    """The endpoint owes an answer, and the scene cannot go on without it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Something to play with an endpoint, on a connection of its own."""

    name: str
    play: Callable[[], Play[None]]
    code: str = ""
    """What it decides, beside giving the rules something to judge."""
    says: str = ""
    """What is held where it ends well."""
    unknown_to: str = ""
    """The vendor whose API does not have what it is about; nothing is decided there."""
