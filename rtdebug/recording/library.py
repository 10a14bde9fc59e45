"""A folder of recordings: names for new ones, and what each is in a line, without reading it whole."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rtdebug.clock import wall_text
from rtdebug.errors import RecordingError
from rtdebug.recording.format import BadLine, Entry, Header, read_entry, read_header
from rtdebug.recording.reader import is_live, open_events
from rtdebug.recording.writer import EVENTS

_GLANCE = 1 << 18
"""Bytes read from either end of a recording that has no last line."""
_TOTALS: dict[str, type] = {
    "session_id": str,
    "model": str,
    "messages": dict,
    "responses": dict,
    "errors": int,
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
    """The last line's counts, empty where there is none."""

    @property
    def messages(self) -> int | None:
        """Messages of both sides; None where the recording was cut off and was not counted."""
        counts = self.totals.get("messages")
        return sum(counts.values()) if isinstance(counts, dict) else None

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


def find(folder: Path) -> list[Path]:
    """Return the recordings in a folder (or the folder itself, if it is one), oldest first."""
    if (folder / EVENTS).is_file():
        return [folder]
    return sorted(path.parent for path in folder.glob(f"*/{EVENTS}"))


def summarize(folder: Path) -> Summary:
    """Look at both ends of a recording; raise RecordingError where it is none."""
    path = folder / EVENTS
    try:
        with open_events(folder) as file:
            header = read_header(file.readline(1 << 20), str(path))
            head = file.read(_GLANCE)
            size = file.seek(0, 2)
            file.seek(max(0, size - _GLANCE))
            tail = file.read(_GLANCE)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror}") from None
    last = _last_entry(tail)
    complete = last is not None and last.kind == "end"
    return Summary(
        folder,
        header,
        not complete and is_live(folder),
        last.at_ns if last else 0,
        last.seq if last else 1,
        complete,
        _totals(last.fields) if last is not None and complete else _model_in(head),
    )


def _totals(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Take from a last line what is of the type it should be."""
    kept: dict[str, Any] = {key: value for key, value in fields.items() if type(value) is _TOTALS.get(key)}
    for key in ("messages", "responses"):
        counts: Any = kept.get(key, {})
        if not all(type(number) is int for number in counts.values()):
            del kept[key]
    return kept


def _last_entry(tail: bytes) -> Entry | None:
    for line in reversed(tail.splitlines(keepends=True)):
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
