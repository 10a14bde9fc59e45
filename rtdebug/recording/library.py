"""A folder of recordings: names for new ones, and what each is in a line, without reading it whole."""

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from rtdebug.clock import wall_text
from rtdebug.errors import RecordingError
from rtdebug.recording.counting import Counted, count_messages
from rtdebug.recording.format import BadLine, Entry, Header, read_entry, read_header
from rtdebug.recording.reader import is_live, open_events
from rtdebug.recording.writer import EVENTS

_GLANCE = 1 << 18
"""Bytes read from either end of a recording that has no last line."""
_LONG_GLANCE = 1 << 22
"""Bytes read from its end where no line of it fits into the other."""
_DEEPEST: Final = 8
"""Folders down to a recording, its own with them: `tests/recordings/module/test/2` is five below `.`"""
_TOTALS: dict[str, type] = {
    "session_id": str,
    "model": str,
    "messages": dict,
    "responses": dict,
    "errors": int,
    "exchanges": int,
    "gaps": int,
    "ending": str,
}
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]")


def folder_name(started_ns: int, name: str = "") -> str:
    """Make a recording's name out of the time (0 where it is not known) and an id; nothing of it leaves the folder."""
    tidy = _NOT_IN_A_NAME.sub("", name)[:40].strip("-_") or secrets.token_hex(3)
    return f"{wall_text(started_ns).replace(':', '-')}_{tidy}" if started_ns else tidy


@dataclass(frozen=True, slots=True)
class Summary:
    """A recording at a glance."""

    folder: Path
    header: Header
    live: bool
    duration_ns: int
    entries: int
    complete: bool
    """It has its last line."""
    totals: Mapping[str, Any] = field(default_factory=dict)
    """The last line's counts. Of a recording without one, the model and the session's id where they are found."""
    counted: Counted | None = None
    """The messages of a recording without a last line."""

    @property
    def messages(self) -> int | None:
        """Messages of both sides; None where the last line does not tell."""
        counts = self.totals.get("messages")
        if isinstance(counts, dict):
            return sum(counts.values())
        return self.counted.messages if self.counted is not None else None

    @property
    def is_estimate(self) -> bool:
        """Say whether `messages` is but an estimate: the recording is large, and has no last line."""
        return self.counted is not None and not self.counted.exact

    @property
    def responses(self) -> Mapping[str, int] | None:
        """Responses by status; None where nobody has counted them."""
        counts = self.totals.get("responses")
        return counts if isinstance(counts, dict) else None

    @property
    def model(self) -> str:
        """The model, as the session or else the URL names it."""
        named = self.totals.get("model")
        if isinstance(named, str) and named:
            return named
        found = re.search(r"[?&](?:model|deployment)=([^&]+)", self.header.target)
        return found[1] if found else ""

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        if self.live:
            return "live"
        if not self.complete:
            return "cut off"
        return str(self.totals.get("ending") or "ended")


def is_recording(path: Path) -> bool:
    """Say whether a path names a recording: its folder, or its entries."""
    return path.name == EVENTS or (path / EVENTS).is_file()


def find(path: Path) -> list[Path]:
    """Return the recordings that a path names: itself, or those below a folder by name, and so the oldest first."""
    if path.is_file():
        return [path.parent if path.name == EVENTS else path]
    return sorted(below for below, status in look_through(path) if status is not None)


def name_in(folder: Path, path: Path) -> str:
    """Name a recording in a list of those below a folder: the way to it from there. Not harmless."""
    return str(path.relative_to(folder)) if folder in path.parents else path.name or path.resolve().name


def look_through(folder: Path, *, deepest: int = _DEEPEST) -> Iterator[tuple[Path, os.stat_result | None]]:
    """Yield each folder below, with the status of its entries' file; None says that it is no recording.

    A recording has none within. Hidden folders are left out: what is being made is in such. A link to a recording
    counts, one to a folder of them does not. What cannot be looked at is passed over.
    """
    try:
        status = os.stat(f"{folder}/{EVENTS}")  # noqa: PTH116 - five times as fast
    except (OSError, ValueError):
        status = None
    yield folder, status
    if status is None and deepest:
        for below, is_link in _folders(folder):
            yield from look_through(below, deepest=0 if is_link else deepest - 1)


def _folders(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the folders in a folder, and whether each is a link."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith(".") and entry.is_dir():
                    yield folder / entry.name, entry.is_symlink()
    except OSError:
        return


def summarize(folder: Path) -> Summary:
    """Look at both ends of a recording; raise RecordingError where it is none."""
    path = folder / EVENTS
    try:
        with open_events(folder) as file:
            header = read_header(file.readline(1 << 20), str(path))
            head = file.read(_GLANCE)
            size = file.seek(0, 2)
            last = _last_entry(file, size)
            complete = last is not None and last.kind == "end"
            counted = None if complete else count_messages(file, size, last.seq if last else 1)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror}") from None
    return Summary(
        folder,
        header,
        not complete and is_live(folder),
        last.at_ns if last else 0,
        last.seq if last else 1,
        complete,
        _totals(last.fields) if last is not None and complete else _model_in(head),
        counted,
    )


def _totals(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Take from a last line what is of the type it should be."""
    kept: dict[str, Any] = {key: value for key, value in fields.items() if type(value) is _TOTALS.get(key)}
    for key in ("messages", "responses"):
        counts: Any = kept.get(key, {})
        if not all(type(number) is int for number in counts.values()):
            del kept[key]
    return kept


def _last_entry(file: BinaryIO, size: int) -> Entry | None:
    """Read the last whole line, None where there is none near the end."""
    for glance in (_GLANCE, _LONG_GLANCE):
        file.seek(max(0, size - glance))
        for line in reversed(file.read(glance).splitlines(keepends=True)):
            if line.endswith(b"\n"):
                try:
                    return read_entry(line[:-1])
                except BadLine:
                    continue
    return None


def _model_in(head: bytes) -> dict[str, Any]:
    """Find the session's name and model near the beginning of a recording without an end."""
    found = {}
    for key, pattern in (("model", rb'"model":\s*"([^"\\]+)"'), ("session_id", rb'"id":\s*"(sess_[^"\\]+)"')):
        match = re.search(pattern, head)
        if match:
            found[key] = match[1].decode("utf-8", "replace")
    return found
