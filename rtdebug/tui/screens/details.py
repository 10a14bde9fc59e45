"""The views beside the events: filled when the cursor rests, and when there is more to say."""

import time
from collections.abc import Callable, Mapping
from typing import Final

from textual.screen import Screen
from textual.timer import Timer

from rtdebug.tui.call.call import Call
from rtdebug.tui.screens import views
from rtdebug.tui.widgets.json import JsonView
from rtdebug.tui.widgets.page import PageView

_REST: Final = 0.04
_LONGEST_UNREST: Final = 0.25
"""Seconds that a cursor stands still before what is under it is shown, and after which that is shown anyway."""


class Details:
    """Shows what is under the cursor: its JSON, its response, and the pages about the whole call."""

    def __init__(
        self,
        screen: Screen[None],
        call: Call,
        at: Callable[[], int],
        json: JsonView,
        pages: Mapping[str, PageView],
    ) -> None:
        """Show in these views what is at the entry that `at` tells."""
        self._screen, self._call, self._at = screen, call, at
        self._json, self._pages = json, pages
        self._version = 0
        self._timer: Timer | None = None
        self._moved_at = 0.0
        """When the cursor began to move that has not rested since."""

    def grew(self) -> None:
        """Take in that there is more of the call: pages are made anew when they are shown next."""
        self._version += 1

    def soon(self) -> None:
        """Show what is under the cursor when it rests: a key that is held down does not wait for it."""
        now = time.monotonic()
        if self._timer is None:
            self._timer, self._moved_at = self._screen.set_timer(_REST, self.show), now
        elif now - self._moved_at < _LONGEST_UNREST:
            self._timer.reset()

    def show(self) -> None:
        """Show what is under the cursor in the views that are seen."""
        self._timer = None
        if self._json.display:
            self._json.show(self._at() if len(self._call.journal) else None)
        for name, page in self._pages.items():
            page.remake(views.about(name, self._call, self._at(), self._version), keep=name != "response")
