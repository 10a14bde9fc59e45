"""From a whole recording on disk to the session it tells: where the reports on one, its sound and the rules begin.

What follows a call that goes on, or reads in steps, folds for itself, with the same `event_reader`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rtdebug.diagnosis.subject import Samples, Subject
from rtdebug.protocol.dialects import Dialect
from rtdebug.protocol.event import Event, EventReader
from rtdebug.recording.format import Header
from rtdebug.recording.reader import Lost, RecordingReader, is_live
from rtdebug.session.audio import Stretch
from rtdebug.session.fold import Fold
from rtdebug.session.model import Session

_STEP = 4096


@dataclass(frozen=True, slots=True)
class Opened:
    """A recording that has been read."""

    path: Path
    header: Header
    dialect: Dialect
    session: Session
    problems: list[str]
    """What of the files could not be read, in words."""

    @property
    def name(self) -> str:
        """What the recording is called."""
        return name_of(self.path)


def name_of(folder: Path) -> str:
    """Say what a recording is called: as its folder, also where that is given as `.`."""
    return folder.name or folder.resolve().name


def event_reader(header: Header, *, has_times: bool = True) -> EventReader:
    """Return what makes events of a recording's entries; without `has_times`, of one that has none."""
    has_times = has_times and "times" not in header.lacks
    return EventReader(has_times=has_times, target=header.target, upstream=header.upstream)


def open_session(path: Path, on_progress: Callable[[int], None] | None = None) -> Opened:
    """Read a recording and fold it; raise RecordingError where it is none.

    `on_progress` is called now and then with the number of entries read.
    """
    with RecordingReader(path) as reader:
        return _read(reader, event_reader(reader.header), on_progress)


@contextmanager
def examined(
    path: Path, on_progress: Callable[[int], None] | None = None, *, has_times: bool = True
) -> Iterator[tuple[Opened, Subject]]:
    """Read a recording for diagnosis; its samples can be read as long as the block lasts. Raises RecordingError.

    `on_progress` is called now and then with the number of entries read. Without `has_times` the recording is read as
    one that has none: in a replay at once, seconds of talk take a millisecond, and what rests on times is nonsense.
    """
    from rtdebug.recording.sound import read_samples

    with RecordingReader(path) as reader:
        lacks = reader.header.lacks if has_times else (*reader.header.lacks, "times")
        kept: list[Event] = []
        opened = _read(reader, event_reader(reader.header, has_times=has_times), on_progress, kept)

        def read(stretch: Stretch) -> Samples:
            return read_samples(reader, stretch.track, stretch.start, stretch.frames)

        def there(track: str) -> int:
            try:
                return reader.track_frames(track)
            except Lost:
                return 0

        session, started_ns = opened.session, opened.header.started_ns
        live = not session.complete and is_live(reader.folder)
        yield opened, Subject(session, kept, opened.dialect, started_ns, lacks, live, read, there)


def _read(
    reader: RecordingReader,
    events: EventReader,
    on_progress: Callable[[int], None] | None,
    kept: list[Event] | None = None,
) -> Opened:
    """Read all entries and fold them; those that are no microphone chunks are `kept`, where that is wanted."""
    fold = Fold()
    read, take = events.read, fold.take
    for number, entry in enumerate(reader.entries()):
        event = read(entry)
        take(event)
        if on_progress is not None and number % _STEP == 0:
            on_progress(number)
        if kept is not None and (event.sound is None or event.sender != "client"):
            kept.append(event)
    return Opened(reader.folder, reader.header, events.dialect, fold.session, reader.problems)
