"""Writing a recording: batches go to disk whole, and in an order that makes a crash harmless.

Every write names its place in the file, so one that failed half-way is simply written over by the next.
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Final

from rtdebug.protocol.audio import AudioFormat
from rtdebug.recording.encoder import Batch, TrackWrite
from rtdebug.recording.tracks import header_size, wav_header

EVENTS = "events.jsonl"
_HEADER_EVERY = 0.5
"""Seconds after which a growing track's header is brought up to date; in between, readers go by its length."""
_MOST_BUFFERS = 1000
"""Buffers handed to the kernel in one call; it takes 1,024."""
_sync: Final[Callable[[int], None]] = getattr(os, "fdatasync", os.fsync)
"""Asks the disk to keep what is in a file: on macOS, with the file's times."""


class RecordingWriter:
    """One recording's folder and its open files. One thread writes; another may `sync` meanwhile."""

    def __init__(self, folder: Path) -> None:
        """Make the folder (0700) and its `events.jsonl` (0600); raise OSError where that cannot be done.

        Where the name is taken, a number is put behind it. What was made is gone again after an error.
        """
        self.folder = folder = _make_folder(folder)
        self.last_seq = 0
        """The last entry that is on disk."""
        self._tracks: dict[str, _TrackFile] = {}
        self._size = 0
        with ExitStack() as undo:
            undo.callback(folder.rmdir)
            self._events = _create(folder / EVENTS)
            undo.callback((folder / EVENTS).unlink)
            undo.callback(_let_go, self._events)
            self.is_marked = _mark(self._events)
            """Readers can tell that it is being written."""
            undo.pop_all()

    def write(self, batch: Batch) -> None:
        """Write a batch: samples, then lines. Raises OSError, and then none of its lines is in the recording."""
        try:
            for samples in batch.tracks:
                self._track(samples).write(samples)
            written = _write_at(self._events, batch.lines, self._size)
        except OSError:
            self._cut_back()
            raise
        self._size += written
        self.last_seq = batch.last_seq

    def sync(self) -> None:
        """Ask the disk to keep what has been written; raises OSError."""
        for track in list(self._tracks.values()):
            _sync(track.fd)
        _sync(self._events)

    def close(self) -> None:
        """Bring the headers up to date and let go of the files; never raises."""
        for track in self._tracks.values():
            track.close()
        self._cut_back()
        _let_go(self._events)

    @property
    def is_deleted(self) -> bool:
        """Say whether what is written now is lost once the files are closed; raise OSError."""
        return os.fstat(self._events).st_nlink == 0 and not _stands(self.folder / EVENTS, 0)

    def is_moved(self) -> bool:
        """Say whether all files are whole and none is where it was put; asked before they are closed, never raises."""
        files = [(EVENTS, self._events, self._size)]
        files += [(name, track.fd, track.size) for name, track in self._tracks.items()]
        return all(_lives(fd, size) and not _stands(self.folder / name, 0) for name, fd, size in files)

    def missing(self) -> list[str]:
        """Name the files that are not where they were put, or not whole there: moved, deleted or cut."""
        sizes = {EVENTS: self._size} | {name: track.size for name, track in self._tracks.items()}
        return [name for name, size in sizes.items() if not _stands(self.folder / name, size)]

    def _track(self, samples: TrackWrite) -> "_TrackFile":
        track = self._tracks.get(samples.name)
        if track is None:
            track = self._tracks[samples.name] = _TrackFile(self.folder / samples.name, samples.format)
        return track

    def _cut_back(self) -> None:
        try:
            os.ftruncate(self._events, self._size)
        except OSError:
            pass  # the disk is failing; a torn line at the end is one that readers pass over


class _TrackFile:
    """A WAV file being written."""

    def __init__(self, path: Path, format_: AudioFormat) -> None:
        self._format = format_
        self._start = header_size(format_)
        self._bytes = 0
        self._header_due = 0.0
        self.fd = _create(path)
        try:
            self._write_header()
        except OSError:
            _let_go(self.fd)
            path.unlink()  # the next attempt makes it anew
            raise

    @property
    def size(self) -> int:
        """Bytes that the file has at least."""
        return self._start + self._bytes

    def write(self, samples: TrackWrite) -> None:
        width = self._format.frame_bytes
        _write_at(self.fd, samples.audio, self._start + samples.start * width)
        self._bytes = max(self._bytes, samples.frames * width)
        if time.monotonic() >= self._header_due:
            self._write_header()

    def close(self) -> None:
        try:
            self._write_header()
        except OSError:
            pass  # readers go by the file's length
        _let_go(self.fd)

    def _write_header(self) -> None:
        _write_at(self.fd, [wav_header(self._format, self._bytes)], 0)
        self._header_due = time.monotonic() + _HEADER_EVERY


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for nobody else to look into; raise OSError."""
    if not folder.parent.exists():
        make_private(folder.parent)
    folder.mkdir(mode=0o700)
    try:
        folder.chmod(0o700)
    except OSError:
        folder.rmdir()
        raise


def try_out(folder: Path, size: int) -> None:
    """Write so many bytes in a folder, made where it is missing, and leave nothing of them; raise OSError."""
    if not folder.exists():
        make_private(folder)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(size))


def _make_folder(wanted: Path) -> Path:
    for number in count(1):
        folder = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        try:
            make_private(folder)
        except FileExistsError:
            continue
        return folder
    raise AssertionError("counting ends")


def _create(path: Path) -> int:
    fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(fd, 0o600)
    except OSError:
        _let_go(fd)
        path.unlink()
        raise
    return fd


def _mark(fd: int) -> bool:
    """Mark a file as being written, for as long as it is open; return False where its file system has no locks.

    The kernel lets go of the mark whatever becomes of us.
    """
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
    except OSError:
        return False  # each file system has an error of its own for that
    return True


def _stands(path: Path, size: int) -> bool:
    """Say whether there is a file of at least this size; one that cannot be looked at is taken to be there."""
    try:
        return path.stat().st_size >= size
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


def _lives(fd: int, size: int) -> bool:
    """Say whether an open file still has a name somewhere, and at least this size."""
    try:
        status = os.fstat(fd)
    except OSError:
        return False
    return status.st_nlink > 0 and status.st_size >= size


def _let_go(fd: int) -> None:
    try:
        os.close(fd)
    except OSError:
        pass  # the descriptor is free all the same; that a disk failed is met when it is asked to keep what it has


def _write_at(fd: int, buffers: list[bytes], place: int) -> int:
    """Write all buffers at a place in the file; return how many bytes that was. Raises OSError."""
    start = place
    for first in range(0, len(buffers), _MOST_BUFFERS):
        part = buffers[first : first + _MOST_BUFFERS]
        due = sum(map(len, part))
        done = os.pwritev(fd, part, place)
        if done < due:  # a nearly full disk takes a part before it refuses
            rest = b"".join(part)
            while done < due:
                done += os.pwrite(fd, memoryview(rest)[done:], place + done)
        place += due
    return place - start
