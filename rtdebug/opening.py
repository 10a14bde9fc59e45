"""From a recording on disk to the session it tells: the one way in for every report, screen and rule."""

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


def open_session(path: Path, on_progress: Callable[[int], None] | None = None) -> Opened:
    """Read a recording and fold it; raise RecordingError where it is none.

    `on_progress` is called now and then with the number of entries read.
    """
    with RecordingReader(path) as reader:
        header = reader.header
        events = EventReader(has_times="times" not in header.lacks, target=header.target, upstream=header.upstream)
        fold = Fold()
        read, take = events.read, fold.take
        for number, entry in enumerate(reader.entries()):
            take(read(entry))
            if on_progress is not None and number % _STEP == 0:
                on_progress(number)
        return Opened(reader.folder, header, events.dialect, fold.session, reader.problems)


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
        header = reader.header
        lacks = header.lacks if has_times else (*header.lacks, "times")
        events = EventReader(has_times="times" not in lacks, target=header.target, upstream=header.upstream)
        fold, kept = Fold(), list[Event]()
        for number, entry in enumerate(reader.entries()):
            event = events.read(entry)
            fold.take(event)
            if on_progress is not None and number % _STEP == 0:
                on_progress(number)
            if event.sound is None or event.sender != "client":
                kept.append(event)

        def read(stretch: Stretch) -> Samples:
            return read_samples(reader, stretch.track, stretch.start, stretch.frames)

        def there(track: str) -> int:
            try:
                return reader.track_frames(track)
            except Lost:
                return 0

        opened = Opened(reader.folder, header, events.dialect, fold.session, reader.problems)
        live = not fold.session.complete and is_live(reader.folder)
        yield opened, Subject(fold.session, kept, events.dialect, header.started_ns, lacks, live, read, there)
