"""How commands are told which recordings they are for: a path, a folder of them, or a part of a name.

A path that exists is always taken as one. Nothing is read but names and, to pass over plain HTTP, first lines.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import rich_click as click
from click.shell_completion import CompletionItem

from rtdebug.cli.common import RECORDINGS, leads_nowhere, say
from rtdebug.cli.paths import PathOf
from rtdebug.errors import RecordingError, UsageError

OUT = "RTDEBUG_OUT"
"""The variable that says where recordings are put, and so where they are looked for."""
_MOST = 8
"""Recordings that are named where several fit."""

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def usual_folder() -> Path:
    """Return the folder that recordings are put in where nothing else is said."""
    return Path(os.environ.get(OUT) or RECORDINGS)


class RecordingPath(PathOf):
    """A recording, or the recordings in a folder; `one` takes the newest of those."""

    def __init__(self, *, one: bool) -> None:
        super().__init__()
        self._one = one

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Find what is named; raise UsageError."""
        path = Path(value)
        if not value or not os.path.lexists(path):
            return named(str(value))
        return newest(path) if self._one else path

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Offer the recordings of the usual folder, and the paths that the shell knows."""
        names = [name for _, name in _within(usual_folder()) if incomplete and name.startswith(incomplete)]
        return [CompletionItem(name) for name in names] or [CompletionItem(incomplete, type="file")]


def recording_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the argument that names one recording; without it, the newest of the usual folder is meant."""

    def chosen(ctx: click.Context, _param: click.Parameter, path: Path | None) -> Path | None:
        return path if path is not None or ctx.resilient_parsing else newest(usual_folder())

    kind = RecordingPath(one=True)
    return click.argument("recording", type=kind, required=False, metavar="[REC]", callback=chosen)(function)


def recordings_argument(name: str = "recordings", metavar: str = "REC...") -> Decorator:
    """Return what adds the argument that names recordings and folders of them."""
    return click.argument(name, nargs=-1, required=True, type=RecordingPath(one=False), metavar=metavar)


def newest(path: Path) -> Path:
    """Return a recording, or the one in a folder that was written to last, saying which; raise UsageError.

    Where there are calls, plain HTTP is passed over. What is neither is returned as it is, for its reader to refuse.
    """
    from rtdebug.recording.library import find, is_recording, look_through, name_in

    if is_recording(path) or path.is_file():
        return find(path)[0]
    found = [(status.st_mtime_ns, below) for below, status in look_through(path) if status is not None]
    if not found:
        hint = "`rtdebug ls DIR` lists those in a folder" if path.exists() else "`rtdebug demo` makes one"
        raise UsageError(leads_nowhere(path) or f"no recordings in {path}; {hint}")
    latest_first = [below for _, below in sorted(found, reverse=True)]
    chosen = next((below for below in latest_first if not _carries_http(below)), latest_first[0])
    which = f"the newest of {len(found):,}" if len(found) > 1 else "the only recording there"
    say(f"{which}: {name_in(path, chosen)}")
    return chosen


def named(word: str) -> Path:
    """Return the recording of the usual folder that is called so, or alone has this in its name; raise UsageError."""
    folder = usual_folder()
    all_ = _within(folder)
    found = [one for one in all_ if word == one[1]] or [one for one in all_ if word == one[0].name]
    found = found or [one for one in all_ if word and word in one[1]]
    if len(found) == 1:
        return found[0][0]
    if found:
        raise UsageError(
            f"{word}: {len(found):,} recordings in {folder} are called so: {_listed([name for _, name in found])}"
        )
    nothing = f"{word or repr(word)}: there is no such file or folder"
    if os.sep in word:
        raise UsageError(nothing)
    if not all_:
        raise UsageError(f"{nothing}, and no recordings in {folder}; `rtdebug demo` makes one")
    raise UsageError(
        f"{nothing}, and no recording in {folder} with this in its name; `rtdebug ls {folder}` lists those there are"
    )


def _within(folder: Path) -> list[tuple[Path, str]]:
    """Return the recordings in a folder, each with its name there."""
    from rtdebug.recording.library import find, name_in

    return [(path, name_in(folder, path)) for path in find(folder)]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST:,} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _carries_http(folder: Path) -> bool:
    from rtdebug.recording.format import read_header
    from rtdebug.recording.reader import open_events

    try:
        with open_events(folder) as file:
            return read_header(file.readline(1 << 20), str(folder)).carries == "http"
    except (OSError, RecordingError):
        return False
