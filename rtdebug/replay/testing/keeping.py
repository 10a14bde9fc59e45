"""Recordings that a test has made, put in their places: whole, or not at all."""

import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rtdebug.errors import RecordingError
from rtdebug.recording.library import find, summarize
from rtdebug.recording.writer import EVENTS

_HTTP: Final = "http"


def is_there(place: Path) -> bool:
    """Say whether a recording, or several, are in a place."""
    return bool(find(place))


def keep(made: Path, places: Sequence[Path], *, overwrite: bool) -> None:
    """Put what was recorded in `made` in its places; raise RecordingError, and then all is as it was before.

    The calls go to the places in their order, to one place all of them; what plain HTTP was recorded goes with the
    first. Without `overwrite`, a recording that somebody else has put there meanwhile stays.
    """
    calls, http = _made(made)
    if not calls:
        raise RecordingError("nothing was recorded: no client connected. Does it read OPENAI_BASE_URL?")
    shares = [calls] if len(places) == 1 else [[call] for call in calls]
    if len(shares) != len(places):
        raise RecordingError(f"{len(places)} recordings are named, but {len(calls)} connections were made")
    check(places)
    for number, (place, share) in enumerate(zip(places, shares, strict=True)):
        _put(place, share, http if number == 0 else [], overwrite=overwrite)


def check(places: Sequence[Path]) -> None:
    """Raise RecordingError where no recording can be put: that is told before a call is made, and paid for."""
    for place in places:
        _check_replaceable(place)
        there = next(folder for folder in place.absolute().parents if folder.exists())
        if not there.is_dir() or not os.access(there, os.W_OK):
            raise RecordingError(f"{place}: the recording cannot be put there ({there} takes no files)")


def _made(made: Path) -> tuple[list[Path], list[Path]]:
    calls: list[Path] = []
    http: list[Path] = []
    for folder in find(made):
        (http if summarize(folder).header.carries == "http" else calls).append(folder)
    return calls, http


def _check_replaceable(place: Path) -> None:
    """Refuse to put away what is no recording of ours."""
    if not place.exists() or (place / EVENTS).is_file():
        return
    if not place.is_dir() or any(not (one.name.isdigit() or one.name == _HTTP) for one in place.iterdir()):
        raise RecordingError(f"{place}: holds more than a recording; nothing is overwritten. Choose another name.")


def _put(place: Path, calls: list[Path], http: list[Path], *, overwrite: bool) -> None:
    mark = f"{os.getpid()}-{secrets.token_hex(3)}"
    new, old = (place.with_name(f".{place.name}.{what}-{mark}") for what in ("new", "old"))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if len(calls) == 1 and not http:
            shutil.copytree(calls[0], new)
        else:
            named = [(str(number), call) for number, call in enumerate(calls, 1)] + [(_HTTP, one) for one in http]
            for name, folder in named:
                shutil.copytree(folder, new / name)
        _swap(new, place, old, overwrite=overwrite)
    except OSError as error:
        raise RecordingError(f"{place}: the recording cannot be put there ({error.strerror or error})") from None
    finally:
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)


def _swap(new: Path, place: Path, old: Path, *, overwrite: bool) -> None:
    if overwrite and place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists() and not place.exists():
            old.rename(place)
        if overwrite or not is_there(place):
            raise
