"""What several commands share: talk on stderr, running an event loop, and options of the proxy."""

import asyncio
import ctypes
import gc
import math
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import rich_click as click

from rtdebug.cli.paths import PathOf, existing_file

T = TypeVar("T")

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3  # malloc.h
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
UPSTREAM = "wss://api.openai.com"
RECORDINGS = "recordings"


def say(text: str) -> None:
    """Talk to the person: one line on stderr, never on stdout."""
    from rtdebug.units import plain

    line = f"rtdebug: {plain(text)}\n"
    try:
        encoding = sys.stderr.encoding or "utf-8"
        sys.stderr.write(line.encode(encoding, "replace").decode(encoding))
        sys.stderr.flush()
    except OSError:
        pass  # nobody listens any more; the call matters more


def recordings_in(paths: Sequence[Path], *, repeats: bool = False) -> list[tuple[Path, str]]:
    """Return the recordings that paths name, each with its name; say which folders have none.

    One that is named again, by whatever path, is left out but where `repeats` are wanted. Raises UsageError where there
    is none at all: a check that has looked at nothing must not pass.
    """
    from rtdebug.errors import UsageError
    from rtdebug.recording.library import find, name_in

    found: list[tuple[Path, str]] = []
    empty = []
    seen: set[Path] = set()
    for path in paths:
        inside = find(path)
        for folder in inside:
            whole = folder.resolve()
            if repeats or whole not in seen:
                seen.add(whole)
                found.append((folder, name_in(path, folder)))
        if not inside:
            empty.append(leads_nowhere(path) or f"no recordings in {path}")
    if not found:
        raise UsageError("; ".join(empty))
    for line in empty:
        say(line)
    return found


def leads_nowhere(path: Path) -> str:
    """Say that a path is a link to nothing, "" where it is none."""
    return f"{path}: a link that leads nowhere" if path.is_symlink() and not path.exists() else ""


def names_in(option: str, text: str, known: Sequence[str], what: str) -> list[str]:
    """Read names separated by commas, in capitals or not; raise UsageError for one that is not known, and for none.

    `what` says in messages what is named.
    """
    from rtdebug.errors import UsageError

    spelled = {name.lower(): name for name in known}
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        raise UsageError(f"{option} names no {what}; there are {', '.join(known)}")
    for word in words:
        if word.lower() not in spelled:
            raise UsageError(f"{option} {word}: there is no such {what}; there are {', '.join(known)}")
    return [spelled[word.lower()] for word in words]


def key_in(variable: str) -> str:
    """Read an API key from a variable, "" where that is empty or not set; raise UsageError for what can be none."""
    from rtdebug.errors import UsageError

    key = os.environ.get(variable, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise UsageError(f"{variable}: holds characters that no key has")
    return key


def run_async(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the fastest event loop there is; an error that its tasks group alone is raised as itself."""
    try:
        import uvloop
    except ImportError:
        run: Callable[[Coroutine[Any, Any, T]], T] = asyncio.run
    else:
        run = uvloop.run
    _hold_stdin()
    try:
        return run(main)
    except BaseExceptionGroup as group:
        error = _cause(group)
        raise error from error.__cause__


def _hold_stdin() -> None:
    """Put nothing in the place of a stdin that is closed: uvloop aborts where a socket gets its number."""
    try:
        os.fstat(0)
    except OSError:
        fd = os.open(os.devnull, os.O_RDONLY)  # the lowest number that is free
        os.set_inheritable(fd, True)


def _cause(error: BaseException) -> BaseException:
    """Return the one error in groups of groups; where there are several, the group that holds them."""
    if isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        return _cause(error.exceptions[0])
    return error


def settle_memory() -> None:
    """Keep memory's housekeeping out of the calls.

    Left alone, the garbage collector stops a proxy of 200 calls for a millisecond twice a second and for 15 ms now and
    then, and glibc gives memory back to the kernel and asks for it again with every burst of audio.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, size in ((_M_TRIM_THRESHOLD, 8 << 20), (_M_TOP_PAD, 1 << 20), (_M_MMAP_THRESHOLD, 4 << 20)):
            mallopt(option, size)


def stop_on_signals(stop: Callable[[], None]) -> None:
    """Call `stop` on the first SIGINT, SIGTERM or SIGHUP; a second one ends the process at once."""
    loop = asyncio.get_running_loop()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        # From here on the system answers, so that a second one is heard whatever the loop is busy with.
        for number in _ENDING:
            signal.signal(number, signal.SIG_DFL)
        loop.call_soon_threadsafe(stop)

    for number in _ENDING:
        signal.signal(number, on_signal)


def warn_of_others(what: str, consequence: str) -> None:
    """Say that a server listens where other machines reach it, and what that means."""
    say(f"other machines can use this {what}: who reaches its port {consequence}")


class NumberRange(click.FloatRange):
    """A finite number in a range: nan would lie in every range, as it cannot be compared."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a number; raise BadParameter."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


def out_option(what: str, *, envvar: str | None = "RTDEBUG_OUT") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make the option that says which folder recordings go to; `what` is its help."""
    return click.option(
        "--out",
        "-o",
        type=PathOf(file_okay=False),
        default=RECORDINGS,
        show_default=True,
        envvar=envvar,
        help=what,
    )


def upstream_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where the upstream is and where recordings go."""
    for option in (
        out_option("Folder that recordings are put in, one folder a call."),
        click.option(
            "--upstream-ca",
            type=existing_file(),
            help="Certificates to trust for the upstream, beside the system's (PEM).",
        ),
        click.option(
            "--upstream",
            "-u",
            default=UPSTREAM,
            show_default=True,
            envvar="RTDEBUG_UPSTREAM",
            metavar="URL",
            help="Server to pass calls on to: scheme, host, port and, where needed, a path prefix.",
        ),
    ):
        function = option(function)
    return function


def lint_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that leaves calls undiagnosed."""
    return click.option(
        "--lint/--no-lint",
        "lints",
        default=True,
        help="Say what `rtdebug lint` finds in a call that has ended. [default: lint]",
    )(function)
