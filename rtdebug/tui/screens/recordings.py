"""The recordings of a folder: the list, and how the one under the cursor begins."""

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Input

from rtdebug.tui.call.examiner import Examiner, Find
from rtdebug.tui.call.facts import load_prices
from rtdebug.tui.call.shelf import Shelf
from rtdebug.tui.cells import Line, Piece, cells, clip, tame
from rtdebug.tui.pages.preview import in_brief, preview
from rtdebug.tui.widgets.block import Block
from rtdebug.tui.widgets.lines import LineView
from rtdebug.tui.widgets.recordings import Heading, RecordingsList
from rtdebug.units import count

_GLANCE_NS: Final = 10_000_000
_READ_NS: Final = 4_000_000
"""How long looking at recordings, and reading them, may keep keys waiting."""
_WORK_EVERY: Final = 1 / 50
_LOOK_EVERY: Final = 1.0
_ARRANGE_EACH: Final = 12
"""Steps of work between two sortings of a long list."""
_SHORTEST_WITH_PREVIEW: Final = 22
_CODE: Final = re.compile(r"\brt\d")
_TEACHING: Final = (
    ("rtdebug demo", "makes one: a call without key or network"),
    ("rtdebug proxy", "records your own calls"),
    ("rtdebug import", "makes one out of a log"),
)


class RecordingsScreen(Screen[None]):
    """Lists a folder's recordings, and posts `Open` for the one that is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter"),
        Binding("escape", "clear", "Clear filter", show=False),
    ]
    DEFAULT_CSS = """
    RecordingsScreen { background: $background; }
    RecordingsScreen #shelf, RecordingsScreen #preview {
        background: $surface; border: round $primary 45%;
        border-title-color: $primary; border-title-style: bold; border-subtitle-color: $foreground 50%;
    }
    RecordingsScreen #shelf { height: 1fr; }
    RecordingsScreen #shelf:focus-within { border: round $accent; }
    RecordingsScreen #shelf > * { background: $surface; }
    RecordingsScreen RecordingsList, RecordingsScreen RecordingsList:focus { border: none; height: 1fr; }
    RecordingsScreen #preview > Block { background: $surface; height: 100%; }
    RecordingsScreen #teaching { height: 1fr; display: none; }
    RecordingsScreen Input {
        height: 1; border: none; padding: 0 1; background: $panel; display: none;
    }
    RecordingsScreen Input:focus { border: none; background: $panel; }
    RecordingsScreen Footer { background: $panel; }
    """

    def __init__(
        self,
        folder: Path,
        *,
        wall_ns: Callable[[], int] = time.time_ns,
        notice: str = "",
        find: Find | None = None,
    ) -> None:
        super().__init__()
        self.folder = folder
        self.shelf = Shelf(folder)
        self.shelf.may_read = False
        self.examiner = Examiner(self.shelf, find)
        self._wall_ns = wall_ns
        self._recordings = RecordingsList(self.shelf, wall_ns=wall_ns, id="recordings")
        self._title_line = Block(self._title_lines, id="title")
        self._notice: Piece = (tame(notice), "strong")
        self._notice_line = Block(self._notice_lines, id="notice")
        self._heading = Heading(self._recordings, id="heading")
        self._teaching = Block(self._teaching_lines, id="teaching")
        self._preview = Block(self._preview_lines)
        self._since_arranged = 0

    def compose(self) -> ComposeResult:
        """Put the widgets there."""
        yield self._title_line
        yield self._notice_line
        with Vertical(id="shelf"):
            yield self._heading
            yield self._recordings
            yield self._teaching
        with Vertical(id="preview"):
            yield self._preview
        yield Input(placeholder="filter: name, model, status, ending, finding", select_on_focus=False)
        yield Footer(show_command_palette=False)

    def show_notice(self, words: str, style: str = "strong") -> None:
        """Go on telling something below the title."""
        self._notice = tame(words), style
        if self._notice_line.is_attached:
            self._notice_line.display = bool(words)
            self._notice_line.refresh()

    def on_mount(self) -> None:
        """Begin to look at the folder."""
        self.show_notice(*self._notice)
        self._recordings.focus()
        self._pulses = (self.set_interval(_WORK_EVERY, self.work), self.set_interval(_LOOK_EVERY, self.look_again))
        self.run_worker(self._prepare, thread=True)
        self.work()

    def _prepare(self) -> None:
        """Load the prices, which takes long enough to be felt; runs in a thread."""
        load_prices()
        self.shelf.may_read = True

    def on_unmount(self) -> None:
        """Let go of the files, and wait for nothing."""
        self.examiner.close()
        self.shelf.close()

    def on_screen_suspend(self) -> None:
        """Rest while another screen is shown."""
        for timer in self._pulses:
            timer.pause()

    def on_screen_resume(self) -> None:
        """Look at what came meanwhile."""
        for timer in self._pulses:
            timer.resume()
        self.look_again()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the preview to the room."""
        self.query_one("#preview").styles.height = max(6, event.size.height // 4 + 1)
        self._show_preview_if_room()

    def _show_preview_if_room(self) -> None:
        fits = self.size.height >= _SHORTEST_WITH_PREVIEW
        self.query_one("#preview").display = fits and bool(self._recordings.count())

    # Work.

    def work(self) -> None:
        """Look at recordings for a moment, and show what that told."""
        was_scanned, budget_ns = self.shelf.scanned, _GLANCE_NS if self.shelf.glancing else _READ_NS
        self.shelf.wanted = self._recordings.seen()
        changed, judged = self.shelf.step(budget_ns), self.examiner.step()
        self._since_arranged += 1
        if judged:
            self._show_judged(judged)
        if not self.shelf.scanned or not (changed or self._is_stale or not was_scanned):
            return
        self._is_stale = True
        is_busy = self.shelf.busy or (self._recordings.is_of_findings and self.examiner.busy)
        if not was_scanned or not is_busy or self._since_arranged >= _ARRANGE_EACH:
            self._is_stale, self._since_arranged = False, 0
            self._recordings.put_in_order()
        if self._is_stale is False or changed & set(self.shelf.wanted):
            self._recordings.refresh()
        selected = self._recordings.selected
        if selected is not None and selected.path in changed:
            self._show_selected()

    _is_stale = True

    def _show_judged(self, judged: set[Path]) -> None:
        """Show what a diagnosis found; a long list is sorted anew only where that makes it another."""
        self._is_stale |= self._recordings.is_of_findings
        self._recordings.refresh()
        selected = self._recordings.selected
        if selected is not None and selected.path in judged:
            self._show_selected()

    def look_again(self) -> None:
        """Look for recordings that came, grew, ended or went."""
        self.shelf.rescan()
        if any(book.live for book in self.shelf.books.values()):
            self._recordings.refresh()  # their clocks go on

    def _show_counts(self) -> None:
        empty = self.shelf.scanned and not self.shelf.books
        self._teaching.display = empty
        self._recordings.display = self._heading.display = not empty
        if not empty and self.focused is None:
            self._recordings.focus()
        self._show_preview_if_room()
        shelf = self.query_one("#shelf")
        shelf.border_title = "recordings" + (
            f" ({self._recordings.count()} of {len(self.shelf.books)})" if self._recordings.filter else ""
        )
        shelf.border_subtitle = "" if empty else f"by {self._recordings.sort} · s sorts"
        if self._recordings.filter:
            shelf.border_subtitle = Content(f"/{tame(self._recordings.filter, 40)} · {self._diagnosed()}esc clears")
        for block in (self._title_line, self._heading, self._teaching):
            block.refresh()
        self._show_selected()

    def _diagnosed(self) -> str:
        """Say how few have been diagnosed, where one looks for a rule's code: the others may have it too."""
        books = self.shelf.books.values()
        done = sum(book.verdict is not None for book in books)
        if done == len(books) or not _CODE.search(self._recordings.filter):
            return ""
        return f"{done:,} of {len(books):,} diagnosed · "

    def _show_selected(self) -> None:
        book = self._recordings.selected
        pane = self.query_one("#preview")
        pane.border_title = Content(tame(book.name, 60) if book is not None else "")
        pane.border_subtitle = Content(in_brief(book, self._wall_ns()) if book is not None else "")
        self._preview.refresh()

    # Drawing.

    def _title_lines(self, width: int) -> Sequence[Line]:
        live, broken = self._recordings.live, self._recordings.broken
        facts: list[Piece] = [(f"{count(len(self.shelf.books), 'recording')}", "")]
        facts += [("  ", ""), (f"◉ {live} live", "live")] if live else []
        facts += [("  ", ""), (f"✕ {broken} cannot be read", "bad")] if broken else []
        facts += [("  ", ""), (f"reading {self.shelf.unread:,} …", "quiet")] if self.shelf.unread else []
        room = width - cells(facts) - 14
        folder = _tail(tame(str(self.folder)), max(8, room))
        left: list[Piece] = [(" rtdebug ", "title"), (folder, "strong")]
        return [[*left, (" " * max(2, width - cells(left) - cells(facts) - 1), ""), *facts]]

    def _notice_lines(self, width: int) -> Sequence[Line]:
        words, style = self._notice
        return [[(f" {clip(words, width - 2)}", style)]]

    def _teaching_lines(self, width: int) -> Sequence[Line]:
        height = self._teaching.size.height
        where = clip(tame(str(self.folder)), max(10, width - 24))
        lines: list[Line] = [(("  ", ""), ("No recordings in ", ""), (where, "strong"), (" yet.", "")), ()]
        lines += [
            (("    ", ""), (f"{command:<16}", "key"), (clip(words, width - 22), "")) for command, words in _TEACHING
        ]
        lines += [(), (("  They are listed here as soon as they begin.", "quiet"),)]
        return [*[()] * max(1, (height - len(lines)) // 3), *lines]

    def _preview_lines(self, width: int) -> Sequence[Line]:
        book = self._recordings.selected
        return preview(book, width, self._preview.size.height) if book is not None else ()

    # Keys and messages.

    def on_line_view_moved(self, message: LineView.Moved) -> None:
        """Show how the recording under the cursor begins."""
        message.stop()
        self._show_selected()

    def on_recordings_list_arranged(self, message: RecordingsList.Arranged) -> None:
        """Say how many there are, and by what they are sorted."""
        message.stop()
        self._show_counts()

    def action_filter(self) -> None:
        """Ask for the words of a filter."""
        field = self.query_one(Input)
        field.display = True
        field.focus()

    def action_clear(self) -> None:
        """List all again."""
        field = self.query_one(Input)
        field.value, field.display = "", False
        self._recordings.focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        """List what has the words that were typed."""
        message.stop()
        self._recordings.filter_by(message.value)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Go back to the list, which stays filtered."""
        message.stop()
        message.input.display = bool(message.value)
        self._recordings.focus()

    def on_key(self, event: events.Key) -> None:
        """Let the arrows leave the filter for the list."""
        if event.key in ("down", "up") and self.focused is self.query_one(Input):
            event.stop()
            self._recordings.focus()


def _tail(text: str, most: int) -> str:
    """Cut a path to so many cells, keeping its end."""
    return text if cells(((text, ""),)) <= most else "…" + text[-(most - 1) :]
