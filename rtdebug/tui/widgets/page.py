"""A page of lines, some of which rest on an entry: the views of a response, of usage, config, conversation."""

from collections.abc import Callable, Sequence

from rtdebug.tui.cells import Line
from rtdebug.tui.pages.rows import Row
from rtdebug.tui.widgets.lines import LineView
from rtdebug.tui.widgets.messages import Jump

Make = Callable[[int], Sequence[Row]]
"""Makes the rows for a width."""


class PageView(LineView):
    """Shows rows that are made elsewhere; enter on one that rests on an entry goes there."""

    def __init__(self, title: str, make: Make | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = title
        self.rows: Sequence[Row] = ()
        self._make = make
        self._made_for: tuple[object, int] | None = None

    def show(self, rows: Sequence[Row], *, keep: bool = True) -> None:
        """Put other rows there; without `keep` it begins at the top."""
        self.rows = rows
        self.changed()
        if not keep:
            self.go(0, tell=False)
            self.scroll_home(animate=False)

    def remake(self, about: object, *, keep: bool = True) -> None:
        """Make the rows anew, if it is seen and they are about something else than before, or of another width."""
        width = self.scrollable_content_region.width
        if self._make is None or not self.display or width <= 0 or self._made_for == (about, width):
            return
        self._made_for = (about, width)
        self.show(self._make(width), keep=keep)

    def on_resize(self) -> None:
        """Fit the rows to the new width."""
        if self._made_for is not None:
            self.remake(self._made_for[0])
        super().on_resize()

    def count(self) -> int:
        """Say how many lines there are."""
        return len(self.rows)

    def line(self, row: int, width: int) -> Line:
        """Draw a line."""
        return self.rows[row].line

    @property
    def seq(self) -> int | None:
        """The entry that the cursor's line rests on."""
        return self.rows[self.cursor].seq if self.cursor < len(self.rows) else None

    def on_line_view_chosen(self, message: LineView.Chosen) -> None:
        """Go to the entry that a line rests on."""
        if self.seq is not None:
            message.stop()
            self.post_message(Jump(self.seq))
