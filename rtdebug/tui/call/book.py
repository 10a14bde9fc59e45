"""One recording of a folder: what is known of it, as far as it has been looked at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from rtdebug.recording.library import Summary
from rtdebug.tui.call.facts import Facts
from rtdebug.tui.call.verdict import Verdict
from rtdebug.units import statuses

_STAMP: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d)-(\d\d)-(\d\d)")

Version = tuple[int, int, int]
"""Inode, size and time of change of a file: while it is the same, so is what it holds."""


@dataclass(frozen=True, slots=True)
class Book:
    """One recording of the folder, as far as it has been looked at."""

    path: Path
    name: str
    """The way to it from the folder that is listed: not harmless."""
    version: Version = (0, 0, 0)
    summary: Summary | None = None
    """None while it has not been looked at, or where it cannot be read."""
    problem: str = ""
    """Why it cannot be read."""
    facts: Facts | None = None
    """None while it has not been read."""
    read: Version | None = None
    """What was read."""
    verdict: Verdict | None = None
    """None while this version of it has not been diagnosed."""
    started_ns: int = 0
    """When it began, by the wall clock; 0 where nobody knows."""

    @property
    def live(self) -> bool:
        """It is being written at this moment."""
        return self.summary is not None and self.summary.live

    @property
    def may_be_judged(self) -> bool:
        """It has ended and been read: what is still being written would be judged for what is yet to come."""
        return self.summary is not None and not self.summary.live and self.facts is not None and not self.problem

    @property
    def age(self) -> int:
        """What the newest have most of: when it began, or else when it was written."""
        return self.started_ns or self.version[2]

    @property
    def ending(self) -> str:
        """How it ended, "" while nobody knows: not harmless."""
        return self.summary.ending if self.summary is not None else ""

    @property
    def model(self) -> str:
        """The model, "" where nothing names it: not harmless."""
        found = self.facts.model if self.facts is not None else ""
        return found or (self.summary.model if self.summary is not None else "")

    @property
    def dialect(self) -> str:
        """The dialect, "" while nobody knows."""
        return self.facts.dialect if self.facts is not None else ""

    @property
    def price(self) -> Decimal | None:
        """USD, None where it is not known."""
        return self.facts.price if self.facts is not None else None

    @property
    def responses(self) -> Mapping[str, int]:
        """Responses by status: as its last line says, or as reading it found."""
        told = self.summary.totals.get("responses") if self.summary is not None and self.summary.complete else None
        if isinstance(told, dict):
            return told
        return self.facts.responses if self.facts is not None else {}

    @property
    def errors(self) -> int:
        """How many `error` events it has."""
        return self._counted("errors", self.facts.errors if self.facts is not None else 0)

    @property
    def gaps(self) -> int:
        """How often the recorder had to leave something out."""
        return self._counted("gaps", self.facts.gaps if self.facts is not None else 0)

    def _counted(self, what: str, read: int) -> int:
        told = self.summary.totals.get(what) if self.summary is not None else None
        return told if type(told) is int else read

    def took_ns(self, now_ns: int) -> int | None:
        """Say how long it is; what is live goes on by the wall clock. None where it has no times."""
        summary = self.summary
        if summary is None or "times" in summary.header.lacks:
            return None
        if summary.live and summary.header.started_ns:
            return max(summary.duration_ns, now_ns - summary.header.started_ns)
        return summary.duration_ns

    def words(self) -> str:
        """Return everything that a filter looks in, in small letters."""
        parts = [self.name, self.model, self.ending, self.dialect, self.problem, statuses(self.responses)]
        parts += [self.verdict.words] if self.verdict is not None else []
        return " ".join(parts).lower()


def told_by(name: str) -> int:
    """Read the time that a recording's name begins with, ns since the Unix epoch; 0 where it begins otherwise."""
    found = _STAMP.match(name)
    if found is None:
        return 0
    try:
        year, month, day, hour, minute, second = map(int, found.groups())
        return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()) * 1_000_000_000
    except (ValueError, OverflowError):
        return 0
