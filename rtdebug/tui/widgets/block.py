"""A few lines that are drawn as one: headings, the transport, the line of names."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from rtdebug.tui.cells import Line
from rtdebug.tui.palette import Palette


class Block(Widget):
    """Draws what a function returns for its width; as high as its style says."""

    DEFAULT_CSS = """
    Block { height: 1; background: $panel; }
    """

    def __init__(self, draw: Callable[[int], Sequence[Line]], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._drawn: Sequence[Line] = ()
        self._palette: Palette | None = None

    def notify_style_update(self) -> None:
        """Mix the colours anew."""
        self._palette = None
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Draw a line."""
        width = self.size.width
        if self._palette is None:
            self._palette = Palette(self.app.theme_variables, self.background_colors[1])
        if y == 0:
            self._drawn = self._draw(width)
        if y >= len(self._drawn):
            return Strip.blank(width, self._palette.style(""))
        segments = [Segment(text, self._palette.style(style)) for text, style in self._drawn[y]]
        return Strip(segments).adjust_cell_length(width, self._palette.style(""))
