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
        self.problems: list[str] = []
        """What reading came across, in words: torn or damaged lines. Grows as entries are read."""
        self.events_path = self.folder / EVENTS
        self._tracks: dict[str, tuple[int, int, AudioFormat]] = {}
        try:
            self._file = open_events(self.folder)
        except OSError as error:
            raise RecordingError(
                f"{path}: not a recording ({EVENTS}: {error.strerror}). `rtdebug ls {path}` lists those in a folder."
            ) from None
        try:
            line = self._file.readline(_LARGEST_HEADER)
            self.header: Header = read_header(line, str(self.events_path))
        except RecordingError:
            self._file.close()
            raise
        if problem := header_problem(line):
            self.problems.append(problem)
        self._start = self._file.tell()

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

    def entries(self) -> Iterator[Entry]:
        """Yield every entry that can be read, in order of arrival."""
        self._file.seek(self._start)
        template: Entry | None = None
        alike: Entry | None = None
        for number, line in enumerate(self._file, 2):
            if not line.endswith(b"\n"):
                self.problems.append(f"line {number} is cut off")
                return
            if alike is not None and (entry := read_like(line[:-1], alike)) is not None:
                yield entry
                continue
            try:
                entry = read_entry(line[:-1])
            except BadLine as error:
                self.problems.append(f"line {number} cannot be read: {error}")
                continue
            like = entry.fields.get("like")
            if like is None:
                if entry.audio is not None and entry.sender == "client":
                    template = entry
                    alike = _alike(template)
            elif template is not None and template.seq == like:
                entry = _filled_in(entry, template)
            else:
                self.problems.append(f"line {number} is like entry {like}, which is not there")
            yield entry

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
    """Say whether a recording is being written at this moment."""
    try:
        with open_events(folder) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
