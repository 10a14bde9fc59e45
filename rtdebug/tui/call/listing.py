"""What an event list lists: the rows of a call, what is let through, and what is searched for."""

from rtdebug.tui.call.call import Call
from rtdebug.tui.call.hits import Hits
from rtdebug.tui.call.matching import Matching
from rtdebug.tui.call.query import Problem, Query, parse
from rtdebug.tui.call.rows import Rows
from rtdebug.tui.cells import tame
from rtdebug.units import count


class Listing:
    """The rows of a call under a filter and a search, both worked out in small steps."""

    def __init__(self, call: Call) -> None:
        """List everything, and search for nothing."""
        self.rows = Rows(call.journal)
        self.filter = Query("")
        self.search = Query("")
        self.hits: Hits | None = None
        """What was found, None where nothing is searched for."""
        self._call = call
        self._filtering: Matching | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def step(self, budget_ns: int) -> bool:
        """Fold, filter and search for about so long each; say whether anything is left to do."""
        left = self.rows.step(budget_ns)
        if self.hits is not None:
            left |= self.hits.step(budget_ns)
        return left

    def close(self) -> None:
        """Let go of the files."""
        for one in (self._filtering, self.hits):
            if one is not None:
                one.close()

    # Filter and search.

    def set_filter(self, query: str) -> bool:
        """Let only what a query is about through, "" for all; what cannot be understood changes nothing."""
        self.filter = parsed = parse(query)
        if parsed.problem is not None:
            return False
        if self._filtering is not None:
            self._filtering.close()
        self._filtering = None if parsed.is_empty else Matching(self._call, parsed)
        self.rows.set_filter(self._filtering)
        return True

    def set_search(self, query: str) -> bool:
        """Look for what a query is about, "" for nothing; what cannot be understood changes nothing."""
        self.search = parsed = parse(query)
        if parsed.problem is not None:
            return False
        if self.hits is not None:
            self.hits.close()
        self.hits = None if parsed.is_empty else Hits(self._call, self.rows, parsed)
        return True

    @property
    def is_narrowed(self) -> bool:
        """Something is filtered or searched for."""
        return self._filtering is not None or self.hits is not None

    @property
    def problem(self) -> Problem | None:
        """What cannot be understood of the search or the filter."""
        return self.search.problem or self.filter.problem

    # A row.

    def index(self, row: int) -> int:
        """Return the entry of a row, 0 where there is none; of a run the first, or the first that was found."""
        if row >= len(self):
            return 0
        place = self.rows.at(row)
        if place.count > 1 and self.hits is not None:
            found = self.hits.among(self.rows.members(place.run))
            if len(found):
                return int(found[0])
        return place.index

    def indexes(self, row: int) -> list[int]:
        """Return the entries of a row: all of a run that is folded."""
        if row >= len(self):
            return []
        place = self.rows.at(row)
        is_folded = place.count > 1 and not place.is_open
        return list(map(int, self.rows.members(place.run))) if is_folded else [place.index]

    # In words.

    @property
    def tally(self) -> str:
        """How many were let through and found."""
        parts = []
        if self._filtering is not None:
            shown = f"{self.rows.entries:,} of {len(self._call.journal):,} shown"
            parts.append(shown + _so_far(self._filtering))
        if self.hits is not None:
            total = self.hits.total
            words = count(total, "match", "matches") if total else "no match"
            parts.append(words + _so_far(self.hits.matching))
        return " · ".join(parts)

    @property
    def total(self) -> str:
        """How many entries there are, and how many rows."""
        total, rows = len(self._call.journal), self.rows
        if self._filtering is not None:
            return f"{rows.entries:,} of {total:,}"
        return f"{total:,}, folded to {len(rows):,}" if rows.folded and len(rows) != total else f"{total:,}"

    def narrowed(self, row: int) -> str:
        """Say by what it is filtered, and which of what was found a row is."""
        told = [f"filter {tame(self._filtering.query.text, 40)}"] if self._filtering is not None else []
        if self.hits is not None:
            told.append(f"{self.hits.position(row)} of {tame(self.hits.matching.query.text, 40)}")
        return " · ".join(told)


def _so_far(matching: Matching) -> str:
    return "" if matching.progress >= 1 else f" ({matching.progress * 100:.0f} % looked through)"
