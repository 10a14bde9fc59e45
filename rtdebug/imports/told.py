"""What a log tells, before it is settled who said it and when: the values between readers and builder. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from rtdebug.protocol.catalog import CATALOG
from rtdebug.wire.messages import Sender

Word = Literal["client", "server", "sent", "received", ""]
"""How a log says who spoke: by name, or as seen from where it was written; "" where it does not say."""

Scale = Literal["epoch", "zoneless", "since", "number"]
"""What a time counts: ns since 1970 (with or without a known zone), ns since some beginning, or who knows what."""

RECORDS: Final = "JSON records"
EVENTS: Final = "bare events"
LINES: Final = "log lines"
CAT: Final = "rtdebug cat --json"
HAR: Final = "HAR"
Form = Literal["JSON records", "bare events", "log lines", "rtdebug cat --json", "HAR"]


class Moment(NamedTuple):
    """A time as a log states it."""

    value: int | float
    scale: Scale


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a log tells."""

    form: Form
    payload: bytes = b""
    """A message as the log holds it, or its JSON written anew where it holds an object; else what is told."""
    event: Mapping[str, Any] | None = None
    """The message read as JSON, None where it is none."""
    word: Word = ""
    weak: bool = False
    """`word` is a guess from the text around the message: a type that only one side sends knows better."""
    moment: Moment | None = None
    inner: bool = False
    """`moment` stands in the event itself, where it may mean something else."""
    kind: str = "message"
    """Or "ping", "pong", "close" or another word of the log's for what is no message."""
    binary: bool = False
    code: int | None = None
    """Of a close."""

    @property
    def type(self) -> str:
        """The event's type, "" where the message is no event."""
        named = self.event.get("type") if self.event else None
        return named if isinstance(named, str) else ""

    @property
    def sender_of_type(self) -> Sender | None:
        """The side that alone sends this type, None where that is not known."""
        row = CATALOG.get(self.type)
        return row.senders[0] if row is not None and len(row.senders) == 1 else None


@dataclass(frozen=True, slots=True)
class Misread:
    """A place in a log that could not be read."""

    place: str
    """"line 12"."""
    why: str


def is_event(value: Mapping[str, Any]) -> bool:
    """Say whether this looks like an event of the API: it has a type that is known, or one with a dot in it."""
    named = value.get("type")
    return isinstance(named, str) and (named in CATALOG or ("." in named.strip(".") and " " not in named))
