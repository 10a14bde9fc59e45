"""What stands between app and upstream: nothing, a peer, or rtdebug; started afresh every time."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.relay.meter import Meter

REPOSITORY = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rtdebug-bench"
GENERATOR_CORE, SIDE_CORE = 0, 1
NO_PROCESS = "no process"
"""Why the straight line is left out of what only a process has."""
START_SECONDS = 120.0
STOP_SECONDS = 60.0
HAPROXY = """\
global
  maxconn 4096
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen relay
  bind 127.0.0.1:{port}
  server upstream 127.0.0.1:{upstream}
"""


class SideError(Exception):
    """A side that cannot be installed, started or reached."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a side is to listen, where its upstream is, and a folder of its own."""

    port: int
    upstream: int
    folder: Path

    @property
    def out(self) -> Path:
        """Where it may record."""
        return self.folder / "out"


@dataclass(frozen=True, slots=True)
class Side:
    """One way from app to upstream."""

    name: str
    command: Callable[[Place], list[str]] | None
    """The process to start; None for a straight line."""
    version: Callable[[], str]
    reframes: bool = False
    """Whether it masks anew, so that payloads are compared instead of bytes."""
    most_calls: int = 1_000_000
    """Paced calls beyond which it is left out, because it only queues."""


@dataclass(slots=True)
class Running:
    """A side that is listening."""

    side: Side
    port: int
    place: Place
    pid: int
    stopped: bool = False
    problems: list[str] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def meter(self) -> Meter:
        """What it uses."""
        return Meter(self.pid)

    def stop(self) -> None:
        """End it as a person would, with SIGINT; an unclean exit becomes a problem."""
        if self._process is None or self.stopped:
            return
        self.stopped = True
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            code = self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            self.problems.append(f"did not end within {STOP_SECONDS:g} s of SIGINT")
            return
        if code not in (0, -signal.SIGINT, 128 + signal.SIGINT):
            self.problems.append(f"ended with exit status {code}: {_complaint(self.place.folder / 'stderr')}")


@contextmanager
def started(side: Side, upstream: int, scratch: Path, under: tuple[str, ...] = ()) -> Iterator[Running]:
    """Start a side in front of an upstream; end it and remove its folder afterwards."""
    if side.command is None:
        yield Running(side, upstream, Place(upstream, upstream, scratch), 0)
        return
    place = Place(_free_port(), upstream, Path(mkdtemp(prefix=side.name.replace(" ", ""), dir=scratch)))
    place.out.mkdir()
    command = [part.format(folder=place.folder) for part in under] + side.command(place)
    if shutil.which("taskset") and (os.cpu_count() or 1) > 1:
        command = ["taskset", "-c", str(SIDE_CORE), *command]
    with (place.folder / "stderr").open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, cwd=REPOSITORY)
    running = Running(side, place.port, place, process.pid, _process=process)
    try:
        _wait_for_listener(process, place)
        yield running
    finally:
        running.stop()
        shutil.rmtree(place.folder, ignore_errors=True)


def _wait_for_listener(process: subprocess.Popen[bytes], place: Place) -> None:
    """Wait without connecting: a connection that says nothing is an event of its own to a proxy."""
    wanted = f"0100007F:{place.port:04X} 00000000:0000 0A"
    deadline = time.monotonic() + START_SECONDS
    while wanted not in Path("/proc/net/tcp").read_text():
        if process.poll() is not None:
            raise SideError(f"exit status {process.returncode} at start: {_last_line(place.folder / 'stderr')}")
        if time.monotonic() > deadline:
            raise SideError(f"not listening after {START_SECONDS:g} s: {_last_line(place.folder / 'stderr')}")
        time.sleep(0.02)


def _last_line(file: Path) -> str:
    lines = file.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _complaint(file: Path) -> str:
    """Return the first line that names a fault, and the last one."""
    lines = file.read_text(errors="replace").strip().splitlines()
    first = next((line for line in lines[:-1] if re.search(r"(?i)cannot|error|failed", line)), "")
    return " … ".join(filter(None, (first, *lines[-1:])))


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _haproxy(place: Place) -> list[str]:
    if not (program := shutil.which("haproxy")):
        raise SideError("haproxy is not installed: apt-get install haproxy")
    config = place.folder / "haproxy.cfg"
    config.write_text(HAPROXY.format(port=place.port, upstream=place.upstream))
    return [program, "-db", "-q", "-f", str(config)]


def _mitmdump(place: Place) -> list[str]:
    return [
        str(_mitmdump_program()),
        *("--mode", f"reverse:http://127.0.0.1:{place.upstream}"),
        *("--listen-host", "127.0.0.1", "--listen-port", str(place.port)),
        *("-q", "--set", "flow_detail=0", "--set", f"confdir={place.folder}"),
    ]


def _mitmdump_writing(place: Place) -> list[str]:
    return [*_mitmdump(place), "-w", str(place.out / "flows")]


def _rtdebug(place: Place) -> list[str]:
    # Not `uv run`: its process would stay between, and be measured too. Calls that have ended are diagnosed in another
    # process, when nobody else wants to run: that is neither relay nor recording.
    return [
        *(sys.executable, "-m", "rtdebug", "proxy"),
        *("--upstream", f"ws://127.0.0.1:{place.upstream}"),
        *("--listen", f"127.0.0.1:{place.port}", "--out", str(place.out), "--no-lint"),
    ]


def _mitmdump_program() -> Path:
    """Install mitmproxy into a venv in the cache, once."""
    home = CACHE / "mitmproxy"
    program = home / "bin" / "mitmdump"
    if not program.exists():
        uv = shutil.which("uv") or "uv"
        steps = (
            [uv, "venv", "--quiet", "--clear", "--python", "3.11", str(home)],
            [uv, "pip", "install", "--quiet", "--python", str(home / "bin" / "python"), "mitmproxy"],
        )
        for step in steps:
            done = subprocess.run(step, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SideError(f"cannot install mitmproxy: {done.stderr.strip()[-300:]}")
    return program


def _said(command: list[str], pattern: str) -> str:
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY).stdout
    except OSError:
        return "not installed"
    found = re.search(pattern, said)
    return found[1] if found else "unknown version"


def _mitmproxy_version() -> str:
    return "mitmproxy " + _said([str(CACHE / "mitmproxy/bin/mitmdump"), "--version"], r"Mitmproxy: (\S+)")


def _rtdebug_version() -> str:
    asked = _said([sys.executable, "-c", "import rtdebug; print(rtdebug.__version__)"], r"(\S+)")
    commit = _said(["git", "describe", "--always", "--dirty"], r"(\S+)")
    return f"rtdebug {asked} ({commit}), recording everything, `--no-lint`"


SIDES = (
    Side("direct", None, lambda: "no proxy"),
    Side(
        "haproxy",
        _haproxy,
        lambda: "HAProxy " + _said(["haproxy", "-v"], r"version (\S+)") + ", TCP mode, no log",
    ),
    Side("mitmdump", _mitmdump, _mitmproxy_version, reframes=True, most_calls=50),
    Side("mitmdump -w", _mitmdump_writing, _mitmproxy_version, reframes=True, most_calls=50),
    Side("rtdebug", _rtdebug, _rtdebug_version),
)
