"""The event list: every entry of a call, and the keys that go through them, open runs and take them along."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from rtdebug.tui.call import leaps
from rtdebug.tui.call.columns import Numbers
from rtdebug.tui.widgets.copying import copy
from rtdebug.tui.widgets.event_rows import EventRows


class EventList(EventRows):
    """Every entry of a call."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "toggle_run", "Open or fold a run", show=False),
        Binding("right", "expand", "Open a run", show=False),
        Binding("left", "collapse", "Fold a run", show=False),
        Binding("X", "toggle_all", "Every entry by itself, or runs folded", show=False),
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
        if self.listing.hits is None:
            self.notify("nothing is searched for: / does", timeout=2)
        elif (row_ := self.listing.hits.beyond(self.cursor, way)) is not None:
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
