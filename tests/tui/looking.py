"""Looking at screens in tests: the text of every cell, compared with files that a person can read."""

import os
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from rtdebug.tui.app import Inspector
from rtdebug.tui.screens.recordings import RecordingsScreen
from rtdebug.tui.screens.session import SessionScreen
from rtdebug.tui.widgets.events import EventList
from rtdebug.tui.widgets.timeline import Timeline

GOLDEN = Path(__file__).parent / "golden"
SAMPLES = Path(__file__).parents[2] / "recordings"
_PRICE = re.compile(r"\$\d[\d.]*")
UPDATE = "RTDEBUG_UPDATE_GOLDEN"
"""Set in the environment, screens are written instead of compared."""


def shown(app: Inspector) -> str:
    """Return what is on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips) + "\n"


async def settled(pilot: Pilot[None]) -> str:
    """Wait until all is read and drawn; return what is on the screen."""
    app = pilot.app
    assert isinstance(app, Inspector)
    before, same = "", 0
    for _ in range(1000):
        await pilot.pause(0.02)
        now = shown(app)
        same = same + 1 if now == before and _is_read(app) else 0
        if same == 3:
            return now
        before = now
    raise AssertionError(f"the screen never came to rest:\n{before}")


def _is_read(app: Inspector) -> bool:
    for screen in app.screen_stack:
        if isinstance(screen, SessionScreen):
            timeline, listed = screen.query_one(Timeline), screen.query_one(EventList)
            is_busy = timeline._timer is not None or listed._is_called or screen.details._timer is not None
            return screen.call.caught_up and not is_busy and (screen.call.live or screen.call.diagnosis is not None)
        if isinstance(screen, RecordingsScreen) and screen is app.screen:
            return not screen.shelf.busy and not screen.examiner.busy
    return True


@asynccontextmanager
async def looking(path: Path, size: tuple[int, int], keys: Sequence[str] = ()) -> AsyncIterator[Pilot[None]]:
    """Run the inspector on a path, all read, some keys pressed; a text after "=" is typed."""
    app = Inspector(path, wall_ns=lambda: 1_795_165_200_000_000_000)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for key in keys:
            await pilot.press(*(key[1:] if key.startswith("=") else (key,)))
            await settled(pilot)
        yield pilot


def check(name: str, text: str) -> None:
    """Compare a screen with the file of its name; prices depend on the price list that is installed."""
    text = _PRICE.sub(lambda found: "#" * len(found[0]), text)
    path = GOLDEN / f"{name}.txt"
    if os.environ.get(UPDATE):
        path.write_text(text)
    assert path.exists(), f"{path.name} is not there: run the test with {UPDATE}=1, and look at what it wrote"
    assert text == path.read_text(), f"{name} looks different: {UPDATE}=1 writes what it is now"
