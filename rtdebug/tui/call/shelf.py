"""The recordings of a folder, looked at in small steps: which there are, then both ends of each, then all of each.

Nothing is looked at twice unless its file has changed. What is being written is looked at whenever the folder is:
nothing in its file tells that its writer was killed.
"""

import heapq
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from rtdebug.errors import RecordingError
from rtdebug.recording.library import look_through, name_in, summarize
from rtdebug.recording.writer import EVENTS
from rtdebug.tui.call.book import Book, Version, told_by
from rtdebug.tui.call.call import Call
from rtdebug.tui.call.facts import facts
from rtdebug.tui.call.verdict import Verdict

_A_FEW: Final = 32
"""Folders looked at between two looks at the clock."""
_NEWEST: Final = 50
"""Recordings that are diagnosed even if nobody has seen them."""
_MOST_FOLLOWED: Final = 8
"""Live recordings whose reading is kept open."""


class Shelf:
    """All recordings of a folder."""

    def __init__(self, folder: Path) -> None:
        """Begin with nothing; `step` finds what there is."""
        self.folder = folder
        self.books: dict[Path, Book] = {}
        self.scanned = False
        """The folder has been looked through once."""
        self.may_read = True
        """Recordings may be read whole; until then both their ends are all that is looked at."""
        self.wanted: list[Path] = []
        """What is seen at this moment: it is looked at before the others."""
        self.newest: list[Path] = []
        """The newest ones, the newest of all first."""
        self._scan: Iterator[None] = self._look_through()
        self._scanning = True
        self._to_summarize: dict[Path, None] = {}
        self._to_read: dict[Path, None] = {}
        self._calls: dict[Path, Call] = {}
        self._changed: set[Path] = set()

    def rescan(self) -> None:
        """Look through the folder again; not while that is being done."""
        if not self._scanning:
            self._scan, self._scanning = self._look_through(), True

    def step(self, budget_ns: int) -> set[Path]:
        """Work for about so long; return the recordings that came, changed or went. Never raises."""
        until = time.perf_counter_ns() + budget_ns
        while self._work(until) and time.perf_counter_ns() < until:
            pass
        changed, self._changed = self._changed, set()
        return changed

    def judge(self, path: Path, version: Version, verdict: Verdict) -> bool:
        """Keep what a diagnosis found; say whether the recording is still the one that was diagnosed."""
        book = self.books.get(path)
        if book is None or book.version != version:
            return False
        self.books[path] = replace(book, verdict=verdict)
        return True

    @property
    def busy(self) -> bool:
        """There is something to look at."""
        return self._scanning or bool(self._to_summarize or self._to_read)

    @property
    def glancing(self) -> bool:
        """Not even both ends of all recordings have been looked at."""
        return self._scanning or bool(self._to_summarize)

    @property
    def unread(self) -> int:
        """How many recordings have yet to be read whole."""
        return len(self._to_summarize) + len(self._to_read)

    def close(self) -> None:
        """Let go of all files."""
        for call in self._calls.values():
            call.close()
        self._calls.clear()

    def _work(self, until: int) -> bool:
        """Do the next piece of what is most urgent; say whether there was any."""
        if self._scanning:
            self._scanning = next(self._scan, self) is None
        elif self._to_summarize:
            self._summarize(self._next(self._to_summarize))
        elif self._to_read and self.may_read:
            self._read(self._next(self._to_read), until)
        else:
            return False
        return True

    def _next(self, queue: dict[Path, None]) -> Path:
        """Return what is seen, or else the newest."""
        return next((one for one in self.wanted if one in queue), None) or next(iter(queue))

    # Which there are.

    def _look_through(self) -> Iterator[None]:
        found: list[Path] = []
        for number, (path, status) in enumerate(look_through(self.folder)):
            if status is not None:
                found.append(path)
                self._place(path, (status.st_ino, status.st_size, status.st_mtime_ns))
            if number % _A_FEW == _A_FEW - 1:
                yield
        for path in self.books.keys() - set(found):
            self._forget(path)
        newest_first = sorted(self._to_summarize, key=lambda path: self.books[path].age, reverse=True)
        self._to_summarize = dict.fromkeys(newest_first)
        newest = heapq.nlargest(_NEWEST, self.books.values(), key=lambda book: book.age)
        self.newest = [book.path for book in newest]
        self.scanned = True

    def _place(self, path: Path, version: Version) -> None:
        book = self.books.get(path)
        if book is None or (book.version[0] != version[0] and book.version[0]):
            self._drop(path)
            self._put(Book(path, name_in(self.folder, path), version, started_ns=told_by(path.name)))
        elif book.version != version:
            self._put(replace(book, version=version, verdict=None))
        elif not book.live:
            return
        self._to_summarize[path] = None

    def _put(self, book: Book) -> None:
        self.books[book.path] = book
        self._changed.add(book.path)

    def _forget(self, path: Path) -> None:
        self._drop(path)
        del self.books[path]
        self._to_summarize.pop(path, None)
        self._to_read.pop(path, None)
        self._changed.add(path)

    # Both ends of each.

    def _summarize(self, path: Path) -> None:
        del self._to_summarize[path]
        book = self.books[path]
        try:
            summary, problem = summarize(path), ""
        except RecordingError as error:
            summary, problem = None, str(error).removeprefix(f"{path / EVENTS}: ")
            self._drop(path)
        if summary != book.summary or problem != book.problem:
            started_ns = summary.header.started_ns if summary is not None else book.started_ns
            self._put(replace(book, summary=summary, problem=problem, started_ns=started_ns))
        if summary is None or (book.read == book.version and book.live == summary.live):
            return
        self._to_read[path] = None

    # All of each.

    def _read(self, path: Path, until: int) -> None:
        if path not in self._calls and self.books[path].live and len(self._calls) >= _MOST_FOLLOWED:
            del self._to_read[path]  # it is read when it has ended
            return
        try:
            call = self._calls.get(path) or Call(path)
        except RecordingError:
            del self._to_read[path]  # it went, or was changed, since both its ends were looked at
            return
        self._calls[path] = call
        call.step(max(0, until - time.perf_counter_ns()))
        if call.trouble:
            del self._to_read[path]
            self._drop(path)
            self._put(replace(self.books[path], problem=call.trouble))
            return
        if not call.caught_up:
            return
        del self._to_read[path]
        book = self.books[path]
        call.live = book.live
        self._put(replace(book, facts=facts(call), read=book.version))
        if not book.live:
            self._drop(path)

    def _drop(self, path: Path) -> None:
        call = self._calls.pop(path, None)
        if call is not None:
            call.close()
