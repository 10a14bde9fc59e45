"""How far long work is, said on stderr where somebody looks: nothing of it goes to a file or a pipe."""

import os
import sys
import time
from collections.abc import Callable
from typing import ParamSpec

from rtdebug.cli.common import say

_EVERY_S = 1.0

P = ParamSpec("P")


def now_and_then(words: Callable[P, str]) -> Callable[P, None]:
    """Return what is to be called as often as one likes: about once a second it says what `words` makes of it."""
    due = time.monotonic() + _EVERY_S
    is_shown = sys.stderr.isatty()

    def tell(*args: P.args, **kwargs: P.kwargs) -> None:
        nonlocal due
        if is_shown and time.monotonic() >= due:
            due = time.monotonic() + _EVERY_S
            say(words(*args, **kwargs))

    return tell


class OneLine:
    """A line that is written over and over, and leaves no trace."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def show(self, words: str) -> None:
        """Put these words where the others were."""
        self._write(f"\rrtdebug: {words} ")

    def clear(self) -> None:
        """Take the line away."""
        self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        if self._is_shown:
            sys.stderr.write(text)
            sys.stderr.flush()
