"""Recordings that a test has made, put in their places: whole, or not at all."""

import os
import secrets
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from rtdebug.errors import RecordingError
from rtdebug.recording.library import find, summarize
from rtdebug.recording.writer import EVENTS

_HTTP: Final = "http"
_ONE: Final = "on macOS and Windows the two are one. Give one another name"


def is_there(place: Path) -> bool:
    """Say whether a recording, or several, are in a place."""
    return bool(find(place))


def keep(made: Path, places: Sequence[Path], *, overwrite: bool, within: Path | None = None) -> None:
    """Put what was recorded in `made` in its places; raise RecordingError, and then all is as it was before.

    The calls go to the places in their order, to one place all of them; what plain HTTP was recorded goes with the
    first. Without `overwrite`, a recording that somebody else has put there meanwhile stays. `within`: as in
    `check_case`.
    """
    calls, http = _made(made)
    if not calls:
        raise RecordingError("nothing was recorded: no client connected. Does it read OPENAI_BASE_URL?")
    shares = [calls] if len(places) == 1 else [[call] for call in calls]
    if len(shares) != len(places):
        raise RecordingError(f"{len(places)} recordings are named, but {len(calls)} connections were made")
    check(places, within)
    _put_all([_Put(*what, [] if at else http) for at, what in enumerate(zip(places, shares, strict=True))], overwrite)


def _put_all(puts: "Sequence[_Put]", overwrite: bool) -> None:
    try:
        for put in puts:
            put.stage()
        for put in puts:
            put.swap(overwrite=overwrite)
    except BaseException as error:
        troubles = [trouble for put in reversed(puts) if (trouble := put.undo())]
        for put in puts:
            put.clear()
        if troubles:
            raise RecordingError("; ".join([str(error), *troubles])) from error
        raise
    for put in puts:
        put.finish()
        put.clear()


def check(places: Sequence[Path], within: Path | None = None) -> None:
    """Raise RecordingError where no recording can be put: that is told before a call is made, and paid for."""
    check_case(places, within)
    for place in places:
        _check_apart(place, places)
        _check_replaceable(place)
        there = next(folder for folder in place.absolute().parents if folder.exists())
        if not there.is_dir() or not os.access(there, os.W_OK):
            raise RecordingError(f"{place}: the recording cannot be put there ({there} takes no files)")


def check_case(places: Sequence[Path], within: Path | None = None) -> None:
    """Raise RecordingError for names that differ in the cases of their letters: many disks hold but one of them.

    They are held against each other and against what is there, with the folders between `within` and the recording.
    """
    spelled: dict[str, Path] = {}
    for place in places:
        for path in _below(place, within):
            other = spelled.setdefault(str(path).casefold(), path)
            if str(other) != str(path):
                raise RecordingError(f"recordings {_shown(other)} and {_shown(path)}: {_ONE}")
            if there := _in_other_case(path):
                raise RecordingError(
                    f"no recording {_shown(place)}, but there is {_shown(there)}: {_ONE} (by the marker, or the "
                    "parameter's id), or delete what is there if no test uses it any more"
                )


def _below(place: Path, within: Path | None) -> list[Path]:
    """Return a place and the folders that lead to it from `within`; the place alone where it is elsewhere."""
    parents = list(place.parents)
    return [place, *(parents[: parents.index(within)] if within in parents else [])]


def _in_other_case(path: Path) -> Path | None:
    try:
        names = [one.name for one in path.parent.iterdir()]
    except OSError:
        return None
    if path.name in names:
        return None
    return next((path.with_name(name) for name in names if name.casefold() == path.name.casefold()), None)


def _shown(path: Path) -> str:
    return os.path.relpath(path)


def _made(made: Path) -> tuple[list[Path], list[Path]]:
    calls: list[Path] = []
    http: list[Path] = []
    for folder in find(made):
        (http if summarize(folder).header.carries == "http" else calls).append(folder)
    return calls, http


def _check_apart(place: Path, places: Sequence[Path]) -> None:
    """Refuse places that would hold each other's recordings, or but the last of them."""
    if [one.resolve() for one in places].count(place.resolve()) > 1:
        raise RecordingError(
            f"{_shown(place)}: is named twice, but can hold one of the two calls only. Name it once (it takes all "
            "connections of a test), or give each a name of its own"
        )
    for other in places:
        if other.absolute() in place.absolute().parents:
            raise RecordingError(f"{place}: is within {other}, which is a recording too. Choose another name.")


def _check_replaceable(place: Path) -> None:
    """Refuse to put away what is no recording of ours."""
    if not place.exists() or (place / EVENTS).is_file():
        return
    if not place.is_dir() or any(not (one.name.isdigit() or one.name == _HTTP) for one in place.iterdir()):
        raise RecordingError(f"{place}: holds more than a recording; nothing is overwritten. Choose another name.")


class _Put:
    """What goes to one place: first written beside it, then swapped for what is there."""

    def __init__(self, place: Path, calls: list[Path], http: list[Path]) -> None:
        mark = f"{os.getpid()}-{secrets.token_hex(3)}"
        self._place = place
        self._new, self._old = (place.with_name(f".{place.name}.{what}-{mark}") for what in ("new", "old"))
        self._calls = calls
        self._http = http
        self._folders: list[Path] = []
        """Folders that were made for it, the deepest first."""
        self._is_emptied = self._is_filled = False
        """What was there is beside the place; what is new is in it."""

    def stage(self) -> None:
        """Write all of it beside its place; raise RecordingError."""
        try:
            self._folders = [folder for folder in self._place.absolute().parents if not folder.exists()]
            self._place.parent.mkdir(parents=True, exist_ok=True)
            if len(self._calls) == 1 and not self._http:
                shutil.copytree(self._calls[0], self._new)
                return
            named = [(str(number), call) for number, call in enumerate(self._calls, 1)]
            for name, folder in [*named, *((_HTTP, one) for one in self._http)]:
                shutil.copytree(folder, self._new / name)
        except OSError as error:
            raise self._refused(error) from None

    def swap(self, *, overwrite: bool) -> None:
        """Put it in its place, and what was there beside it; raise RecordingError."""
        try:
            if overwrite and self._place.exists():
                self._place.rename(self._old)
                self._is_emptied = True
            self._new.rename(self._place)
            self._is_filled = True
        except OSError as error:
            if overwrite or not is_there(self._place):
                raise self._refused(error) from None

    def undo(self) -> str:
        """Put back what was there; return what went wrong with that, "" where nothing did."""
        try:
            if self._is_filled:
                self._place.rename(self._new)
            if self._is_emptied:
                self._old.rename(self._place)
        except OSError as error:
            where = f"what was there is in {self._old}" if self._is_emptied else "nothing was there"
            return f"{self._place}: cannot be put back as it was ({error.strerror or error}); {where}"
        return ""

    def finish(self) -> None:
        """Give up what was there."""
        shutil.rmtree(self._old, ignore_errors=True)

    def clear(self) -> None:
        """Clear away what was made on the way."""
        shutil.rmtree(self._new, ignore_errors=True)
        for folder in self._folders:
            with suppress(OSError):  # a recording is in it
                folder.rmdir()

    def _refused(self, error: OSError) -> RecordingError:
        return RecordingError(f"{self._place}: the recording cannot be put there ({error.strerror or error})")
