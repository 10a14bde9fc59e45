"""What is seen, taken along: an entry as text, and a choice of entries as a file."""

import errno
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rtdebug.recording.plain import as_json
from rtdebug.recording.reader import Lost
from rtdebug.reports.flat import written
from rtdebug.tui.call.call import Call
from rtdebug.tui.call.columns import Numbers


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of a choice of entries."""

    messages: int
    others: int
    """Entries that are no messages: they are left out."""
    lost: int
    """Messages that cannot be rebuilt."""


class Export:
    """Messages on their way into a file, as `rtdebug cat --json` writes them: begun, and gone on with in small steps.

    The file has its name only when it is whole: what fails, or is left on the way, leaves nothing behind.
    """

    def __init__(self, call: Call, indexes: Sequence[int] | Numbers, path: Path) -> None:
        """Begin with none of them; raise OSError, FileExistsError where the file is there."""
        if path.exists():
            raise FileExistsError(errno.EEXIST, "it is there already", str(path))
        self.path = path
        self._call, self._indexes = call, indexes
        self._beside = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._file = self._beside.open("xb")
        self._done = self._messages = self._others = self._lost = 0

    def __enter__(self) -> "Export":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def told(self) -> Exported:
        """What became of those that were done."""
        return Exported(self._messages, self._others, self._lost)

    @property
    def progress(self) -> float:
        """How much is done, 0 to 1."""
        return self._done / max(1, len(self._indexes))

    def step(self, budget_ns: int) -> bool:
        """Go on for about so long; say whether anything is left to do. Raise OSError."""
        until = time.perf_counter_ns() + budget_ns
        while self._done < len(self._indexes):
            self._write(int(self._indexes[self._done]))
            self._done += 1
            if time.perf_counter_ns() >= until:
                return True
        self._file.close()
        _name(self._beside, self.path)
        return False

    def close(self) -> None:
        """Take away what is not whole."""
        self._file.close()
        self._beside.unlink(missing_ok=True)

    def _write(self, index: int) -> None:
        try:
            entry = self._call.entry(index)
            message = self._call.reader.message(entry) if entry.kind == "message" else None
        except Lost:
            self._lost += 1
            return
        if message is None:
            self._others += 1
            return
        self._file.write(as_json(entry.seq, entry.at_ns, entry.sender or "", message) + b"\n")
        self._messages += 1


def _name(beside: Path, path: Path) -> None:
    """Give a file its name, never over another; not every file system has links."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise
        beside.rename(path)


def free_name(folder: Path, recording: str) -> Path:
    """Name a file for events of a recording that is not there yet."""
    names = (folder / f"{recording}{number}.jsonl" for number in ("", *(f"-{count}" for count in range(2, 10_000))))
    return next(path for path in names if not path.exists())


def kept(call: Call, index: int) -> str:
    """Write an entry as it is kept, its audio left out; raise Lost."""
    entry = call.entry(index)
    return entry.text.decode("utf-8", "replace") if entry.text is not None else written(entry.fields)


def whole(call: Call, index: int) -> str:
    """Write an entry as it was on the wire, with its audio; raise Lost."""
    entry = call.entry(index)
    if entry.kind != "message":
        return written(entry.fields)
    return call.reader.message(entry).decode("utf-8", "replace")
