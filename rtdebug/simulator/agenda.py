"""What happens later: generators that yield how long to wait, run by whoever knows the time."""

from collections.abc import Iterator
from heapq import heappop, heappush
from math import inf

Steps = Iterator[int]
"""A course of action that yields the nanoseconds to wait before it goes on."""


class Agenda:
    """Courses of action in order of their due time."""

    def __init__(self, *, pace: float = 1.0) -> None:
        self._pace = pace
        self._entries: list[tuple[int, int, Steps]] = []
        self._count = 0

    @property
    def next_ns(self) -> int | None:
        """When something is due next, or None when nothing is planned."""
        return self._entries[0][0] if self._entries else None

    def start(self, steps: Steps, now_ns: int) -> None:
        """Begin a course of action; its first step is due now."""
        self._put(now_ns, steps)

    def drop(self, steps: Steps) -> None:
        """Take a course of action off the agenda."""
        self._entries = sorted(entry for entry in self._entries if entry[2] is not steps)

    def clear(self) -> None:
        """Take everything off the agenda."""
        self._entries.clear()

    def run(self, now_ns: int) -> None:
        """Take every step that is due."""
        while self._entries and self._entries[0][0] <= now_ns:
            due_ns, _, steps = heappop(self._entries)
            wait_ns = next(steps, None)
            if wait_ns is not None:
                # From the due time, not from now: a late call does not slow the course down.
                self._put(due_ns + self._paced(wait_ns), steps)

    def _paced(self, wait_ns: int) -> int:
        return 0 if self._pace == inf else int(wait_ns / self._pace)

    def _put(self, due_ns: int, steps: Steps) -> None:
        self._count += 1
        heappush(self._entries, (due_ns, self._count, steps))
