"""Lanes on the terminal, and the playhead over them: drawn once, and only the playhead's columns when that moves."""

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from rtdebug.tui.palette import Palette
from rtdebug.tui.timeline.draw import Scene, arranged, draw, draw_head, left_of, under_head
from rtdebug.tui.timeline.view import View, whole

_LABEL = 14
"""Columns that the playhead's time may take, to either side."""


class LaneView(Widget):
    """Draws a scene; whoever inherits says what there is and what of it is seen."""

    DEFAULT_CSS = """
    LaneView {
        background: $surface; border: round $primary 45%; padding: 0 1;
        border-title-color: $primary; border-title-style: bold; border-subtitle-color: $foreground 50%;
    }
    LaneView:focus { border: round $accent; }
    """

    head_ns: reactive[int] = reactive(0, init=False, repaint=False)
    """Where the playhead is."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = whole(0)
        self._drawn: list[Strip] | None = None
        self._palette: Palette | None = None

    @property
    def scene(self) -> Scene:
        """What there is to be drawn."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw all lanes anew."""
        self._drawn = None
        self.refresh()

    def look(self, view: View) -> None:
        """Show another stretch of the call."""
        if view != self.view:
            self.view = view
            self.redraw()

    def watch_head_ns(self, old: int, new: int) -> None:
        """Move the playhead; what it leaves and where it comes to is drawn anew, and nothing else."""
        row, everything = self._label_row, Region(0, 0, *self.size)
        for column in (self._column(old), self._column(new)):
            if column is None:
                continue
            label = Region(column - _LABEL, row, 2 * _LABEL, 1).intersection(everything)
            self.refresh(Region(column, 0, 1, self.size.height), label)

    def on_resize(self) -> None:
        """Fit the lanes to the new size."""
        self.redraw()

    def notify_style_update(self) -> None:
        """Mix the colours anew."""
        self._palette = self._drawn = None
        super().notify_style_update()

    @property
    def palette(self) -> Palette:
        """The styles on this widget's background."""
        return self._palette or self._mix()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw rows; asking for the background takes as long as drawing one, so that is done once."""
        self._mix()
        return super().render_lines(crop)

    def _mix(self) -> Palette:
        """Mix the colours anew where the background is another."""
        ground = self.background_colors[1]
        if self._palette is None or self._palette.ground != ground:
            self._palette = Palette(self.app.theme_variables, ground)
            self._drawn = None
        return self._palette

    def _strips(self, palette: Palette) -> list[Strip]:
        if self._drawn is None:
            width, height = self.size
            lines = draw(self.scene, self.view, width, height).lines()
            self._drawn = [Strip([Segment(text, palette.style(name)) for text, name in line], width) for line in lines]
        return self._drawn

    def _column(self, at_ns: int) -> int | None:
        """Return the column of a moment within the widget, None where it is not seen."""
        left = left_of(self.size.width)
        width = self.size.width - left
        if width <= 0 or not self.view.holds(at_ns):
            return None
        return left + min(self.view.column(at_ns, width), width - 1)

    @property
    def _label_row(self) -> int:
        """The row in which the playhead's time is written: its foot, or the ruler where there is no room."""
        places = arranged(self.scene, self.size.height)
        place = places.get("head") or places.get("ruler")
        return place.row if place else -1

    def render_line(self, y: int) -> Strip:
        """Draw one row of the lanes, and the playhead over it."""
        palette = self.palette
        strips = self._strips(palette)
        if y >= len(strips):
            return Strip.blank(self.size.width, palette.style(""))
        strip, column = strips[y], self._column(self.head_ns)
        if column is None:
            return strip
        head = palette.style("head")
        if y == self._label_row:
            return self._labelled(strip, palette)
        below = next(iter(strip.crop(column, column + 1)), Segment(" "))
        ground = below.style.bgcolor if below.style is not None else None
        line = Segment(under_head(below.text), head + Style(bgcolor=ground))
        return Strip.join([strip.crop(0, column), Strip([line], 1), strip.crop(column + 1)])

    def _labelled(self, strip: Strip, palette: Palette) -> Strip:
        """Write the playhead's time over a row."""
        sign = "▲" if self._label_row else "▼"
        at, words = draw_head(self.view, self.size.width, self.head_ns, sign)
        mark = Strip([Segment(words, palette.style("head"))])
        return Strip.join([strip.crop(0, at), mark, strip.crop(at + mark.cell_length)])
