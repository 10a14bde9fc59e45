"""Recordings from the disk, ready to be played: their scripts, their audio, their plain HTTP."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rtdebug.errors import RecordingError
from rtdebug.recording.format import AudioPlace
from rtdebug.recording.library import find
from rtdebug.recording.reader import Lost, RecordingReader
from rtdebug.replay.mismatch import few
from rtdebug.replay.rest import Exchange, exchanges_of
from rtdebug.replay.script import script_of
from rtdebug.replay.steps import Script


class Recorded:
    """A recording of one connection. Its files are open only once audio was asked for, and until `close`."""

    def __init__(self, script: Script, folder: Path) -> None:
        self.script = script
        self.folder = folder
        self.lost: list[str] = []
        """Audio that could not be read, in words."""
        self._reader: RecordingReader | None = None

    def audio(self, place: AudioPlace, sender: str = "server") -> bytes:
        """Read the audio of a message; where it is not there, none."""
        self._reader = self._reader or RecordingReader(self.folder)
        try:
            return self._reader.samples(place.track, place.start, place.frames, sender)
        except Lost as error:
            if str(error) not in self.lost:
                self.lost.append(str(error))
            return b""

    def close(self) -> None:
        """Let go of the files."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None


@dataclass(slots=True)
class Library:
    """All that is to be played."""

    recordings: list[Recorded] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    def close(self) -> None:
        """Let go of the files."""
        for one in self.recordings:
            one.close()


def load(path: Path) -> Recorded:
    """Read the recording of one connection; raise RecordingError."""
    with RecordingReader(path) as reader:
        return _recorded(reader)


def load_all(paths: Iterable[Path]) -> Library:
    """Read recordings, and all those in folders of them, in order; raise RecordingError."""
    library = Library()
    for path in paths:
        for folder in _folders(path):
            with RecordingReader(folder) as reader:
                _add(library, reader)
    if not library.recordings and not library.exchanges:
        raise RecordingError("there is nothing to play in these recordings")
    return library


def _folders(path: Path) -> Sequence[Path]:
    found = find(path)
    if not found:
        raise RecordingError(f"{path}: no recording, and none in it. `rtdebug proxy` and `rtdebug run` make them.")
    return found


def _add(library: Library, reader: RecordingReader) -> None:
    if reader.header.carries == "http":
        library.exchanges += exchanges_of(reader.header, reader.entries())
    else:
        library.recordings.append(_recorded(reader))


def _recorded(reader: RecordingReader) -> Recorded:
    script = script_of(reader.header, reader.entries(), reader.folder.resolve().name)
    return Recorded(replace(script, notes=(*script.notes, *few(reader.problems))), reader.folder)
