"""The list of recordings: what is live on top, the others by what was asked for."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from rtdebug.tui.call.book import Book
from rtdebug.tui.call.shelf import Shelf
from rtdebug.tui.cells import Line
from rtdebug.tui.pages.recordings import heading, layout
from rtdebug.tui.pages.recordings import row as book_line
from rtdebug.tui.widgets.block import Block
from rtdebug.tui.widgets.lines import LineView
from rtdebug.tui.widgets.messages import Open

Order = Callable[[Book], Any]

SORTS: Final[Mapping[str, Order]] = {
    "started": lambda book: -book.age,
    "took": lambda book: -(book.took_ns(0) or 0),
    "price": lambda book: -book.price if book.price is not None else 1,
    "findings": lambda book: (book.verdict is None, *_graveness(book)),
    "errors": lambda book: (not book.problem, -book.gaps, -book.errors, _failed(book)),
    "model": lambda book: (book.model == "", book.model),
    "ended": lambda book: book.ending,
    "name": lambda book: book.name,
}
"""What a list can be sorted by, and how."""


def _failed(book: Book) -> int:
    return -sum(number for word, number in book.responses.items() if word != "completed")


def _graveness(book: Book) -> tuple[int, int]:
    return (-book.verdict.errors, -book.verdict.warnings) if book.verdict is not None else (0, 0)


class RecordingsList(LineView):
    """The recordings of a shelf, one a line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open"),
        Binding("s", "sort", "Sort"),
        Binding("S", "sort(-1)", "Sort back", show=False),
    ]

    class Arranged(Message):
        """Other recordings are listed now, or in another order."""

    def __init__(
        self,
        shelf: Shelf,
        *,
        wall_ns: Callable[[], int] = time.time_ns,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.shelf = shelf
        self.sort = "started"
        self._wall_ns = wall_ns
        self.has_been_moved = False
        """The cursor was moved: until then it stays on the first line, whatever comes there."""
        self.live = self.broken = 0
        """How many of the folder are being written, and cannot be read."""
        self._filter = ""
        self._paths: list[Path] = []
        self._words: dict[Path, tuple[Book, str]] = {}

    @property
    def selected(self) -> Book | None:
        """The recording that the cursor is on."""
        return self.shelf.books.get(self._paths[self.cursor]) if self.cursor < len(self._paths) else None

    @property
    def filter(self) -> str:
        """What the recordings that are listed have in their name, model, ending or statuses."""
        return self._filter

    @property
    def is_of_findings(self) -> bool:
        """What is listed, or in which order, depends on findings."""
        return self.sort == "findings" or bool(self._filter)

    def filter_by(self, words: str) -> None:
        """List only those that have all these words."""
        self._filter = words.lower()
        self.put_in_order()

    def put_in_order(self) -> None:
        """Choose and sort anew; the cursor stays on its recording."""
        before = self._paths[self.cursor] if self.cursor < len(self._paths) else None
        every = self.shelf.books.values()
        books = [book for book in every if self._has(book)] if self._filter else list(every)
        key = SORTS[self.sort]
        books.sort(key=lambda book: (not book.live, key(book), -book.age))
        self.live = sum(book.live for book in every)
        self.broken = sum(bool(book.problem) for book in every)
        paths = [book.path for book in books]
        moved = paths != self._paths
        self._paths = paths
        self.changed()
        if moved and before is not None and self.has_been_moved:
            self._stay(before)
        self.post_message(self.Arranged())

    def _stay(self, before: Path) -> None:
        """Put the cursor on its recording again, as high on the screen as it was."""
        try:
            index = self._paths.index(before)
        except ValueError:
            return  # it is no longer listed: the cursor stays at its line
        top = self.scroll_offset.y + index - self.cursor
        with self.prevent(LineView.Moved):
            self.cursor = index
        self.scroll_to(y=max(0, top), animate=False, immediate=True, force=True)

    def _has(self, book: Book) -> bool:
        kept = self._words.get(book.path)
        if kept is None or kept[0] is not book:
            kept = self._words[book.path] = (book, book.words())
        return all(word in kept[1] for word in self._filter.split())

    def seen(self) -> list[Path]:
        """Return the recordings that are on the screen, the one under the cursor first."""
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        here = self._paths[self.cursor : self.cursor + 1]
        return here + self._paths[top : top + height]

    def count(self) -> int:
        """Say how many recordings are listed."""
        return len(self._paths)

    def line(self, row: int, width: int) -> Line:
        """Draw a recording."""
        book = self.shelf.books.get(self._paths[row])
        return book_line(book, width, self._wall_ns()) if book is not None else ()

    def go(self, row: int, *, tell: bool = True) -> None:
        """Put the cursor on a line."""
        if tell:
            self.has_been_moved = True
        super().go(row, tell=tell)

    def sort_by(self, what: str) -> None:
        """Sort by something of `SORTS`."""
        if what in SORTS:
            self.sort = what
            self.put_in_order()

    def action_sort(self, steps: int = 1) -> None:
        """Sort by the next thing."""
        names = list(SORTS)
        self.sort_by(names[(names.index(self.sort) + steps) % len(names)])

    def on_line_view_chosen(self, message: LineView.Chosen) -> None:
        """Ask for the recording to be shown."""
        message.stop()
        book = self.selected
        if book is not None:
            self.post_message(Open(book.path))


class Heading(Block):
    """Names the columns of a list; a click on one sorts by it."""

    def __init__(self, view: RecordingsList, *, id: str | None = None) -> None:
        super().__init__(lambda _: [heading(view.scrollable_content_region.width, view.sort)], id=id)
        self._view = view

    def on_click(self, event: events.Click) -> None:
        """Sort by the column that was clicked."""
        at = 2
        for column, width in layout(self._view.scrollable_content_region.width):
            at += width + 2
            if event.x < at:
                self._view.sort_by(column.sort)
                return
