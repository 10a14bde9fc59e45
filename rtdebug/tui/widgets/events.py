"""The event list: every entry of a call, runs of deltas as one row, filtered and searched while keys are answered."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive

from rtdebug.tui.call import leaps
from rtdebug.tui.call.call import Call
from rtdebug.tui.call.columns import Numbers
from rtdebug.tui.call.export import Exported, export
from rtdebug.tui.call.hits import Hits
from rtdebug.tui.call.matching import Matching
from rtdebug.tui.call.query import Problem, Query, parse
from rtdebug.tui.call.rows import Rows
from rtdebug.tui.cells import Line, tame
from rtdebug.tui.pages.events import row
from rtdebug.tui.pages.sights import Sights
from rtdebug.tui.widgets.copying import copy
from rtdebug.tui.widgets.lines import LineView
from rtdebug.units import count

_BUDGET_NS: Final = 6_000_000
"""How long it works before it looks for keys again."""


class EventList(LineView):
    """Every entry of a call."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "toggle_run", "Run", show=False),
        Binding("right", "expand", "Open run", show=False),
        Binding("left", "collapse", "Fold run", show=False),
        Binding("X", "toggle_all", "All runs", show=False),
        Binding("n", "match(1)", "Next match", show=False),
        Binding("N", "match(-1)", "Previous match", show=False),
        Binding("r", "response(1)", "Next response", show=False),
        Binding("R", "response(-1)", "Previous response", show=False),
        Binding("e", "error(1)", "Next error", show=False),
        Binding("E", "error(-1)", "Previous error", show=False),
        Binding("t", "turn(1)", "Next turn", show=False),
        Binding("T", "turn(-1)", "Previous turn", show=False),
        Binding("y", "copy", "Copy JSON", show=False),
        Binding("Y", "copy_whole", "Copy with audio", show=False),
    ]

    until_ns: reactive[int | None] = reactive(None, repaint=False)
    """Where the playhead is while the call is played: what comes after it is dim."""

    def __init__(self, call: Call, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.call = call
        self.filter = Query("")
        self.search = Query("")
        self.listener: Callable[[], None] | None = None
        """Told when there is more to say of the search or the filter."""
        self._rows = Rows(call.journal)
        self._sights = Sights(call, self._rows)
        self._filtering: Matching | None = None
        self._hits: Hits | None = None
        self._is_called = False
        self._wanted: int | None = None
        self._search_from: int | None = None
        self._told_index = -1

    # What it shows.

    def count(self) -> int:
        """Say how many rows there are."""
        return len(self._rows)

    def line(self, row_: int, width: int) -> Line:
        """Draw a row."""
        return row(self._sights.sight(row_, self._hits, self.until_ns), self._sights.columns(width))

    @property
    def index(self) -> int:
        """The entry under the cursor, 0 where there is none; of a run the first, or the first that was searched for."""
        if self.cursor >= self.count():
            return 0
        place = self._rows.at(self.cursor)
        if place.count > 1 and self._hits is not None:
            found = self._hits.among(self._rows.members(place.run))
            if len(found):
                return int(found[0])
        return place.index

    @property
    def seq(self) -> int | None:
        """The number of the entry under the cursor."""
        return self.call.journal.seqs[self.index] if self.count() else None

    @property
    def indexes(self) -> list[int]:
        """The entries under the cursor: all of a run that is folded."""
        if self.cursor >= self.count():
            return []
        place = self._rows.at(self.cursor)
        is_folded = place.count > 1 and not place.is_open
        return list(map(int, self._rows.members(place.run))) if is_folded else [place.index]

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

    def export(self, path: Path) -> Exported:
        """Write what the filter lets through as `rtdebug cat --json` does; raise OSError, and never write over."""
        return export(self.call, map(int, self._rows.chosen()), path)

    # Search and filter.

    def set_filter(self, query: str) -> Query:
        """Show only what a query is about, "" for all; say what was understood of it."""
        self.filter = parsed = parse(query)
        if parsed.problem is None:
            self._wanted = self.index if self.count() else max(0, self._told_index)
            if self._filtering is not None:
                self._filtering.close()
            self._filtering = None if parsed.is_empty else Matching(self.call, parsed)
            self._rows.set_filter(self._filtering)
            self._work()
        self._tell()
        return parsed

    def set_search(self, query: str) -> Query:
        """Mark what a query is about, "" for nothing, and go to the first from here on; say what was understood."""
        self.search = parsed = parse(query)
        if parsed.problem is None:
            if self._hits is not None:
                self._hits.close()
            self._hits = None if parsed.is_empty else Hits(self.call, self._rows, parsed)
            self._search_from = None if parsed.is_empty else self.cursor
            self._work()
        self._tell()
        return parsed

    def query_of(self, purpose: str) -> str:
        """Return what is searched for, or let through."""
        return (self.filter if purpose == "filter" else self.search).text

    def look_for(self, purpose: str, query: str) -> None:
        """Search, or filter."""
        (self.set_filter if purpose == "filter" else self.set_search)(query)

    @property
    def problem(self) -> Problem | None:
        """What cannot be understood of the search or the filter."""
        return self.search.problem or self.filter.problem

    @property
    def tally(self) -> str:
        """How many were found, in words."""
        parts = []
        if self._filtering is not None:
            shown = f"{self._rows.entries:,} of {len(self.call.journal):,} shown"
            parts.append(shown + _so_far(self._filtering))
        if self._hits is not None:
            total = self._hits.total
            words = count(total, "match", "matches") if total else "no match"
            parts.append(words + _so_far(self._hits.matching))
        return " · ".join(parts)

    # Work in small pieces.

    def on_mount(self) -> None:
        """Take up what has been read already."""
        self._work()

    def on_unmount(self) -> None:
        """Let go of the files."""
        for one in (self._filtering, self._hits):
            if one is not None:
                one.close()

    def _work(self) -> None:
        """Fold, filter and search for a moment, and come back for the rest."""
        follows = self.call.live and self.is_at_end
        left = self._rows.step(_BUDGET_NS)
        if self._hits is not None:
            left |= self._hits.step(_BUDGET_NS)
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
        if self._search_from is None or self._hits is None:
            return
        row_ = self._hits.first_from(self._search_from)
        if row_ is None and not left:
            row_ = self._hits.first_from(0)
        if row_ is not None:
            self.go(row_)
        if row_ is not None or not left:
            self._search_from = None

    def _tell(self) -> None:
        """Say in the border, and to whoever listens, how many rows there are and how many were found."""
        total, rows = len(self.call.journal), self._rows
        if self._filtering is not None:
            title = f"{rows.entries:,} of {total:,}"
        elif rows.folded and len(rows) != total:
            title = f"{total:,}, folded to {len(rows):,}"
        else:
            title = f"{total:,}"
        self.border_title = f"events ({title})"
        told = [f"filter {tame(self._filtering.query.text, 40)}"] if self._filtering is not None else []
        if self._hits is not None:
            told.append(f"{self._hits.position(self.cursor)} of {tame(self._hits.matching.query.text, 40)}")
        self.border_subtitle = Content(" · ".join(told))
        if self.listener is not None:
            self.listener()

    def watch_cursor(self, before: int, row_: int) -> None:
        """Say which of the matches this is."""
        super().watch_cursor(before, row_)
        if self.count():
            self._told_index = self.index
        if self._hits is not None:
            self._tell()

    # Keys.

    def action_expand(self) -> None:
        """Lay the run under the cursor open."""
        if self.count() and self._rows.open(self.cursor):
            self._reshaped(self.cursor)
            self._reveal_run()

    def action_collapse(self) -> None:
        """Fold the run that the cursor is in."""
        row_ = self._rows.close(self.cursor) if self.count() else None
        if row_ is not None:
            self._reshaped(row_)

    def action_toggle_run(self) -> None:
        """Open the run under the cursor, or fold it."""
        place = self._rows.at(self.cursor) if self.count() else None
        if place is not None and place.count > 1 and not place.is_open:
            self.action_expand()
        else:
            self.action_collapse()

    def _reveal_run(self) -> None:
        """Scroll so that entries of the open run under the cursor are seen, not just its row."""
        height = self.scrollable_content_region.height
        below = self.cursor + min(self._rows.at(self.cursor).count, height * 2 // 3)
        if below >= self.scroll_offset.y + height:
            self.scroll_to(y=below - height + 1, animate=False, immediate=True, force=True)

    def action_toggle_all(self) -> None:
        """List every entry by itself, or fold all runs again."""
        index = self.index
        self._rows.fold(folded=not self._rows.folded)
        self._reshaped(self._rows.row_of(index))

    def _reshaped(self, row_: int) -> None:
        self.changed()
        self.go(row_)
        self._tell()

    def action_match(self, way: int) -> None:
        """Go to the next match, or the one before; round the end."""
        if self._hits is None:
            self.notify("nothing is searched for: / does", timeout=2)
        elif (row_ := self._hits.beyond(self.cursor, way)) is not None:
            self.go(row_)
        else:
            self.notify("no match", timeout=2)

    def action_response(self, way: int) -> None:
        """Go to where the next response begins, or the one before."""
        self._leap(leaps.about(self.call, leaps.RESPONSES), way, "response")

    def action_error(self, way: int) -> None:
        """Go to the next error or problem, or the one before."""
        self._leap(leaps.about(self.call, leaps.ERRORS), way, "error")

    def action_turn(self, way: int) -> None:
        """Go to where the next turn begins, or the one before."""
        self._leap(leaps.turns(self.call), way, "turn")

    def _leap(self, indexes: Numbers, way: int, what: str) -> None:
        row_ = leaps.leap(self._rows, indexes, self.cursor, way)
        if row_ is None:
            self.notify(f"no {what} {'after' if way > 0 else 'before'} this", timeout=2)
        else:
            self.go(row_)

    def action_copy(self) -> None:
        """Copy what is under the cursor as it is kept, without its audio."""
        copy(self, self.call, self.indexes, with_audio=False)

    def action_copy_whole(self) -> None:
        """Copy what is under the cursor as it was on the wire, with its audio."""
        copy(self, self.call, self.indexes, with_audio=True)


def _so_far(matching: Matching) -> str:
    return "" if matching.progress >= 1 else f" ({matching.progress * 100:.0f} % looked through)"
