"""`proxy --tui` and `tui` in a real terminal: what starts, what is shown, and that nothing stays behind."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "recordings"
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[()P].|.)")


class Terminal:
    """A program in a terminal of 120 by 40."""

    def __init__(self, process: "subprocess.Popen[bytes]", fd: int) -> None:
        self.process = process
        self._fd = fd
        self.seen = ""

    def until(self, words: str, seconds: float = 60) -> str:
        """Read until these words were written; escape codes are left out."""
        deadline = time.monotonic() + seconds
        while words not in self.text and time.monotonic() < deadline:
            if select.select([self._fd], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self._fd, 1 << 16).decode("utf-8", "replace")
                except OSError:
                    break  # the program is gone
        assert words in self.text, self.text[-3000:]
        return self.text

    @property
    def text(self) -> str:
        return _ESCAPES.sub("", self.seen)

    def press(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def end(self, seconds: float = 60) -> int:
        """Wait until it is gone; return its exit status."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            if select.select([self._fd], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self._fd, 1 << 16).decode("utf-8", "replace")
                except OSError:
                    break
        return self.process.wait(10)


@contextmanager
def terminal(*arguments: str, cwd: Path, program: tuple[str, ...] = ("-m", "rtdebug")) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    plain = {"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40", "HOME": str(cwd)}
    process = subprocess.Popen(
        [sys.executable, *program, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=cwd,
        env={**os.environ, **plain},
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(ours)


def children(of: int) -> list[int]:
    """Return the processes that a process has begun, as the kernel tells."""
    found = subprocess.run(["pgrep", "-P", str(of)], capture_output=True, text=True, check=False).stdout
    return [int(number) for number in found.split()]


def test_the_inspector_starts_shows_and_ends_on_its_key(tmp_path: Path) -> None:
    with terminal("tui", str(SAMPLES / "barge-in"), cwd=tmp_path) as screen:
        screen.until("timeline")
        screen.press("q")
        assert screen.end() == 0
        assert "\x1b[?1049l" in screen.seen, "it did not give the terminal back"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_inspector_ends_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    with terminal("tui", str(SAMPLES), cwd=tmp_path) as screen:
        screen.until("barge-in")
        screen.process.send_signal(number)
        assert screen.end() == (143 if number == signal.SIGTERM else 0)
        assert "\x1b[?1049l" in screen.seen, "it did not give the terminal back"


def test_a_proxy_under_the_inspector_ends_with_it(tmp_path: Path) -> None:
    with terminal("proxy", "--tui", "--listen", "127.0.0.1:0", "--out", "calls", cwd=tmp_path) as screen:
        screen.until("listening on 127.0.0.1:")
        begun = children(screen.process.pid)
        assert begun
        screen.press("q")
        assert screen.end() == 0
        for pid in begun:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)


def test_a_proxy_that_is_killed_is_missed_on_the_screen_and_afterwards(tmp_path: Path) -> None:
    with terminal("proxy", "--tui", "--listen", "127.0.0.1:0", "--out", "calls", cwd=tmp_path) as screen:
        screen.until("listening on 127.0.0.1:")
        (proxy,) = children(screen.process.pid)
        os.kill(proxy, signal.SIGKILL)
        screen.until("nothing is recorded any more")
        screen.press("q")
        assert screen.end() == 137
        assert "the proxy had ended before: signal 9" in screen.text


TALKATIVE = f"""#!{sys.executable}
import signal, sys, time

def stop(*_):
    time.sleep(0.5)  # the screens are gone by then
    for number in range(1, 6):
        print(f"rtdebug: word {{number}} of 5", file=sys.stderr, flush=True)
    print("." * 200_000, file=sys.stderr, flush=True)  # more than a pipe holds
    print("rtdebug: all recordings are closed", file=sys.stderr, flush=True)
    sys.exit(0)

signal.signal(signal.SIGTERM, stop)
print("rtdebug: listening on 127.0.0.1:1", file=sys.stderr, flush=True)
time.sleep(60)
"""
WATCH = "import sys; from pathlib import Path; from rtdebug.cli.watching import watch; sys.executable = sys.argv[1]; "
WATCH += "sys.exit(watch([], Path('calls')))"


def test_all_that_a_proxy_says_at_its_end_is_read_and_told(tmp_path: Path) -> None:
    proxy = tmp_path / "proxy"
    proxy.write_text(TALKATIVE)
    proxy.chmod(0o700)
    with terminal(str(proxy), cwd=tmp_path, program=("-c", WATCH)) as screen:
        screen.until("listening on 127.0.0.1:")
        screen.press("q")
        assert screen.end() == 0
        words = screen.text.rpartition("word 1 of 5")[2]
        for said in (*(f"word {number} of 5" for number in range(2, 6)), "all recordings are closed"):
            assert said in words
        assert "is ended now" not in screen.text


def test_a_proxy_that_cannot_start_says_why_and_shows_no_screen(tmp_path: Path) -> None:
    with terminal("proxy", "--tui", "--listen", "0.0.0.0:0", cwd=tmp_path) as screen:
        assert screen.end() == 2
        assert "--allow-remote" in screen.text
        assert "\x1b[?1049h" not in screen.seen


def test_the_inspector_needs_a_terminal() -> None:
    for arguments in (["tui", str(SAMPLES)], ["proxy", "--tui"]):
        told = subprocess.run(
            [sys.executable, "-m", "rtdebug", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        assert told.returncode == 2
        assert "needs a terminal" in told.stderr
