"""What the commands that report on sessions share: reading a recording into one, and drawing on the terminal."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from rtdebug.reports.recorded import Recorded

WIDTH = 120
"""Columns of a report that does not go to a terminal."""


def read(path: Path, *, diagnosed: bool = False) -> "Recorded":
    """Read a recording and fold it, and hold it against the rules where that is asked for.

    Raises RecordingError where it is none, UsageError where it holds no call.
    """
    from rtdebug.cli.linting import diagnosed as read_diagnosed
    from rtdebug.errors import UsageError
    from rtdebug.opening import open_session
    from rtdebug.recording.reader import is_live
    from rtdebug.reports.recorded import Recorded

    opened, diagnosis = read_diagnosed(path) if diagnosed else (open_session(path), None)
    if opened.header.carries == "http":
        raise UsageError(f"{path}: holds plain HTTP requests, no call; `rtdebug cat` prints them")
    return Recorded(
        opened.session,
        opened.path.name or str(opened.path.resolve().name),
        opened.header.started_ns if opened.session.duration_ns is not None else 0,
        opened.header.upstream,
        str(opened.dialect) if opened.dialect.shape != "unknown" else "",
        opened.dialect.vendor,
        opened.session.ending.mark is None and is_live(opened.path),
        opened.header.lacks,
        opened.header.source,
        tuple(opened.problems),
        diagnosis,
    )


def console() -> "Console":
    """Return where reports are drawn: the terminal, or a pipe without colours."""
    from rich.console import Console

    width = shutil.get_terminal_size((WIDTH, 0)).columns  # of the terminal, or as COLUMNS says
    return Console(width=max(width, 40), highlight=False, markup=False, emoji=False)


def draw(parts: "Iterable[RenderableType]") -> None:
    """Draw the parts of a report one after the other, as they come."""
    out = console()
    for part in parts:
        out.print(part)
