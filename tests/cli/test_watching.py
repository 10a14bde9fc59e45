"""`proxy --tui` and `tui` in a real terminal: what starts, what is shown, and that nothing stays behind."""

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rtdebug.recording.library import find
from rtdebug.recording.verify import verify

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


def test_a_proxy_does_not_outlive_screens_that_were_killed(tmp_path: Path) -> None:
    with terminal("proxy", "--tui", "--listen", "127.0.0.1:0", "--out", "calls", cwd=tmp_path) as screen:
        screen.until("listening on 127.0.0.1:")
        (proxy,) = children(screen.process.pid)
        found = re.search(r"listening on 127\.0\.0\.1:(\d+) ", screen.until(" for wss://"))
        assert found
        with socket.create_connection(("127.0.0.1", int(found[1])), 10):
            pass
        screen.process.kill()
        screen.process.wait()
        try:
            assert let_go(int(found[1])), "the port is still held"
        except BaseException:
            os.kill(proxy, signal.SIGKILL)
            raise


def let_go(port: int, seconds: float = 30) -> bool:
    """Wait until nobody listens on a port; say whether it came to that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 10).close()
        except ConnectionRefusedError:
            return True
        time.sleep(0.1)
    return False


def port_told(talk: Path, seconds: float = 30) -> int:
    """Wait until a proxy has said where it listens."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        said = talk.read_text() if talk.exists() else ""
        if found := re.search(r"listening on 127\.0\.0\.1:(\d+) ", said):
            return int(found[1])
        time.sleep(0.05)
    raise AssertionError("it does not listen")


PARENT = """
import os, subprocess, sys
words = [sys.executable, "-m", "rtdebug", "proxy", "--until-stdin-ends", "-l", "127.0.0.1:0"]
words += ["-u", "ws://127.0.0.1:9", "-o", "calls"]
child = subprocess.Popen(words, stdin=subprocess.PIPE, stderr=open("talk", "w"), start_new_session=True)
child.wait()
"""


def test_a_proxy_that_is_tied_to_another_process_ends_in_order_with_it(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=tmp_path) as parent:
        port = port_told(tmp_path / "talk")
        with pytest.raises(urllib.error.HTTPError, match="502"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=30)
        parent.kill()
        parent.wait()
        assert let_go(port)
    deadline = time.monotonic() + 30
    while not (whole := [verify(one).ended for one in find(tmp_path / "calls")]) or not all(whole):
        assert time.monotonic() < deadline, "the recording was not closed"
        time.sleep(0.05)


@pytest.mark.parametrize("stdin", ["</dev/null", "<&-"])
def test_a_proxy_that_is_tied_to_nothing_needs_no_stdin(tmp_path: Path, stdin: str) -> None:
    line = f'exec "{sys.executable}" -m rtdebug proxy -l 127.0.0.1:0 -o calls {stdin} 2>talk'
    with subprocess.Popen(["sh", "-c", line], cwd=tmp_path) as process:
        try:
            port = port_told(tmp_path / "talk")
            assert not let_go(port, 1)
        finally:
            process.terminate()
        assert process.wait(30) == 0


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
