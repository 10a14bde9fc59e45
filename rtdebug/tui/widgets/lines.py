"""A list of lines that are drawn when they are seen: a million cost as much as fifty."""

from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.color import Color
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rtdebug.tui.cells import Line
from rtdebug.tui.palette import Palette


class LineView(ScrollView, can_focus=True):
    """Lines with a cursor. Whoever inherits says how many there are, and what each is."""

    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("home,g", "first", "First", show=False),
        Binding("end,G", "last", "Last", show=False),
        Binding("enter", "choose", "Open", show=False),
    ]
    DEFAULT_CSS = """
    LineView {
        background: $surface; border: round $primary 45%; overflow-x: hidden;
        border-title-color: $primary; border-title-style: bold; border-subtitle-color: $foreground 50%;
        scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        scrollbar-background: $surface; scrollbar-color: $primary 40%;
        scrollbar-background-hover: $surface; scrollbar-background-active: $surface;
        scrollbar-color-hover: $primary; scrollbar-color-active: $primary;
    }
    LineView:focus { border: round $accent; }
    """

    cursor: reactive[int] = reactive(0, init=False, repaint=False)
    shows_cursor = True

    class Moved(Message):
        """The cursor is on another line."""

        def __init__(self, view: "LineView", row: int) -> None:
            self.view = view
            self.row = row
            super().__init__()

        @property
        def control(self) -> "LineView":
            """The view it happened in."""
            return self.view

    class Chosen(Moved):
        """Enter, or a second click, on a line."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._palette: Palette | None = None

    # What a view shows.

    def count(self) -> int:
        """Say how many lines there are."""
        raise NotImplementedError

    def line(self, row: int, width: int) -> Line:
        """Draw a line; what is longer than `width` is cut."""
        raise NotImplementedError

    # What whoever owns it may do.

    def changed(self) -> None:
        """Show that lines came, went or are others now."""
        size = Size(self.scrollable_content_region.width, self.count())
        if size != self.virtual_size:
            # Set as others are, it would lay out the whole screen, where only the scrollbar moves.
            self.set_reactive(LineView.virtual_size, size)
            self._refresh_scrollbars()
            self._scroll_update(size)
        self.cursor = max(0, min(self.cursor, self.count() - 1))
        self.refresh()

    def go(self, row: int, *, tell: bool = True) -> None:
        """Put the cursor on a line, and the line into view."""
        row = max(0, min(row, self.count() - 1))
        if not tell:
            with self.prevent(LineView.Moved):
                self.cursor = row
                self.reveal()
            return
        self.cursor = row
        self.reveal()

    def reveal(self) -> None:
        """Scroll so that the cursor is seen."""
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if height <= 0 or top <= self.cursor < top + height:
            return
        if abs(self.cursor - top) >= 2 * height:
            target = self.cursor - height // 2
        else:
            target = self.cursor if self.cursor < top else self.cursor - height + 1
        self.scroll_to(y=max(0, target), animate=False, immediate=True, force=True)

    @property
    def is_at_end(self) -> bool:
        """Whether the cursor is on the last line: then it stays there when more come."""
        return self.cursor >= self.count() - 1

    # Textual.

    def watch_cursor(self, before: int, row: int) -> None:
        """Draw the cursor where it is now: two lines, not all."""
        self.refresh_line(before)
        self.refresh_line(row)
        self.post_message(LineView.Moved(self, row))

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        self.changed()
        self.reveal()

    def notify_style_update(self) -> None:
        """Mix the colours anew."""
        self._palette = None
        super().notify_style_update()

    @property
    def palette(self) -> Palette:
        """The styles on this widget's background."""
        return self._palette or self._mix()

    def _mix(self) -> Palette:
        """Mix the colours anew where the background is another."""
        ground = self.background_colors[1]
        if self._palette is None or self._palette.ground != ground:
            colors = self.app.theme_variables
            cursor = ground.blend(Color.parse(colors["primary"]), 0.28 if self.has_focus else 0.14)
            self._palette = Palette(colors, ground, cursor=cursor)
        return self._palette

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines; asking for the background takes as long as drawing one, so that is done once."""
        self._mix()
        return super().render_lines(crop)

    def on_focus(self) -> None:
        """Show the cursor stronger."""
        self._palette = None

    def on_blur(self) -> None:
        """Show the cursor weaker."""
        self._palette = None

    def render_line(self, y: int) -> Strip:
        """Draw the line that is at this height."""
        row, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        palette = self.palette
        if row >= self.count():
            return Strip.blank(width, palette.style(""))
        here = self.shows_cursor and row == self.cursor
        segments = [Segment(text, palette.style(style, under_cursor=here)) for text, style in self.line(row, width)]
        return Strip(segments).adjust_cell_length(width, palette.style("", under_cursor=here))

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.go(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by what is seen."""
        self.go(self.cursor + pages * max(1, self.scrollable_content_region.height - 1))

    def action_first(self) -> None:
        """Go to the first line."""
        self.go(0)

    def action_last(self) -> None:
        """Go to the last line."""
        self.go(self.count() - 1)

    def action_choose(self) -> None:
        """Open what the cursor is on."""
        if self.count():
            self.post_message(LineView.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Go to the line that was clicked; a second click opens it."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        row = offset.y + self.scroll_offset.y
        if row >= self.count():
            return
        again = event.chain == 2
        self.go(row)
        if again:
            self.post_message(LineView.Chosen(self, row))
