"""Where a test's recordings are made anew: a command that is pasted must not lead to a service that charges."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from rtdebug.errors import RtdebugError
from rtdebug.recording.library import find
from rtdebug.recording.reader import RecordingReader

TO_FILL_IN: Final = "URL"
"""Stands for an upstream that the recording does not tell; no upstream is called so."""


def upstream_of(places: Sequence[Path]) -> str:
    """Return the upstream of the first recording that tells of one; TO_FILL_IN for none, "" where none is there."""
    told = [upstream for place in places if (upstream := _upstream(place)) is not None]
    return next(filter(_can_be_reached, told), TO_FILL_IN if told else "")


def _upstream(place: Path) -> str | None:
    """Return what a recording says, None where there is none."""
    try:
        for folder in find(place):
            with RecordingReader(folder) as reader:
                return reader.header.upstream if reader.is_begun else ""
    except (RtdebugError, OSError):
        return ""  # what is wrong with the recording is told where it is played
    return None


def _can_be_reached(upstream: str) -> bool:
    """Say whether an upstream can be another's too: a bare name, as in `ws://simulator`, means something there only."""
    try:
        address = urlsplit(upstream)
        host, port = address.hostname or "", address.port
    except ValueError:
        return False
    return bool(host) and (port is not None or "." in host or ":" in host or host == "localhost")
