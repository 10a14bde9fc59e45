"""Views side by side, as many as fit; the others are a key away. And the line that names them."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from rtdebug.tui.cells import Line, cells
from rtdebug.tui.widgets.block import Block
from rtdebug.tui.widgets.lines import LineView

_TWO, _THREE = 110, 176
"""Columns of the terminal from which two, and three views stand side by side."""


@dataclass(frozen=True, slots=True)
class Pane:
    """One of the views."""

    name: str
    title: str
    view: LineView


class TabLine(Block):
    """Names the views and their keys; those that are seen are marked."""

    class Picked(Message):
        """A name was clicked."""

        def __init__(self, name: str) -> None:
            self.name = name
            super().__init__()

    def __init__(self, panes: "Panes", *, id: str | None = None) -> None:
        super().__init__(lambda width: [tab_line(panes.tabs(), width)], id=id)
        self._panes = panes

    def on_click(self, event: events.Click) -> None:
        """Pick the view whose name was clicked."""
        at, tabs = 0, self._panes.tabs()
        for (name, _, _), (text, _) in zip(tabs, tab_line(tabs, self.size.width), strict=True):
            at += len(text)
            if event.x < at:
                self.post_message(TabLine.Picked(name))
                return


def tab_line(tabs: Sequence[tuple[str, str, bool]], width: int) -> Line:
    """Name the views: `1 Events  2 Response …`; where there is little room, all but those seen are shortened."""
    full = [(f" {number} {title} ", "tab.on" if on else "tab") for number, (_, title, on) in enumerate(tabs, 1)]
    if cells(full) <= width:
        return full
    return [
        (f" {number} {title if on else title[:3]} ", "tab.on" if on else "tab")
        for number, (_, title, on) in enumerate(tabs, 1)
    ]


class Panes(Horizontal):
    """Shows one view, or the pinned ones and one beside them."""

    DEFAULT_CSS = """
    Panes { height: 1fr; }
    Panes > * { width: 1fr; height: 100%; }
    Panes.two > #events { width: 1.15fr; }
    Panes.three > #events { width: 1.1fr; }
    """

    class Changed(Message):
        """Other views are seen now."""

    def __init__(self, panes: Sequence[Pane], *, beside: str, id: str | None = None) -> None:
        super().__init__(id=id)
        self.panes = panes
        self.selected = panes[0].name
        """The view that was asked for last."""
        self._beside = beside
        """The view that stands beside the pinned ones."""
        self._pinned: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Put all views there; those that are not seen are hidden."""
        for pane in self.panes:
            yield pane.view

    def tabs(self) -> list[tuple[str, str, bool]]:
        """Return name, title and whether it is seen, of each view."""
        return [(pane.name, pane.title, self.is_seen(pane.name)) for pane in self.panes]

    def is_seen(self, name: str) -> bool:
        """Whether a view is on the screen."""
        if not self._pinned:
            return name == self.selected
        free = [pane.name for pane in self.panes if pane.name not in self._pinned]
        return name in self._pinned or name == (self._beside if self._beside in free else free[0])

    def view(self, name: str) -> LineView:
        """Return a view by its name."""
        return next(pane.view for pane in self.panes if pane.name == name)

    def select(self, name: str, *, focus: bool = True) -> None:
        """Show a view, and give it the keys."""
        self.selected = name
        if name not in (self.panes[0].name, *self._pinned):
            self._beside = name
        self._arrange()
        if focus:
            self.view(name).focus()

    def select_number(self, number: int) -> None:
        """Show the view with this number."""
        if 0 < number <= len(self.panes):
            self.select(self.panes[number - 1].name)

    def fit(self, width: int) -> None:
        """Pin as many views as a terminal of this width has room for."""
        names = [pane.name for pane in self.panes]
        self.selected = self._focused_name() or self.selected
        self._pinned = tuple(names[: 0 if width < _TWO else 1 if width < _THREE else 2])
        self._arrange()

    def _focused_name(self) -> str:
        return next((pane.name for pane in self.panes if pane.view.has_focus), "")

    def _arrange(self) -> None:
        lost = self._focused_name()
        for pane in self.panes:
            pane.view.display = self.is_seen(pane.name)
        self.set_class(len(self._pinned) == 1, "two")
        self.set_class(len(self._pinned) == 2, "three")
        if lost and not self.is_seen(lost):
            self.panes[0].view.focus()
        self.post_message(self.Changed())
