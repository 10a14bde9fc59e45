"""Whether a test plays its recordings or makes them, by the mode and by what is there."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from rtdebug.errors import RecordingError
from rtdebug.replay.testing.making import Making
from rtdebug.replay.testing.modes import Mode
from rtdebug.replay.testing.placing import check_case, is_there
from rtdebug.replay.testing.playing import Playing
from rtdebug.replay.testing.wish import Wish


def chosen(
    places: Sequence[Path],
    wish: Wish,
    mode: Mode,
    *,
    upstream: str,
    out: Path,
    command: Callable[[Mode], str],
    within: Path | None = None,
) -> Playing | Making:
    """Return who stands at the other end of a test's clients; raise RecordingError or UsageError.

    `command` tells how this test is run in a mode, `within` is the folder of all recordings. A test with faults makes
    no recording: it is another call with them.
    """
    check_case(places, within)
    missing = [place for place in places if not is_there(place)]
    if wish.faults or mode == "none" or (mode == "once" and not missing):
        if missing:
            other = "a test with faults makes none: record it with one that has none"
            how = other if wish.faults and mode != "none" else f"this makes it: {command('once')}"
            raise RecordingError(f"no recording {_shown(missing[0])}; {how}")
        return Playing(places, wish, out)
    if mode == "once" and len(missing) < len(places):
        there = next(place for place in places if place not in missing)
        raise RecordingError(
            f"no recording {_shown(missing[0])}, but there is {_shown(there)}; make them together: {command('all')}"
        )
    return Making(places, upstream, out, overwrite=mode == "all", within=within)


def _shown(path: Path) -> str:
    return os.path.relpath(path)
