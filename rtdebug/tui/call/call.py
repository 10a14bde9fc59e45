"""One recording on the screens: read in small steps, so that keys are answered meanwhile, and followed to its end."""

import time
from pathlib import Path

from rtdebug.diagnosis.linting import Diagnosis
from rtdebug.errors import RecordingError
from rtdebug.opening import event_reader, name_of
from rtdebug.recording.format import Entry, Header
from rtdebug.recording.reader import RecordingReader, is_live
from rtdebug.reports.recorded import Recorded
from rtdebug.session.fold import Fold
from rtdebug.session.model import Session
from rtdebug.tui.call.journal import Journal

_A_FEW = 64
"""Entries between two looks at the clock."""


class Call:
    """A recording, as far as it has been read."""

    def __init__(self, path: Path) -> None:
        """Open it; raise RecordingError where it is none."""
        self.reader = RecordingReader(path)
        self.path = self.reader.folder
        self._events = event_reader(self.reader.header)
        self._fold = Fold()
        self.journal = Journal()
        self.live = is_live(self.path)
        """It is being written at this moment."""
        self.caught_up = False
        """All that is on disk has been read, or as much of it as can be."""
        self.trouble = ""
        """Why it cannot be read further, "" where it can."""
        self.diagnosis: Diagnosis | None = None
        """What the rules say of it, once it has ended and they have been asked."""

    @property
    def session(self) -> Session:
        """What has happened so far."""
        return self._fold.session

    @property
    def header(self) -> Header:
        """What the recording says of itself."""
        return self.reader.header

    def close(self) -> None:
        """Let go of the files."""
        self.reader.close()

    def step(self, budget_ns: int) -> int:
        """Read on for about so long; return the number of entries that came. Never raises: see `trouble`."""
        before = len(self.journal)
        try:
            if not self.trouble:
                self._read(budget_ns)
        except (OSError, RecordingError) as error:
            self.trouble = f"cannot be read further: {self._reason(error)}"
            self.caught_up = True
        return len(self.journal) - before

    def _read(self, budget_ns: int) -> None:
        if not self.reader.is_begun and self.reader.begin():
            self._events = event_reader(self.header)
        until = time.perf_counter_ns() + budget_ns
        read, take, add = self._events.read, self._fold.take, self.journal.add
        for count, (place, entry) in enumerate(self.reader.more(), 1):
            event = read(entry)
            take(event)
            add(place, entry, event)
            if count % _A_FEW == 0 and time.perf_counter_ns() >= until:
                self.caught_up = False
                break
        else:
            self.caught_up = True

    def _reason(self, error: OSError | RecordingError) -> str:
        if isinstance(error, RecordingError):
            return str(error).removeprefix(f"{self.reader.events_path}: ")
        return error.strerror or str(error)

    def look_if_live(self) -> None:
        """Ask the file whether somebody still writes it."""
        self.live = not self.trouble and self.session.complete is False and is_live(self.path)

    def entry(self, index: int) -> Entry:
        """Read an entry again; raise Lost."""
        return self.reader.entry_at(self.journal.places[index])

    def index_of(self, seq: int) -> int:
        """Return where an entry is in the journal."""
        return self.journal.index_of(seq)

    def response_at(self, index: int) -> str:
        """Name the response that an entry belongs to: the one it names, or that made the item it names."""
        named = self.journal.response_id(index)
        if named:
            return named
        item = self.session.items.get(self.journal.item_id(index))
        return item.response_id if item is not None else ""

    @property
    def problems(self) -> list[str]:
        """What could not be read, in words."""
        torn = "" if self.live or self.trouble or not self.caught_up else self.reader.torn_line()
        return [*self.reader.problems, *filter(None, (torn, self.trouble))]

    def recorded(self) -> Recorded:
        """Return what the reports are about."""
        name, dialect, live = name_of(self.path), self._events.dialect, self.live
        return Recorded.of(name, self.header, self.session, dialect, live=live, problems=self.problems)
