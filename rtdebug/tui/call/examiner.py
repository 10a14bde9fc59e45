"""Diagnoses recordings of a shelf, one at a time, in a thread that nobody waits for.

What is seen comes first, then the newest; the rest of a large folder waits until it is seen. The next one is given to
the thread in `step`: while nobody calls that, the thread rests as soon as it has finished what it is at.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from rtdebug.diagnosis.linting import Diagnosis
from rtdebug.tui.call.book import Book, Version
from rtdebug.tui.call.shelf import Shelf
from rtdebug.tui.call.verdict import UNKNOWN, Verdict, verdict

Find = Callable[[Path], Diagnosis]

_STOP: Final = None


@dataclass(frozen=True, slots=True)
class _Case:
    path: Path
    version: Version


class Examiner:
    """Has the recordings of a shelf diagnosed that somebody may want to know of."""

    def __init__(self, shelf: Shelf, find: Find | None = None) -> None:
        """Begin with nothing; `step` begins the thread when there is something for it. `find` runs there."""
        self._shelf = shelf
        self._find = find or _find
        self._thread: threading.Thread | None = None
        self._cases: SimpleQueue[_Case | None] = SimpleQueue()
        self._verdicts: SimpleQueue[Verdict] = SimpleQueue()
        self._case: _Case | None = None
        self._is_closed = False

    def step(self) -> set[Path]:
        """Put on the shelf what was found, and give the thread the next; return what changed. Never waits."""
        changed = self._take()
        if self._case is None and not self._is_closed:
            book = next(self._due(), None)
            if book is not None:
                self._give(_Case(book.path, book.version))
        return changed

    @property
    def busy(self) -> bool:
        """A recording is being diagnosed, or has to be."""
        return not self._is_closed and (self._case is not None or next(self._due(), None) is not None)

    def close(self) -> None:
        """Stop the thread after what it is at, without waiting for it."""
        self._is_closed = True
        self._cases.put(_STOP)

    def _due(self) -> Iterator[Book]:
        shelf = self._shelf
        for path in chain(shelf.wanted, shelf.newest):
            book = shelf.books.get(path)
            if book is not None and book.verdict is None and book.may_be_judged:
                yield book

    def _give(self, case: _Case) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="rtdebug list findings", daemon=True)
            self._thread.start()
        self._case = case
        self._cases.put(case)

    def _take(self) -> set[Path]:
        case, thread = self._case, self._thread
        if case is None or thread is None:
            return set()
        is_dead = not thread.is_alive()  # asked first: what it told before it died counts
        if not self._verdicts.empty():
            found = self._verdicts.get()
        elif is_dead:
            found, self._cases = UNKNOWN, SimpleQueue()
        else:
            return set()
        self._case = None
        return {case.path} if self._shelf.judge(case.path, case.version, found) else set()

    # In the thread.

    def _run(self) -> None:
        while not self._is_closed and (case := self._cases.get()) is not _STOP:
            try:
                found = verdict(self._find(case.path))
            except Exception:  # it may have gone, or be what no rule was made for: the list goes on
                found = UNKNOWN
            self._verdicts.put(found)


def _find(path: Path) -> Diagnosis:
    """Diagnose a recording; the rules are loaded here, so that no screen waits for them."""
    from rtdebug.tui.call.findings import find

    return find(path)
