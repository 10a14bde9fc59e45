"""Reading a recording: every prefix of one is one, and whatever is wrong with it is said, not raised.

What is there is read: a torn last line, a missing end, damaged lines and stale WAV headers are normal.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rtdebug.errors import RecordingError
from rtdebug.protocol.audio import AudioFormat, read_format
from rtdebug.recording.audio import TakenOut, put_back
from rtdebug.recording.format import BadLine, Entry, Header, header_problem, read_entry, read_header, read_like
from rtdebug.recording.tracks import header_size
from rtdebug.recording.writer import EVENTS

_LARGEST_HEADER = 1 << 20


class Lost(Exception):
    """A message that cannot be rebuilt; the text says why."""


class RecordingReader:
    """An open recording."""

    def __init__(self, path: Path) -> None:
        """Open a recording by its folder or its `events.jsonl`; raise RecordingError."""
        self.folder = path.parent if path.name == EVENTS else path
        self._problems: list[str] = []
        self._header_problem = ""
        self.events_path = self.folder / EVENTS
        self._tracks: dict[str, tuple[int, int, AudioFormat]] = {}
        try:
            self._file = open_events(self.folder)
        except OSError as error:
            raise RecordingError(f"{path}: not a recording{_why_not(path, error)}") from None
        self._line = 1
        self._template: Entry | None = None
        self._alike: Entry | None = None
        self._templates: dict[int, int] = {}
        try:
            self._read_header()
        except RecordingError:
            self._file.close()
            raise

    @property
    def problems(self) -> list[str]:
        """What reading came across, in words: torn or damaged lines. Grows as entries are read, each once."""
        return [self._header_problem, *self._problems] if self._header_problem else list(self._problems)

    def __enter__(self) -> "RecordingReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        self._file.close()
        for fd, _, _ in self._tracks.values():
            os.close(fd)
        self._tracks.clear()

    def _read_header(self) -> None:
        """Read line 1, whole or not; raise RecordingError where it is not one this version can read."""
        self._file.seek(0)
        line = self._file.readline(_LARGEST_HEADER)
        self.header: Header = read_header(line, str(self.events_path))
        self.is_begun = line.endswith(b"\n")
        """Line 1 is whole."""
        self._start = self._place = len(line)
        self._header_problem = header_problem(line)

    def begin(self) -> bool:
        """Read line 1 again where it was not whole yet; return whether it is. Raises RecordingError."""
        if not self.is_begun:
            self._read_header()
        return self.is_begun

    def entries(self) -> Iterator[Entry]:
        """Yield every entry that can be read, in order of arrival."""
        self._place, self._line = self._start, 1
        self._template = self._alike = None
        self._problems.clear()
        for _, entry in self.more():
            yield entry
        if torn := self.torn_line():
            self._problems.append(torn)

    def more(self) -> Iterator[tuple[int, Entry]]:
        """Yield the entries that came since this was last asked, each with its place in the file.

        A line that is not whole yet is left for the next time, so that a recording can be followed.
        """
        self.begin()
        self._file.seek(self._place)
        for line in self._file:
            if not line.endswith(b"\n"):
                return
            place = self._place
            self._place += len(line)
            self._line += 1
            if self._alike is not None and (entry := read_like(line[:-1], self._alike)) is not None:
                yield place, entry
                continue
            try:
                entry = read_entry(line[:-1])
            except BadLine as error:
                self._problems.append(f"line {self._line} cannot be read: {error}")
                continue
            like = entry.fields.get("like")
            if like is None:
                if entry.audio is not None and entry.sender == "client":
                    self._template, self._alike = entry, _alike(entry)
                    self._templates[entry.seq] = place
            elif self._template is not None and self._template.seq == like:
                entry = _filled_in(entry, self._template)
            else:
                self._problems.append(f"line {self._line} is like entry {like}, which is not there")
            yield place, entry

    def torn_line(self) -> str:
        """Say in words that something stands after the last whole line that was read, "" where nothing does."""
        size = os.fstat(self._file.fileno()).st_size
        return f"line {self._line + 1} is cut off" if size > self._place else ""

    def entry_at(self, place: int) -> Entry:
        """Read the one entry at a place that `more` told; raise Lost where it is no longer there."""
        line = self._line_at(place)
        try:
            entry = read_entry(line)
            like = entry.fields.get("like")
            if type(like) is int and like in self._templates:
                return _filled_in(entry, read_entry(self._line_at(self._templates[like])))
        except BadLine as error:
            raise Lost(f"the line cannot be read: {error}") from None
        return entry

    def _line_at(self, place: int) -> bytes:
        fd, size = self._file.fileno(), 1 << 12
        while True:
            data = os.pread(fd, size, place)
            end = data.find(b"\n")
            if end >= 0:
                return data[:end]
            if len(data) < size:
                raise Lost("the line is not whole")
            size *= 8

    def message(self, entry: Entry) -> bytes:
        """Rebuild a message's bytes as they were on the wire (as kept, where it was redacted); raise Lost."""
        if entry.text is None:
            raise Lost("its text is missing")
        if entry.audio is None:
            return entry.text
        audio = self.samples(entry.audio.track, entry.audio.start, entry.audio.frames, entry.sender)
        return put_back(TakenOut(entry.text, entry.audio.at, audio))

    def samples(self, track: str, start: int, frames: int, sender: str | None = None) -> bytes:
        """Read samples of a track as they were on the wire; raise Lost where they are not all there."""
        fd, offset, format_ = self._open_track(track)
        width = format_.frame_bytes
        if os.fstat(fd).st_size < offset + (start + frames) * width:
            raise Lost(f"{track} ends before frame {start + frames}")
        return os.pread(fd, frames * width, offset + start * width)

    def track_format(self, name: str) -> AudioFormat:
        """Return the format a track is in; raise Lost where the file is missing or no WAV of ours."""
        return self._open_track(name)[2]

    def track_frames(self, name: str) -> int:
        """Count the frames of a track that are on disk; raise Lost as `track_format` does."""
        fd, offset, format_ = self._open_track(name)
        return max(0, os.fstat(fd).st_size - offset) // format_.frame_bytes

    def _open_track(self, name: str) -> tuple[int, int, AudioFormat]:
        if name not in self._tracks:
            try:
                # Somebody else's recording may hold a link to a file of ours, or a pipe that never ends.
                fd = os.open(self.folder / name, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
            except OSError as error:
                raise Lost(f"{name}: {error.strerror}") from None
            format_ = _wav_format(os.pread(fd, 128, 0)) if stat.S_ISREG(os.fstat(fd).st_mode) else None
            if format_ is None:
                os.close(fd)
                raise Lost(f"{name} does not begin with the header of a WAV file")
            self._tracks[name] = (fd, header_size(format_), format_)
        return self._tracks[name]


def _why_not(path: Path, error: OSError) -> str:
    if path.name != EVENTS and path.is_file():
        return f", but a file. `rtdebug import {path}` makes a recording of a log."
    return f" ({EVENTS}: {error.strerror}). `rtdebug ls {path}` lists those in a folder."


def _alike(template: Entry) -> Entry | None:
    """Return a model for the entries that are like this one; None where they name a track of their own."""
    if template.audio is None or template.audio.track != "client.wav":
        return None
    return template._replace(fields={**template.fields, "like": template.seq})


def _filled_in(entry: Entry, template: Entry) -> Entry:
    """Give a `like` entry the text it shares."""
    audio = entry.audio._replace(at=template.audio.at) if entry.audio and template.audio else entry.audio
    fields = {**template.fields, **entry.fields}
    return Entry(
        entry.seq, entry.at_ns, entry.sender, entry.kind, fields, template.text, audio, entry.digest, entry.seed
    )


def _wav_format(header: bytes) -> AudioFormat | None:
    """Read the format out of the header this program writes."""
    if header[:4] not in (b"RIFF", b"RF64") or header[8:12] != b"WAVE" or header[48:52] != b"fmt ":
        return None
    tag = int.from_bytes(header[56:58], "little")
    rate = int.from_bytes(header[60:64], "little")
    name = {1: "audio/pcm", 6: "audio/pcma", 7: "audio/pcmu"}.get(tag)
    return read_format({"type": name, "rate": rate}, AudioFormat()) if name else None


def open_events(folder: Path) -> BinaryIO:
    """Open a recording's entries; raise OSError. What is no file is not waited for."""
    fd = os.open(folder / EVENTS, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "Not a file")
    return os.fdopen(fd, "rb")


def is_live(folder: Path) -> bool:
    """Say whether a recording is being written at this moment; False where its file system has no locks."""
    try:
        with open_events(folder) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
