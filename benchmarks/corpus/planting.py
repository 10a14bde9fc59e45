"""What plants a fault: while the call is held, or in its lines afterwards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.corpus.good import Good
from benchmarks.corpus.take import Take
from recordings.call import Call

Edit = Callable[[Take], None]
Play = Callable[[Call, Random], None]


@dataclass(frozen=True, slots=True)
class Planter:
    """One way in which a call goes wrong."""

    code: str
    """The rule that is to see it."""
    on: Sequence[str | Good]
    """The good calls it is planted in, in turn."""
    edit: Edit | None = None
    play: Play | None = None
    also: frozenset[str] = frozenset()
    """Rules that have cause to speak as well: what they say of these calls counts for nothing."""


def edited(code: str, on: str, edit: Edit, also: str = "") -> Planter:
    """Plant a fault in the lines of calls that are named in a row."""
    return Planter(code, on.split(), edit, also=frozenset(also.split()))


def played(code: str, on: str, play: Play, also: str = "") -> Planter:
    """Plant a fault at the end of calls that are named in a row."""
    return Planter(code, on.split(), play=play, also=frozenset(also.split()))


def held(code: str, good: Good, also: str = "", edit: Edit | None = None) -> Planter:
    """Hold a call that goes wrong by itself."""
    return Planter(code, [good], edit, also=frozenset(also.split()))
