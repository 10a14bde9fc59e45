"""Spells of trouble with the disk: told when one begins and when it is over, and not in between."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

SPELL_SECONDS: Final = 10.0
"""Trouble that comes back within this time is the same trouble: a nearly full disk takes a line now and then."""


class Spells:
    """Knows whether recordings can be written, and tells what changes. Lives in the event loop."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, on_begin: Callable[[str], None], on_end: Callable[[], None]
    ) -> None:
        self._loop, self._on_begin, self._on_end = loop, on_begin, on_end
        self._failed_at = float("-inf")
        self.is_open = False
        """Trouble was told, and no end of it."""
        self._timer: asyncio.TimerHandle | None = None
        self.failing = False
        """The last attempt to write failed."""

    def failed(self, what: str) -> None:
        """Take note of an attempt that failed, and why."""
        is_news = not self.is_open
        self.failing, self._failed_at, self.is_open = True, time.monotonic(), True
        if is_news:
            self._on_begin(what)

    def worked(self, *, is_proof: bool) -> None:
        """Take note of an attempt that did not fail; a recording's last line is proof enough that the spell is over."""
        self.failing = False
        if self.is_open and (is_proof or self._rest() <= 0):
            self._end()
        elif self.is_open and self._timer is None:
            self._timer = self._loop.call_later(self._rest(), self._look)

    def close(self) -> None:
        """Tell nothing more of its own accord."""
        if self._timer is not None:
            self._timer.cancel()

    def _rest(self) -> float:
        return self._failed_at + SPELL_SECONDS - time.monotonic()

    def _look(self) -> None:
        """See, a while after an attempt that worked, whether others have failed since."""
        self._timer = None
        if not self.failing:
            self.worked(is_proof=False)

    def _end(self) -> None:
        self.is_open, self._failed_at = False, float("-inf")
        self._on_end()
