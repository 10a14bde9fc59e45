"""The inspector: its themes, and which screen is shown."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.screen import Screen

from rtdebug.errors import RtdebugError
from rtdebug.recording.library import is_recording
from rtdebug.tui.call.call import Call
from rtdebug.tui.cells import tame
from rtdebug.tui.screens.help import HelpScreen
from rtdebug.tui.screens.recordings import RecordingsScreen
from rtdebug.tui.screens.session import SessionScreen
from rtdebug.tui.themes import DARK, THEMES
from rtdebug.tui.widgets.messages import Open


class Inspector(App[None]):
    """Shows a folder of recordings, or one recording."""

    TITLE = "rtdebug"
    BINDINGS = [
        Binding("question_mark,f1", "help", "Help"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True, system=True),
        Binding("ctrl+z", "suspend_process", "Back to the shell; fg returns", show=False),
        Binding("ctrl+t", "switch", "Dark or light", show=False),
    ]

    def __init__(
        self,
        path: Path,
        *,
        theme: str = "",
        says: Iterable[str] = (),
        notice: str = "",
        wall_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """Show what is at a path; raise RecordingError where it is a recording that cannot be opened.

        `says` is what there is to tell at the beginning, `notice` what the list goes on telling.
        """
        super().__init__()
        self._says = list(says)
        self._list = RecordingsScreen(path, wall_ns=wall_ns, notice=notice)
        self._call = Call(path) if is_recording(path) else None
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme or DARK.name

    def on_mount(self) -> None:
        """Show the first screen."""
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self.exit, None, 128 + number)
        if self._call is not None:
            self.push_screen(SessionScreen(self._call))
        else:
            self.push_screen(self._list)
        for words in self._says:
            self.tell(words)

    def on_open(self, message: Open) -> None:
        """Show a recording above the list."""
        try:
            self.push_screen(SessionScreen(Call(message.path)))
        except RtdebugError as error:
            self.notify(tame(str(error)), severity="error", markup=False)

    def tell(self, words: str) -> None:
        """Show a line of talk for a moment."""
        self.notify(tame(words), markup=False)

    def warn(self, words: str) -> None:
        """Show a line of talk that must not be missed: for long, and on the list for good."""
        self.notify(tame(words), severity="error", timeout=60, markup=False)
        self._list.show_notice(words, "bad")

    def action_help(self) -> None:
        """Show all keys."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_suspend_process(self) -> None:
        """Give way to the shell; not below another program (`uv run`), which would wait with a dead terminal."""
        if os.getpgrp() == os.getpid():
            super().action_suspend_process()
        else:
            self.notify("^z works where the shell itself began rtdebug", timeout=3)

    def action_switch(self) -> None:
        """Go from dark to light, or back."""
        self.theme = THEMES[self.current_theme.dark].name

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every key of the screen in the command palette."""
        for active in screen.active_bindings.values():
            binding = active.binding
            if active.enabled and binding.description and not binding.system:
                run = partial(self.run_action, binding.action, active.node)
                yield SystemCommand(binding.description, f"key {binding.key}", run)
        yield from super().get_system_commands(screen)
