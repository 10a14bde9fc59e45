"""The rows of the event list: runs folded or laid open, and only what a filter lets through."""

import time
from bisect import bisect_left
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rtdebug.tui.call.columns import Flags, Numbers
from rtdebug.tui.call.folding import Folding
from rtdebug.tui.call.journal import Journal

_A_STEP = 8192
"""Entries that are folded between two looks at the clock: about 2 ms."""


class Filter(Protocol):
    """Says which entries are shown."""

    @property
    def mask(self) -> Flags:
        """One flag an entry, as far as it is known."""

    @property
    def version(self) -> int:
        """Another number each time that the flags are others."""

    def step(self, budget_ns: int) -> bool:
        """Go on for about so long; say whether anything is left to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """What stands in a row."""

    index: int
    """The entry; of a run its first."""
    count: int
    """Entries of the run that the row stands for, 1 for an entry alone."""
    run: int
    is_open: bool
    """Its entries stand below."""
    is_member: bool
    """It is one of a run that is laid open."""


class Rows:
    """The rows, by number from 0. What changes them is followed by `step`."""

    def __init__(self, journal: Journal) -> None:
        """Begin with none of the entries; `step` goes on."""
        self._journal = journal
        self._folding = Folding(journal)
        self._filter: Filter | None = None
        self._opened: set[int] = set()
        self._members: dict[int, Numbers] = {}
        self._is_stale = True
        self.folded = True
        """False lists every entry by itself, in the order of arrival."""
        self.version = 0
        """Another each time that rows are others."""
        self._counts: Numbers = np.zeros(0, np.int64)
        self._chosen: Numbers | None = None
        self._shown: Numbers | None = None
        self._tops: Numbers | None = None
        self._total = 0

    def step(self, budget_ns: int) -> bool:
        """Go on for about so long; say whether anything is left to do."""
        until = time.perf_counter_ns() + budget_ns
        while self._folding.take(_A_STEP):
            self._is_stale = True
            if time.perf_counter_ns() >= until:
                return True
        if self._filter is None:
            return False
        known = self._filter.version
        left = self._filter.step(max(1, until - time.perf_counter_ns()))
        self._is_stale |= self._filter.version != known
        return left

    def set_filter(self, filter_: Filter | None) -> None:
        """Show only what a filter lets through."""
        self._filter = filter_
        self._is_stale = True

    # What there is.

    def __len__(self) -> int:
        self._lay()
        return self._total

    @property
    def entries(self) -> int:
        """How many entries are shown, folded or not."""
        self._lay()
        return len(self._folding) if self._chosen is None else len(self._chosen)

    def chosen(self) -> Numbers:
        """Return the entries that are shown, folded or not."""
        self._lay()
        return np.arange(len(self._folding)) if self._chosen is None else self._chosen

    def holds(self, index: int) -> bool:
        """Say whether an entry has been taken up."""
        return index < len(self._folding)

    def at(self, row: int) -> Place:
        """Say what stands in a row."""
        self._lay()
        if not self.folded:
            index = row if self._chosen is None else int(self._chosen[row])
            return Place(index, 1, int(self._folding.runs[index]), False, False)
        shown = row if self._tops is None else int(np.searchsorted(self._tops, row, "right")) - 1
        run = shown if self._shown is None else int(self._shown[shown])
        count = int(self._counts[run])
        is_open = run in self._opened and count > 1
        below = 0 if self._tops is None else row - int(self._tops[shown])
        if below:
            return Place(int(self.members(run)[below - 1]), 1, run, False, True)
        return Place(int(self.members(run)[0]), count, run, is_open, False)

    def members(self, run: int) -> Numbers:
        """Return the entries of a run that are shown."""
        self._lay()
        found = self._members.get(run)
        if found is None:
            found = self._folding.members(run)
            if self._filter is not None:
                mask = self._filter.mask
                found = found[found < len(mask)]
                found = found[mask[found]]
            self._members[run] = found
        return found

    def row_of(self, index: int) -> int:
        """Return the row an entry stands in; of one that is not shown, the row of the one before it."""
        self._lay()
        if not self._total:
            return 0
        index = max(0, min(index, len(self._folding) - 1))
        if self._chosen is not None:
            place = max(0, int(np.searchsorted(self._chosen, index, "right")) - 1)
            index = int(self._chosen[place])
            if not self.folded:
                return place
        return int(self.rows_of(np.array([index]))[0])

    def rows_of(self, indexes: Numbers) -> Numbers:
        """Return the rows of entries that are shown."""
        self._lay()
        if not self.folded:
            return indexes if self._chosen is None else np.searchsorted(self._chosen, indexes)
        runs = self._folding.runs[indexes]
        rows = runs if self._shown is None else np.searchsorted(self._shown, runs)
        if self._tops is None:
            return np.asarray(rows)
        rows = self._tops[rows]
        for run in self._opened:
            inside = np.flatnonzero(runs == run)
            if len(inside) and self._counts[run] > 1:
                rows[inside] += 1 + np.searchsorted(self.members(run), indexes[inside])
        return np.asarray(rows)

    # What may be done.

    def open(self, row: int) -> bool:
        """Lay a run's entries open below it; say whether there was something to open."""
        place = self.at(row)
        if place.count < 2 or place.is_open:
            return False
        self._opened.add(place.run)
        self._is_stale = True
        return True

    def close(self, row: int) -> int | None:
        """Fold the run that a row is of; return the row of the run, None where nothing was open."""
        place = self.at(row)
        if not (place.is_open or place.is_member):
            return None
        self._opened.discard(place.run)
        self._is_stale = True
        return self.row_of(int(self.members(place.run)[0]))

    def fold(self, *, folded: bool) -> None:
        """Fold all runs, or list every entry by itself."""
        self.folded = folded
        self._opened.clear()
        self._is_stale = True

    def _lay(self) -> None:
        """Count the rows anew, if anything changed."""
        if not self._is_stale:
            return
        self._is_stale = False
        self.version += 1
        self._members.clear()
        folding = self._folding
        self._chosen = None
        self._counts = folding.counts
        if self._filter is not None:
            self._chosen = np.flatnonzero(self._filter.mask[: len(folding)])
            self._counts = np.bincount(folding.runs[self._chosen], minlength=folding.total)
        self._shown = None if self._chosen is None else np.flatnonzero(self._counts)
        total = folding.total if self._shown is None else len(self._shown)
        self._tops = None
        if not self.folded:
            total = len(folding) if self._chosen is None else len(self._chosen)
        elif self._opened:
            heights = np.ones(total, np.int64)
            for run in self._opened:
                self._heighten(heights, run)
            self._tops = np.cumsum(heights) - heights
            total = int(heights.sum())
        self._total = total

    def _heighten(self, heights: Numbers, run: int) -> None:
        shown = run
        if self._shown is not None:
            shown = bisect_left(self._shown, run)
            if shown >= len(self._shown) or self._shown[shown] != run:
                return
        if self._counts[run] > 1:
            heights[shown] += self._counts[run]
