"""Logs written by hand, and what a recording made of one holds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rtdebug.imports.builder import Built, build
from rtdebug.imports.log import Log, logs
from rtdebug.imports.source import Source
from rtdebug.imports.survey import Survey, survey
from rtdebug.recording.format import Entry, Header
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.verify import verify

UPDATE = {"type": "session.update", "session": {"instructions": "Be brief."}}
CREATED = {"type": "session.created", "event_id": "event_1", "session": {"id": "sess_C9G5", "model": "gpt-realtime"}}
DONE = {"type": "response.done", "event_id": "event_2", "response": {"id": "resp_1", "status": "completed"}}
CALL = [("server", CREATED), ("client", UPDATE), ("server", DONE)]


def compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass
class Imported:
    """A log that became a recording."""

    survey: Survey
    built: Built
    header: Header
    entries: list[Entry]
    said: list[tuple[str | None, bytes]]

    @property
    def senders(self) -> str:
        """Who spoke, a letter a message."""
        return "".join((sender or "?")[0] for sender, _ in self.said)

    @property
    def events(self) -> list[Any]:
        return [json.loads(text) for _, text in self.said]

    @property
    def times(self) -> list[int]:
        """Milliseconds of each message."""
        return [entry.at_ns // 1_000_000 for entry in self.entries if entry.kind == "message"]

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [{"from": entry.sender, **entry.fields} for entry in self.entries if entry.kind == kind]


def import_log(log: Log, out: Path, secrets: tuple[str, ...] = (), *, found: Survey | None = None) -> Imported:
    found = found or survey(log)
    built = build(log, found, out, secrets)
    verdict = verify(built.folder)
    assert verdict.clean, verdict.problems
    with RecordingReader(built.folder) as reader:
        entries = list(reader.entries())
        said = [(entry.sender, reader.message(entry)) for entry in entries if entry.kind == "message"]
        return Imported(found, built, reader.header, entries, said)


def import_bytes(data: bytes, folder: Path, name: str = "call.log") -> Imported:
    (folder / name).write_bytes(data)
    [log] = logs(Source(folder / name))
    return import_log(log, folder / "recordings")


def import_lines(lines: Sequence[object], folder: Path) -> Imported:
    """Import lines: text as it is, anything else as JSON."""
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    return import_bytes("".join(text + "\n" for text in texts).encode(), folder)
