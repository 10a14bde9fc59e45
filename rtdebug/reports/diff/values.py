"""What comparing takes and gives: the two sides, what differs and where, and what was held against what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rtdebug.reports.recorded import Recorded

Unit = Literal["value", "word", "text", "count", "wait", "length", "tokens", "seconds", "price"]
"""What a pair of values is: `text` was said, `word` names something, `value` is any JSON; `wait` and `length` are
nanoseconds, `price` is USD."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two recordings."""

    recorded: Recorded
    types: Sequence[tuple[str, str]] = ()
    """Sender and canonical type of each event, in order; needed by the aspects `events` and `order` alone."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is in one of the two, by the numbers that `show` gives; all None where it is not there."""

    turn: int | None = None
    response: int | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same."""

    what: str
    """A dotted path, a name of the API's, a wait, an event type, or who says it."""
    a: object
    """None where A does not have it, or it is not known."""
    b: object
    unit: Unit = "value"
    in_a: Place = Place()
    in_b: Place = Place()


@dataclass(frozen=True, slots=True)
class Compared:
    """What one aspect came to."""

    aspect: str
    number: int
    """How many things were held against each other."""
    noun: str
    """What one of them is called."""
    differences: Sequence[Difference]
    within: int = 0
    """How many differ by no more than the tolerance."""
    note: str = ""
    """Why something could not be compared, in words."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two recordings, held against each other."""

    a: Recorded
    b: Recorded
    turns: Sequence[tuple[int | None, int | None]]
    """The turns as they were laid side by side, by their numbers."""
    compared: Sequence[Compared]

    @property
    def same(self) -> bool:
        """Whether nothing differs beyond the tolerance."""
        return not any(one.differences for one in self.compared)
