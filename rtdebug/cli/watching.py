"""`proxy --tui`: the proxy in a process of its own, so that no screen is ever in the way of a call."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rtdebug.cli.common import say
from rtdebug.errors import UsageError

if TYPE_CHECKING:
    from rtdebug.tui.app import Inspector

_READY = "listening on "
_PATIENCE_S = 15.0
"""How long a proxy may take to close its recordings."""


def watch(arguments: list[str], out: Path) -> int:
    """Run `rtdebug proxy` with these arguments under the inspector on its folder; return its exit code."""
    from rtdebug.tui.app import Inspector
    from rtdebug.tui.sweeping import seldom

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("--tui needs a terminal; without it `rtdebug proxy` works anywhere")
    command = [sys.executable, "-m", "rtdebug", "proxy", "--until-stdin-ends", *arguments]
    # A session of its own: Ctrl-C is for the screens, and the proxy is asked to stop when they are gone.
    # Its stdin is a pipe that this process alone holds, and so ends with it, also where nobody is left to ask.
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True
    )
    assert child.stderr is not None
    with _stopping(child):
        heard = list(_until_ready(child.stderr))
        if not heard or _READY not in heard[-1]:
            sys.stderr.writelines(heard)
            return child.wait()
        *before, address = map(_plain, heard)
        app = Inspector(out, says=before, notice=address)
        passing_on = threading.Thread(target=_pass_on, args=(child, app, heard), daemon=True)
        passing_on.start()
        with seldom():
            app.run()
        ended_early = child.poll() is not None
    passing_on.join(_PATIENCE_S)
    sys.stderr.writelines(heard)
    if ended_early:
        say(f"the proxy had ended before: {_how(child.returncode)}")
    return app.return_code or _status(child.returncode)


def _until_ready(lines: IO[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if _READY in line:
            return


def _pass_on(child: "subprocess.Popen[str]", app: "Inspector", heard: list[str]) -> None:
    """Show on the screens what the proxy says, and keep it for afterwards; its end is said for good.

    It is read to its end, with the screens or without: a proxy that is not listened to would stand still.
    """
    assert child.stderr is not None
    for line in child.stderr:
        heard.append(line)
        _show(app, app.tell, _plain(line))
    _show(app, app.warn, f"the proxy has ended, nothing is recorded any more: {_how(child.wait())}")


def _show(app: "Inspector", how: Callable[[str], None], words: str) -> None:
    """Have the screens show something, and wait for nothing; when they are gone, nothing is shown."""
    with contextlib.suppress(RuntimeError):
        app.call_later(how, words)


def _how(returncode: int) -> str:
    return f"signal {-returncode}" if returncode < 0 else f"exit status {returncode}"


def _status(returncode: int) -> int:
    """Write how a process ended as a shell does."""
    return 128 - returncode if returncode < 0 else returncode


def _plain(line: str) -> str:
    return line.removeprefix("rtdebug: ").strip()


@contextlib.contextmanager
def _stopping(child: "subprocess.Popen[str]") -> Iterator[None]:
    try:
        yield
    finally:
        if child.poll() is None:
            child.terminate()
        assert child.stdin is not None
        child.stdin.close()
        try:
            child.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            say("the proxy does not stop; it is ended now")
            child.kill()
            child.wait()
