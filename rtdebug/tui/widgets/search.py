"""The line that takes what is searched for, or what is let through: with its history, what was found, and help."""

from collections.abc import Callable
from typing import ClassVar, Final, Protocol

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from rtdebug.tui.call.query import HELP, Problem
from rtdebug.tui.cells import cells, fit, tame, text_of, wrap

_HISTORY: Final = 100
_LABELS: Final = {"search": " / search ", "filter": " \\ filter "}
_COLUMN: Final = 58
_TERM: Final = 17
_LOW: Final = 30
"""Lines of a screen on which help takes as little room as it can."""


class Searchable(Protocol):
    """What can be searched."""

    listener: Callable[[], None] | None
    """To be told when `tally` says something else."""

    @property
    def tally(self) -> str:
        """What was found, in words."""

    @property
    def problem(self) -> Problem | None:
        """What cannot be understood."""

    def query_of(self, purpose: str) -> str:
        """Return what is searched for or let through now."""

    def look_for(self, purpose: str, query: str) -> None:
        """Search, or filter."""

    def begin_asking(self) -> None:
        """Be ready for a query that is typed letter by letter."""

    def end_asking(self, *, back: bool) -> None:
        """Stay where the query led, or go back to where it was asked."""

    def focus(self) -> object:
        """Take the keys."""


class _QueryInput(Input):
    """An input with keys for the lines before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen_history(-1)", "The line before", show=False),
        Binding("down", "screen_history(1)", "The line after", show=False),
        Binding("escape", "drop", "Clear, and back to where it began", show=False),
    ]

    class Asked(Message):
        """A key that is for the bar: "drop", or which way in the history."""

        def __init__(self, what: str) -> None:
            self.what = what
            super().__init__()

    def action_screen_history(self, way: int) -> None:
        """Ask for an earlier or a later line."""
        self.post_message(self.Asked("earlier" if way < 0 else "later"))

    def action_drop(self) -> None:
        """Ask to be cleared and closed."""
        self.post_message(self.Asked("drop"))


class SearchBar(Vertical):
    """One line at the bottom. `open` shows it for a view; enter keeps what was typed, escape takes it back."""

    DEFAULT_CSS = """
    SearchBar { height: auto; display: none; background: $panel; }
    SearchBar.-open { display: block; }
    SearchBar > Horizontal { height: 1; }
    SearchBar #purpose { width: auto; color: $accent; text-style: bold; background: $panel; }
    SearchBar Input, SearchBar Input:focus {
        border: none; height: 1; padding: 0; width: 1fr; background: $surface; color: $foreground;
    }
    SearchBar #told { width: auto; padding: 0 1; color: $foreground 70%; }
    SearchBar #below { height: auto; padding: 0 1; color: $foreground 70%; }
    SearchBar #below.-wrong { color: $error; }
    """

    class Closed(Message):
        """The bar is gone; the view has the keys again."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.purpose = "search"
        self._view: Searchable | None = None
        self._history: dict[str, list[str]] = {"search": [], "filter": []}
        self._at = 0

    def compose(self) -> ComposeResult:
        """Put label, line and tally there, and help below."""
        with Horizontal():
            yield Static(id="purpose", markup=False)
            yield _QueryInput(id="query", compact=True)
            yield Static(id="told", markup=False)
        yield Static(id="below", markup=False)

    def open(self, view: Searchable, purpose: str = "search") -> None:
        """Take a query for a view: "search" or "filter"."""
        self._leave()
        self._view, self.purpose = view, purpose
        self._at = len(self._history[purpose])
        view.listener = self._tell
        view.begin_asking()
        self.add_class("-open")
        self.query_one("#purpose", Static).update(_LABELS[purpose])
        line = self.query_one(Input)
        with self.prevent(Input.Changed):
            line.value = view.query_of(purpose)
        line.cursor_position = len(line.value)
        line.focus()
        self._tell()

    def close(self, *, back: bool = False) -> None:
        """Go away, and give the keys back; `back` to where they were taken."""
        view = self._view
        self._leave(back=back)
        self.remove_class("-open")
        if view is not None:
            view.focus()
        self.post_message(self.Closed())

    def _leave(self, *, back: bool = False) -> None:
        if self._view is not None:
            self._view.listener = None
            self._view.end_asking(back=back)
        self._view = None

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._view is not None:
            self._view.look_for(self.purpose, event.value)

    @on(Input.Submitted)
    def _kept(self, event: Input.Submitted) -> None:
        event.stop()
        history = self._history[self.purpose]
        if event.value and event.value not in history[-1:]:
            history.append(event.value)
            del history[:-_HISTORY]
        if self._view is None or self._view.problem is None:
            self.close()

    @on(_QueryInput.Asked)
    def _asked(self, event: _QueryInput.Asked) -> None:
        event.stop()
        if event.what == "drop":
            if self._view is not None:
                self._view.look_for(self.purpose, "")
            self.close(back=True)
            return
        history = self._history[self.purpose]
        self._at = max(0, min(len(history), self._at + (-1 if event.what == "earlier" else 1)))
        line = self.query_one(Input)
        line.value = history[self._at] if self._at < len(history) else ""
        line.cursor_position = len(line.value)

    def _tell(self) -> None:
        """Say what was found, or what is wrong and where, or what may be written."""
        view, line = self._view, self.query_one(Input)
        if view is None:
            return
        problem = view.problem
        self.query_one("#told", Static).update(Text("" if problem else tame(view.tally, 60)))
        below = self.query_one("#below", Static)
        below.set_class(problem is not None, "-wrong")
        if problem is not None:
            at = min(
                max(0, self.size.width - 40), cells([(_LABELS[self.purpose] + line.value[: problem.start], "")]) - 1
            )
            below.update(Text(" " * at + "▲ " + tame(problem.words, 200)))
        else:
            below.update(
                Text("" if line.value else "\n".join(help_lines(self.app.size.width - 2, self.app.size.height)))
            )
        below.display = problem is not None or not line.value


def help_lines(width: int, height: int) -> list[str]:
    """Write what the language has: with meanings where there is room, else only how it looks."""
    if height < _LOW:
        return [text_of(line) for line in wrap("   ".join(term for term, _ in HELP), width)]
    columns = max(1, (width + 2) // _COLUMN)
    rows = -(-len(HELP) // columns)
    pairs = [fit(f"{term.ljust(_TERM)} {meaning}", _COLUMN - 2) for term, meaning in HELP]
    return ["  ".join(pairs[row::rows]).rstrip() for row in range(rows)]
