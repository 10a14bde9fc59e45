"""Which recording a new connection gets: by header, path and model, and in the order given. Pure."""

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import parse_qs, urlsplit

from rtdebug.replay.asked import is_model_of
from rtdebug.replay.steps import Script

HEADER: Final = "x-rtdebug-recording"
"""A request's header that names the recording it wants."""
QUERY: Final = "rtdebug"
"""The same in the query, for clients that cannot set headers."""


class Shelf:
    """Recordings, and how often each has been taken."""

    def __init__(self, scripts: Sequence[Script], *, loop: bool) -> None:
        self._scripts = list(scripts)
        self._taken = [0] * len(self._scripts)
        self._loop = loop

    def take(self, target: str, header: Callable[[str], str | None]) -> int | None:
        """Take a recording for a request; return which, None where none is left."""
        wanted = _wanted(target, header)
        fitting = [
            place
            for place, script in enumerate(self._scripts)
            if (self._loop or not self._taken[place]) and wanted in ("", script.name)
        ]
        if not fitting:
            return None
        found = min(fitting, key=lambda place: (-_closeness(self._scripts[place], target), self._taken[place], place))
        self._taken[found] += 1
        return found

    def put_back(self, place: int) -> None:
        """Take note that nothing was played of a recording that was taken."""
        self._taken[place] -= 1

    def lacks(self, target: str, header: Callable[[str], str | None]) -> str:
        """Return the name that a request asks for where no recording has it, else ""."""
        wanted = _wanted(target, header)
        return "" if wanted in {script.name for script in self._scripts} else wanted


def _wanted(target: str, header: Callable[[str], str | None]) -> str:
    query = parse_qs(urlsplit(target).query)
    return header(HEADER) or next(iter(query.get(QUERY, ())), "")


def _closeness(script: Script, target: str) -> int:
    """Say how well a recording answers a request: the model counts for more than the path."""
    return 2 * is_model_of(script, target) + (_path(script.target) == _path(target))


def _path(target: str) -> str:
    return target.partition("?")[0].rstrip("/")
