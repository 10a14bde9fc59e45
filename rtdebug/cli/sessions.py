"""What the commands that report on sessions share: reading a recording into one."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rtdebug.reports.recorded import Recorded


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
    session = opened.session
    return Recorded.of(
        opened.name,
        opened.header,
        session,
        opened.dialect,
        live=session.ending.mark is None and is_live(opened.path),
        problems=opened.problems,
        diagnosis=diagnosis,
    )
