"""Where a test's recordings are made anew: a command that is pasted must not lead to a service that charges."""

from collections.abc import Sequence
from pathlib import Path

from rtdebug.errors import RtdebugError
from rtdebug.recording.library import find
from rtdebug.recording.reader import RecordingReader


def upstream_of(places: Sequence[Path]) -> str:
    """Return the upstream of the first recording that tells of one, "" for none."""
    return next(filter(None, map(_upstream, places)), "")


def _upstream(place: Path) -> str:
    try:
        for folder in find(place):
            with RecordingReader(folder) as reader:
                return reader.header.upstream if reader.is_begun else ""
    except (RtdebugError, OSError):
        pass  # what is wrong with the recording is told where it is played
    return ""
