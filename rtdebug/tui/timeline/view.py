"""The stretch of a call that is on the screen."""

from dataclasses import dataclass, replace
from typing import Final

SHORTEST_NS: Final = 50_000_000
"""Nobody sees more by going closer."""


@dataclass(frozen=True, slots=True)
class View:
    """From where, and how much of it."""

    start_ns: int
    span_ns: int

    @property
    def end_ns(self) -> int:
        """The first moment that is no longer seen."""
        return self.start_ns + self.span_ns

    def holds(self, at_ns: int) -> bool:
        """Say whether a moment is on the screen."""
        return self.start_ns <= at_ns <= self.end_ns

    def column(self, at_ns: int, width: int) -> int:
        """Return the column of a moment; one that is not seen has none of the screen's."""
        return (at_ns - self.start_ns) * width // self.span_ns

    def moment(self, column: int, width: int) -> int:
        """Return the moment in the middle of a column."""
        return self.start_ns + (2 * column + 1) * self.span_ns // (2 * max(1, width))

    def zoomed(self, factor: float, at_ns: int, whole_ns: int) -> "View":
        """Show so many times as much; the moment stays where it is on the screen."""
        at_ns = min(max(at_ns, self.start_ns), self.end_ns)
        span = min(max(int(self.span_ns * factor), SHORTEST_NS), max(whole_ns, SHORTEST_NS))
        start = at_ns - (at_ns - self.start_ns) * span // self.span_ns
        return View(start, span).within(whole_ns)

    def panned(self, by_ns: int, whole_ns: int) -> "View":
        """Show what is earlier or later."""
        return replace(self, start_ns=self.start_ns + by_ns).within(whole_ns)

    def around(self, at_ns: int, whole_ns: int, share: float = 0.5) -> "View":
        """Show a moment, with this share of the screen before it."""
        return replace(self, start_ns=at_ns - int(self.span_ns * share)).within(whole_ns)

    def within(self, whole_ns: int) -> "View":
        """Stay inside the call."""
        span = min(self.span_ns, max(whole_ns, SHORTEST_NS))
        return View(max(0, min(self.start_ns, whole_ns - span)), span)


def whole(whole_ns: int) -> View:
    """Show all of a call."""
    return View(0, max(whole_ns, SHORTEST_NS))


def extent(view: View, width: int, start_ns: int, end_ns: int) -> tuple[int, int]:
    """Return the columns of a stretch of time, the last one not counted; at least one."""
    first = view.column(start_ns, width)
    return first, max(first + 1, view.column(end_ns, width))
