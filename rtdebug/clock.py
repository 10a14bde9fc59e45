"""The time that recordings and timetables go by: monotonic nanoseconds with a single wall-clock anchor.

What only waits, rests or keeps to a budget asks `time` itself.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """Nanoseconds since it was made, and the wall-clock moment that was."""

    started_ns: int = field(default_factory=time.time_ns)
    """Wall clock at zero, nanoseconds since the Unix epoch."""
    _zero: int = field(default_factory=time.monotonic_ns)

    def now_ns(self) -> int:
        """Return nanoseconds since the clock was made; never goes back."""
        return time.monotonic_ns() - self._zero


def wall_text(epoch_ns: int) -> str:
    """Write a wall-clock instant as `2026-11-20T09:15:02.417Z`."""
    moment = datetime.fromtimestamp(epoch_ns // 1_000_000 / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
