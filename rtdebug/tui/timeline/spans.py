"""Things that last, in order of their beginning: those of a stretch of time are found without a look at the others."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Generic, Protocol, TypeVar

from rtdebug.session.model import Mark

LAST_NS = 10**17
"""A clock that is past three years is wrong."""


class Lasting(Protocol):
    """What has a beginning and an end, ns of the call."""

    @property
    def start_ns(self) -> int:
        """When it begins."""

    @property
    def end_ns(self) -> int:
        """When it ends; not before it begins."""


T = TypeVar("T", bound=Lasting)


@dataclass(frozen=True, slots=True)
class Spans(Generic[T]):
    """A lane."""

    all: Sequence[T] = ()
    rows: int = 0
    """How many rows keep them apart from each other."""
    row_of: Sequence[int] = ()
    """The row of each."""
    _starts: Sequence[int] = ()
    _reach: Sequence[int] = ()
    """The latest end so far."""

    def within(self, start_ns: int, end_ns: int) -> range:
        """Return the indexes of those that may be seen in a stretch of time."""
        return range(bisect_left(self._reach, start_ns), bisect_right(self._starts, end_ns))


def spans(found: Iterable[T]) -> Spans[T]:
    """Put things in order, and in rows so that none hides another."""
    ordered = sorted(found, key=_start)
    free: list[int] = []
    row_of = []
    for one in ordered:
        row = next((row for row, at_ns in enumerate(free) if at_ns <= one.start_ns), len(free))
        if row == len(free):
            if row < _MOST_ROWS:
                free.append(0)
            else:
                row = free.index(min(free))
        free[row] = max(free[row], one.end_ns)
        row_of.append(row)
    starts = [one.start_ns for one in ordered]
    reach = list(accumulate((one.end_ns for one in ordered), max))
    return Spans(ordered, len(free), row_of, starts, reach)


_MOST_ROWS = 4
_start: Callable[[Lasting], int] = lambda one: one.start_ns  # noqa: E731 (a key, and typed)


def known_ns(*marks: Mark | None) -> int | None:
    """Return when the first of these was of which that is known."""
    for mark in marks:
        if mark is not None and mark.at_ns is not None:
            return min(max(0, mark.at_ns), LAST_NS)
    return None
