"""What a recording asks of those who play it again: steps, in the order in which they crossed the wire. Values."""

from dataclasses import dataclass

from rtdebug.protocol.event import Event
from rtdebug.recording.format import AudioPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened in the recorded call."""

    number: int
    """Its place among the steps, from 1."""
    seq: int
    """Its entry, or the first one."""
    at_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Step):
    """The client sent an event other than microphone audio."""

    event: Event
    text: bytes
    """The message as kept; ids and all."""
    speech_ms: float = 0.0
    """Audio appended since the last turn ended, where this ends one by hand."""
    required: bool = True
    """Whether the call is another one without it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One message of microphone audio."""

    at_ns: int
    text: bytes
    place: AudioPlace | None
    """Where its audio is; None where it stayed in the text."""
    ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech(Step):
    """The client appended microphone audio, in one message or many."""

    pieces: tuple[Piece, ...]
    until_ms: float
    """Audio appended since the call began, once this is."""

    @property
    def ms(self) -> float:
        """How much audio it is."""
        return sum(piece.ms for piece in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Step):
    """The server sent a message."""

    event: Event
    text: bytes
    """The message without its audio."""
    place: AudioPlace | None = None
    """Where its audio is, and where that belongs in the text."""
    binary: bool = False
    after: tuple[int, ...] = ()
    """Commands, by their numbers, that it answers: before they have come it is not sent."""
    heard_ms: float = 0.0
    """Microphone audio that had been appended; 0 where it does not come of any."""
    cause_ns: int = 0
    """When the latest of what it waits for happened; 0 where it waits for nothing."""
    hold_ns: int = 0
    """Time to hold it back beyond what the recording did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending(Step):
    """The server ended the connection."""

    code: int | None
    """None where there was no close frame: it broke off."""
    reason: str = ""
    after: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """The handshake was refused: what the client got instead."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Script:
    """A recorded connection, ready to be played again."""

    name: str
    steps: tuple[Step, ...]
    target: str = ""
    """Path and query that were asked for."""
    model: str = ""
    subprotocol: str = ""
    refusal: Refusal | None = None
    started_s: int = 0
    """Wall clock when it was recorded, 0 where that is not known."""
    has_times: bool = True
    notes: tuple[str, ...] = ()
    """What of the recording is missing or odd, in words."""
    ids: frozenset[str] = frozenset()
    """Every id in it."""
    client_ids: frozenset[str] = frozenset()
    """Those of them that the client made."""
    bytes_per_s: float = 0.0
    """How fast the network takes what the server says; 0 is at once."""
    disturbed_from: int = 0
    """The first step that a fault has changed, 0 for none: from there on a client may do other things."""

    @property
    def commands(self) -> tuple[Command, ...]:
        """What the client has to send."""
        return tuple(step for step in self.steps if isinstance(step, Command))

    @property
    def speech_ms(self) -> float:
        """All microphone audio."""
        return max((step.until_ms for step in self.steps if isinstance(step, Speech)), default=0.0)

    @property
    def path(self) -> str:
        """The path that was asked for."""
        return self.target.partition("?")[0]
