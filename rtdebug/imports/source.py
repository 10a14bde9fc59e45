"""A log's bytes: a file that is read as often as needed, or what came through a pipe, held in memory."""

import codecs
import stat
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from rtdebug.errors import UsageError

Progress = Callable[[int, int], None]
"""Called with bytes read and bytes in all."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_GLANCE = 4096


class Source:
    """One log. What comes through a pipe may hold secrets, so that no copy of it is put on the disk."""

    def __init__(self, path: Path | None, progress: Progress | None = None) -> None:
        """Open a file, or standard input for None; raise UsageError."""
        self.name = path.name if path else "standard input"
        self.stem = path.stem if path else "stdin"
        self._path = path
        self._progress = progress
        self._held: bytes | None = None
        try:
            if path is None:
                self._held = sys.stdin.buffer.read()
            elif not stat.S_ISREG(path.stat().st_mode):
                self._held = path.read_bytes()
            with self._open() as file:
                self.head = file.read(_GLANCE)
            if self.head.startswith(_UTF16):  # how PowerShell writes a file
                self._held = self.read().decode("utf-16", "replace").encode("utf-8", "replace")
                self.head = self._held[:_GLANCE]
        except OSError as error:
            raise UsageError(f"{path or self.name}: {error.strerror}") from None

    def read(self) -> bytes:
        """Return all of it; raise UsageError."""
        try:
            with self._open() as file:
                return file.read().removeprefix(codecs.BOM_UTF8)
        except OSError as error:
            raise UsageError(f"{self._path}: {error.strerror}") from None

    def lines(self) -> Iterator[bytes]:
        """Yield its lines with their ends; raise UsageError."""
        try:
            with self._open() as file:
                size = file.seek(0, 2)
                file.seek(0)
                done = 0
                for line in file:
                    yield line if done else line.removeprefix(codecs.BOM_UTF8)
                    done += len(line)
                    if self._progress is not None:
                        self._progress(done, size)
        except OSError as error:
            raise UsageError(f"{self._path}: {error.strerror}") from None

    def _open(self) -> BinaryIO:
        if self._held is not None:
            return BytesIO(self._held)
        assert self._path is not None
        return self._path.open("rb")
