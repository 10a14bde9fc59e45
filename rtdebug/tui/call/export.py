"""What is seen, taken along: an entry as text, and a choice of entries as a file."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rtdebug.recording.plain import as_json
from rtdebug.recording.reader import Lost
from rtdebug.reports.flat import written
from rtdebug.tui.call.call import Call


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of a choice of entries."""

    messages: int
    others: int
    """Entries that are no messages: they are left out."""
    lost: int
    """Messages that cannot be rebuilt."""


def export(call: Call, indexes: Iterable[int], path: Path) -> Exported:
    """Write messages as `rtdebug cat --json` does; raise OSError, FileExistsError where the file is there.

    The file has its name only when it is whole: what fails on the way leaves nothing behind.
    """
    if path.exists():
        raise FileExistsError(f"{path} exists")
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        told = _write(call, indexes, beside)
        os.link(beside, path)
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()
    return told


def free_name(folder: Path, recording: str) -> Path:
    """Name a file for events of a recording that is not there yet."""
    names = (folder / f"{recording}{number}.jsonl" for number in ("", *(f"-{count}" for count in range(2, 10_000))))
    return next(path for path in names if not path.exists())


def _write(call: Call, indexes: Iterable[int], path: Path) -> Exported:
    messages = others = lost = 0
    with path.open("xb") as file:
        for index in indexes:
            try:
                entry = call.entry(index)
                message = call.reader.message(entry) if entry.kind == "message" else None
            except Lost:
                lost += 1
                continue
            if message is None:
                others += 1
                continue
            file.write(as_json(entry.seq, entry.at_ns, entry.sender or "", message) + b"\n")
            messages += 1
    return Exported(messages, others, lost)


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
