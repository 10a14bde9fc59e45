"""A process beside the proxy that diagnoses recordings once they are closed, so that no rule is ever in a call's way.

It is started before the first call, when nothing can be held up by that, and it is idle until a recording ends. It
runs only when nobody else wants the processor, takes one recording at a time and only so long for each, and whatever
becomes of it, the proxy does not notice: folders go in on one pipe, lines come out on another.
"""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import FrameType

_MOST_WAITING = 64
"""Recordings that may wait for their turn; of a hundred that end at once, some are left out."""
_SECONDS_EACH = 20
_PATIENCE_S = 5.0
"""How long the end of the proxy waits for what is still being diagnosed."""
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class Companion:
    """Takes folders of recordings, and tells what was found in them."""

    def __init__(self, process: Process | None, say: Callable[[str], None]) -> None:
        self._process = process
        self._say = say
        self._waiting = 0

    def diagnose(self, folder: Path) -> None:
        """Have a recording diagnosed when there is time for it; never waits and never fails."""
        process = self._process
        if process is None or process.stdin is None or process.returncode is not None:
            return
        if self._waiting >= _MOST_WAITING or "\n" in str(folder):
            return
        self._waiting += 1
        with contextlib.suppress(OSError, RuntimeError):  # it is gone
            process.stdin.write(os.fsencode(folder) + b"\n")

    async def tell(self) -> None:
        """Pass on what it says, until it ends."""
        assert self._process is not None
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError):  # a line without an end; it has lost its mind
            async for line in self._process.stdout:
                self._waiting -= 1
                text = line.decode("utf-8", "replace").strip()
                if text:
                    self._say(text)

    async def finish(self) -> None:
        """Let it end what it is at, for a while."""
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _PATIENCE_S if self._waiting > 0 else 1.0)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


@asynccontextmanager
async def companion(say: Callable[[str], None], *, wanted: bool = True) -> AsyncIterator[Companion]:
    """Have a companion for as long as the block lasts; where it cannot be started there is none, and no harm in it."""
    process = await _started() if wanted else None
    one = Companion(process, say)
    if process is None:
        yield one
        return
    # Held and awaited here, and not in a TaskGroup, so that what the block raises stays what it is.
    telling = asyncio.ensure_future(one.tell())
    try:
        yield one
    finally:
        await one.finish()
        await telling


async def _started() -> Process | None:
    # Not what lies in the folder the proxy was started in, but what is installed.
    words = [sys.executable, "-P", "-m", "rtdebug.cli.companion"]
    environment = {**os.environ, **dict.fromkeys(_ONE_THREAD, "1")}
    try:
        # A session of its own: Ctrl-C is for the proxy, and this ends with the pipe.
        return await asyncio.create_subprocess_exec(
            *words, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, start_new_session=True
        )
    except OSError:
        return None


# What runs in that process.


class _TooLong(BaseException):
    """A recording takes longer than it may; no rule's own guard is to catch this."""


def main() -> None:
    """Diagnose the recordings named on stdin, a line each; print a line for each, empty where nothing is to be said."""
    _step_back()
    signal.signal(signal.SIGALRM, _on_alarm)
    for line in sys.stdin.buffer:
        words = ""
        try:
            signal.alarm(_SECONDS_EACH)
            words = told(Path(os.fsdecode(line[:-1])))
        except (_TooLong, Exception):  # whatever it is, it is not the call's concern
            pass
        finally:
            signal.alarm(0)
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()


def told(folder: Path) -> str:
    """Say in one line what is wrong with a call, "" where nothing is."""
    from rtdebug.cli.lint_settings import settings_here
    from rtdebug.cli.linting import lint
    from rtdebug.diagnosis.rules import RULES
    from rtdebug.reports.findings.line import line

    settings = settings_here()
    return line(lint(folder, settings.rules(RULES), settings.min_severity or "warning"))


def _step_back() -> None:
    """Run only when nobody else wants to."""
    with contextlib.suppress(OSError):
        os.nice(19)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _on_alarm(_number: int, _frame: FrameType | None) -> None:
    raise _TooLong


if __name__ == "__main__":
    main()
