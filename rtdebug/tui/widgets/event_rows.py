"""The rows of the event list: runs of deltas as one, filtered and searched while keys are answered."""

from collections.abc import Callable
from typing import Final

from textual.content import Content
from textual.reactive import reactive

from rtdebug.tui.call.call import Call
from rtdebug.tui.call.listing import Listing
from rtdebug.tui.call.query import Problem
from rtdebug.tui.cells import Line
from rtdebug.tui.pages.events import row
from rtdebug.tui.pages.sights import Sights
from rtdebug.tui.widgets.lines import LineView

_BUDGET_NS: Final = 6_000_000
"""How long it works before it looks for keys again."""


class EventRows(LineView):
    """Every entry of a call, and the work that listing them is; the keys are its heir's."""

    until_ns: reactive[int | None] = reactive(None, repaint=False)
    """Where the playhead is while the call is played: what comes after it is dim."""

    def __init__(self, call: Call, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.call = call
        self.listing = Listing(call)
        self.listener: Callable[[], None] | None = None
        """Told when there is more to say of the search or the filter."""
        self._rows = self.listing.rows
        self._sights = Sights(call, self._rows)
        self._is_called = False
        self._wanted: int | None = None
        self._origin: int | None = None
        """The entry that a query is asked from, while one is asked."""
        self._search_from: int | None = None
        self._told_index = -1

    # What it shows.

    def count(self) -> int:
        """Say how many rows there are."""
        return len(self._rows)

    def line(self, row_: int, width: int) -> Line:
        """Draw a row."""
        return row(self._sights.sight(row_, self.listing.hits, self.until_ns), self._sights.columns(width))

    @property
    def index(self) -> int:
        """The entry under the cursor, 0 where there is none; of a run the first, or the first that was searched for."""
        return self.listing.index(self.cursor)

    @property
    def seq(self) -> int | None:
        """The number of the entry under the cursor."""
        return self.call.journal.seqs[self.index] if self.count() else None

    @property
    def indexes(self) -> list[int]:
        """The entries under the cursor: all of a run that is folded."""
        return self.listing.indexes(self.cursor)

    # What the screen does.

    def grew(self) -> None:
        """Take up what was read since; with the cursor on the last row of a call that goes on, follow it."""
        self._work()

    def go_to_index(self, index: int, *, tell: bool = True) -> None:
        """Put the cursor on an entry's row, or as near as the filter lets."""
        if not self._rows.holds(index):
            self._wanted = index
        if self.count():
            self.go(self._rows.row_of(index), tell=tell)
            self._told_index = self.index

    def go_to_seq(self, seq: int, tell: bool = True) -> None:
        """Put the cursor on the row of an entry."""
        self.go_to_index(self.call.index_of(seq), tell=tell)

    def go_to_time(self, at_ns: int, tell: bool = True) -> None:
        """Put the cursor on the last row that had come by a moment."""
        self.go_to_index(self.call.journal.index_at(at_ns), tell=tell)

    def watch_until_ns(self, before: int | None, at_ns: int | None) -> None:
        """Draw anew where an entry was passed that is seen."""
        at = [self.call.journal.index_at(moment) if moment is not None else -1 for moment in (before, at_ns)]
        top = self.scroll_offset.y
        rows_ = [self._rows.row_of(index) for index in at]
        if at[0] != at[1] and max(rows_) >= top and min(rows_) < top + self.scrollable_content_region.height:
            self.refresh()

    # Search and filter.

    def set_filter(self, query: str) -> None:
        """Show only what a query is about, "" for all."""
        here = self._origin if self._origin is not None else self._here
        if self.listing.set_filter(query):
            self._wanted = here
            self._work()
        self._tell()

    def set_search(self, query: str) -> None:
        """Mark what a query is about, "" for nothing, and go to the first from here on."""
        if self.listing.set_search(query):
            here = self.cursor if self._origin is None else self._rows.row_of(self._origin)
            self._search_from = None if self.listing.hits is None else here
            self._work()
        self._tell()

    def show_all(self) -> None:
        """Filter and search for nothing."""
        self.set_filter("")
        self.set_search("")

    def query_of(self, purpose: str) -> str:
        """Return what is searched for, or let through."""
        return (self.listing.filter if purpose == "filter" else self.listing.search).text

    def look_for(self, purpose: str, query: str) -> None:
        """Search, or filter."""
        (self.set_filter if purpose == "filter" else self.set_search)(query)

    def begin_asking(self) -> None:
        """Remember where the cursor is: what is typed is looked for from there."""
        self._origin = self._here

    def end_asking(self, *, back: bool) -> None:
        """Stay where the query led, or go back to where it was asked."""
        origin, self._origin = self._origin, None
        if back and origin is not None:
            self._search_from = None
            self.go_to_index(origin)

    @property
    def problem(self) -> Problem | None:
        """What cannot be understood of the search or the filter."""
        return self.listing.problem

    @property
    def tally(self) -> str:
        """How many were found, in words."""
        return self.listing.tally

    @property
    def _here(self) -> int:
        return self.index if self.count() else max(0, self._told_index)

    # Work in small pieces.

    def on_mount(self) -> None:
        """Take up what has been read already."""
        self._work()

    def on_unmount(self) -> None:
        """Let go of the files."""
        self.listing.close()

    def _work(self) -> None:
        """Fold, filter and search for a moment, and come back for the rest."""
        follows = self.call.live and self.is_at_end
        left = self.listing.step(_BUDGET_NS)
        self._show(follows=follows, left=left)
        if left and not self._is_called and self.is_attached:
            self._is_called = True
            self.call_later(self._go_on)

    def _go_on(self) -> None:
        self._is_called = False
        self._work()

    def _show(self, *, follows: bool, left: bool) -> None:
        """Show what there is now, with the cursor where it was."""
        self.changed()
        if self._wanted is not None:
            self.go(self._rows.row_of(self._wanted), tell=not left)
            self._wanted = self._wanted if left else None
        elif follows:
            self.go(self.count() - 1)
        self._go_to_first_hit(left=left)
        self._tell()
        if self.count() and self.index != self._told_index:
            # Another entry has come under a cursor that did not move.
            self._told_index = self.index
            self.post_message(LineView.Moved(self, self.cursor))

    def _go_to_first_hit(self, *, left: bool) -> None:
        """Once one is found, go to the first match from where the search began; round the end."""
        hits, since = self.listing.hits, self._search_from
        if since is None or hits is None:
            return
        row_ = hits.first_from(since)
        if row_ is None and not left:
            row_ = hits.first_from(0)
        if row_ is None and not left and self._origin is not None:
            row_ = since
        if row_ is not None:
            self.go(row_)
        if row_ is not None or not left:
            self._search_from = None

    def _tell(self) -> None:
        """Say in the border, and to whoever listens, how many rows there are and how many were found."""
        self.border_title = f"events ({self.listing.total})"
        self.border_subtitle = Content(self.listing.narrowed(self.cursor))
        if self.listener is not None:
            self.listener()

    def watch_cursor(self, before: int, row_: int) -> None:
        """Say which of the matches this is."""
        super().watch_cursor(before, row_)
        if self.count():
            self._told_index = self.index
        if self.listing.hits is not None:
            self._tell()
