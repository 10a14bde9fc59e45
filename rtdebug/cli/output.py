"""Standard output: an error of it is told from all others, those of files, folders and sockets."""

import io
import os
import sys
from pathlib import Path

NAME = "standard output"
"""What its errors have as the name of their file."""


class Enough(OSError):
    """Whoever read the output has closed it.

    Click and Rich take Python's own BrokenPipeError for a reason to end with 1, which stands for findings here.
    """


class _Output(io.FileIO):
    """Standard output, whose errors bear its name."""

    def write(self, data: bytes | memoryview, /) -> int:  # type: ignore[override] # all that is written here
        try:
            return super().write(data)
        except BrokenPipeError:
            raise Enough from None
        except OSError as error:
            error.filename = NAME
            raise


def prepare() -> None:
    """Make errors of standard output known as such; no sign that the locale does not have is a reason to stop.

    What was closed before the program began is written to nowhere.
    """
    if sys.stdout is None:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    out = sys.stdout
    if out is sys.__stdout__ and isinstance(out, io.TextIOWrapper):
        raw = _Output(out.fileno(), "wb", closefd=False)
        sys.stdout = io.TextIOWrapper(
            raw if out.write_through else io.BufferedWriter(raw),  # python -u
            out.encoding,
            "replace",
            line_buffering=out.line_buffering,
            write_through=out.write_through,
        )


def let_go() -> None:
    """Write what is left to nowhere: Python would try once more to write it, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _nowhere() -> io.TextIOWrapper:
    return Path(os.devnull).open("w", encoding="utf-8")
