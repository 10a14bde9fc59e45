"""What is listed, written to a file a little at a time, so that keys are answered meanwhile."""

import asyncio
from pathlib import Path
from typing import Final

from textual.screen import Screen

from rtdebug.tui.call.call import Call
from rtdebug.tui.call.columns import Numbers
from rtdebug.tui.call.export import Export, free_name
from rtdebug.tui.cells import tame
from rtdebug.units import count

_STEP_NS: Final = 3_000_000
"""How long writing may keep a key waiting."""
_MANY: Final = 5000
"""Events from which on it takes long enough to be announced."""


class Writing:
    """Writes a call's events, one choice of them at a time, and tells on a screen what comes of it."""

    def __init__(self, screen: Screen[None], call: Call) -> None:
        self._screen, self._call = screen, call
        self._export: Export | None = None

    def start(self, indexes: Numbers) -> None:
        """Write entries to a new file in the working folder; while that is done, say how far it is."""
        if self._export is not None:
            self._tell(f"{self._export.path.name}: {self._export.progress * 100:.0f} % written so far")
        else:
            self._screen.run_worker(self._write(indexes), name="write")

    async def _write(self, indexes: Numbers) -> None:
        what = "the working folder"
        try:
            path = free_name(Path.cwd(), self._call.path.resolve().name)
            what = str(path)
            with Export(self._call, indexes, path) as self._export:
                if len(indexes) >= _MANY:
                    self._tell(f"{count(len(indexes), 'event')} to {path.name}; w says how far it is", "writing")
                while self._export.step(_STEP_NS):  # noqa: ASYNC110 - the step is the work
                    await asyncio.sleep(0)
                told = self._export.told
        except OSError as error:
            self._tell(f"{what}: {error.strerror or error}", "not written", is_bad=True)
            return
        finally:
            self._export = None
        lost = f", {told.lost} could not be rebuilt" if told.lost else ""
        self._tell(f"{count(told.messages, 'event')} in {what}{lost}", "written")

    def _tell(self, words: str, title: str = "", *, is_bad: bool = False) -> None:
        self._screen.notify(tame(words), title=title, severity="error" if is_bad else "information", markup=False)
