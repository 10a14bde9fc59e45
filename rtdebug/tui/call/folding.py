"""Many entries shown as one: deltas of one kind and one item that came in a stretch of nothing but deltas.

What streams at the same time (an answer's audio, its transcript, the microphone) is woven together on the wire.
Within a stretch each stream becomes one run, in the order of their first entries; anything else ends the stretch.
A run's number never changes as more entries come.
"""

from typing import Final

import numpy as np

from rtdebug.tui.call.columns import Column, Numbers, part
from rtdebug.tui.call.journal import Journal, Kind

LONGEST: Final = 2000
"""Entries of a stretch before another begins: 40 s of a microphone that nothing interrupts."""
_BETWEEN: Final = frozenset(["ping", "pong", "track"])
"""What comes in between and means nothing to those who talk: it interrupts no run."""


class Folding:
    """Which entries make a run. An entry that is no delta is a run of its own."""

    def __init__(self, journal: Journal) -> None:
        """Begin with none of them; `take` goes on."""
        self._journal = journal
        self._runs = Column(np.int32)
        self._order = Column(np.int32)
        self._starts = Column(np.int32)
        self._deltas = Column(np.bool_)
        self._open = 0

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def runs(self) -> Numbers:
        """The run of each entry."""
        return self._runs.values

    @property
    def counts(self) -> Numbers:
        """The number of entries of each run."""
        return np.diff(self._starts.values, append=len(self._order))

    @property
    def total(self) -> int:
        """The number of runs."""
        return len(self._starts)

    def members(self, run: int) -> Numbers:
        """Return the entries of a run, in order."""
        starts = self._starts.values
        end = starts[run + 1] if run + 1 < len(starts) else len(self._order)
        return self._order.values[starts[run] : end]

    def take(self, most: int) -> int:
        """Fold up to so many of the entries that are new; return how many were."""
        before = len(self._runs)
        end = min(len(self._journal), before + most)
        if end <= before:
            return 0
        first = self._open
        if first < before:
            # The stretch at the end may go on: it is folded once more, and its runs keep their numbers.
            self._starts.cut(int(self.runs[first]))
            self._runs.cut(first)
            self._order.cut(first)
        self._fold(first, end)
        return end - before

    def _fold(self, first: int, end: int) -> None:
        journal = self._journal
        kinds = part(journal.kinds, first, end)
        kind_and_sender = kinds.astype(np.int32) * 4 + (part(journal.flags, first, end) & 3)
        items, responses = part(journal.items, first, end), part(journal.responses, first, end)
        deltas = self._is_delta(kinds)
        stretches = _stretches(deltas)
        by_key = np.lexsort((items, responses, kind_and_sender, stretches))
        is_first = np.zeros(end - first, dtype=np.bool_)
        is_first[0] = True
        for key in (items, responses, kind_and_sender, stretches):
            sorted_key = key[by_key]
            is_first[1:] |= sorted_key[1:] != sorted_key[:-1]
        heads = by_key[is_first]
        ranks = np.empty(len(heads), dtype=np.int32)
        ranks[np.argsort(heads)] = np.arange(len(heads))
        runs = np.empty(end - first, dtype=np.int32)
        runs[by_key] = ranks[np.cumsum(is_first) - 1]
        counts = np.bincount(runs)
        self._starts.extend(first + np.cumsum(counts) - counts)
        self._runs.extend(runs + (len(self._starts) - len(counts)))
        self._order.extend(first + np.argsort(runs, kind="stable"))
        start = int(stretches[-1])
        is_over = not deltas[-1] or end - first - start >= LONGEST
        self._open = end if is_over else first + start

    def _is_delta(self, kinds: Numbers) -> Numbers:
        table = self._journal.kind_table
        known = len(self._deltas)
        if known < len(table):
            self._deltas.extend(np.array([_folds(kind) for kind in table[known:]], dtype=np.bool_))
        return np.asarray(self._deltas.values[np.minimum(kinds, len(table) - 1)])


def _folds(kind: Kind) -> bool:
    return kind.is_delta or (not kind.type and kind.name in _BETWEEN)


def _stretches(deltas: Numbers) -> Numbers:
    """Number the stretches by where they begin; what is no delta is a stretch of its own."""
    at = np.arange(len(deltas), dtype=np.int32)
    begins = ~deltas
    begins[1:] |= ~deltas[:-1]
    begins[0] = True
    start = np.maximum.accumulate(np.where(begins, at, 0))
    return np.asarray(start + (at - start) // LONGEST * LONGEST)
