"""What a search found, as rows: where the next one is, and which of how many this is."""

import numpy as np

from rtdebug.tui.call.call import Call
from rtdebug.tui.call.columns import Numbers
from rtdebug.tui.call.matching import Matching
from rtdebug.tui.call.query import Query
from rtdebug.tui.call.rows import Rows


class Hits:
    """The entries that a search is about, among the rows that are shown."""

    def __init__(self, call: Call, rows: Rows, query: Query) -> None:
        """Begin with none; `step` goes on."""
        self.matching = Matching(call, query)
        self._rows = rows
        self._found: Numbers = np.zeros(0, np.int64)
        self._version = (-1, -1)

    def step(self, budget_ns: int) -> bool:
        """Go on for about so long; say whether anything is left to do."""
        return self.matching.step(budget_ns)

    def close(self) -> None:
        """Let go of the file."""
        self.matching.close()

    @property
    def total(self) -> int:
        """How many entries were found, shown or not."""
        return int(np.count_nonzero(self.matching.mask))

    def among(self, indexes: Numbers) -> Numbers:
        """Return those of some entries that were found."""
        mask = self.matching.mask
        known = indexes[indexes < len(mask)]
        return np.asarray(known[mask[known]])

    @property
    def rows(self) -> Numbers:
        """The rows that hold what was found, in order."""
        version = (self._rows.version, self.matching.version)
        if version != self._version:
            self._version = version
            shown = self._rows.chosen()
            self._found = np.unique(self._rows.rows_of(self.among(shown)))
        return self._found

    def position(self, row: int) -> str:
        """Say which of the rows this is: `3/12`; of those before it, where it is none."""
        rows = self.rows
        return f"{np.searchsorted(rows, row, side='right')}/{len(rows)}" if len(rows) else "none"

    def beyond(self, row: int, way: int) -> int | None:
        """Return the next row after one, or the last before it; round the end."""
        rows = self.rows
        if not len(rows):
            return None
        if way > 0:
            return int(rows[np.searchsorted(rows, row, side="right") % len(rows)])
        return int(rows[np.searchsorted(rows, row, side="left") - 1])

    def first_from(self, row: int) -> int | None:
        """Return the first row from one on, None where there is none (yet)."""
        rows = self.rows
        at = int(np.searchsorted(rows, row, side="left"))
        return int(rows[at]) if at < len(rows) else None
