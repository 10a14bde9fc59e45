"""`rtdebug proxy` as users start it: a process of its own."""

import asyncio
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from .stand import Stand
from .wiretap import PATIENCE


class ProxyProcess(Stand):
    """A running `rtdebug proxy`."""

    def __init__(self, out: Path, *options: str) -> None:
        super().__init__(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        self._talk = out.with_name("stderr.txt")
        command = [sys.executable, "-m", "rtdebug", "proxy", "--out", str(out), *options]
        with self._talk.open("w") as talk:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=talk)
        try:
            self.port = int(self._wait_for(r"listening on \S+:(\d+) ")[1])
        except BaseException:
            self.leave_nothing()
            raise

    def _wait_for(self, pattern: str) -> re.Match[str]:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.talk):
                return found
            if self._process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"status {self._process.poll()}, no {pattern!r} in {self.talk!r}")

    @property
    def talk(self) -> str:
        """All it said on stderr."""
        return self._talk.read_text()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def resident(self) -> int:
        """Bytes of memory it has at present."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) << 10

    @property
    def open_files(self) -> int:
        """How many file descriptors it has open."""
        return len(list(Path(f"/proc/{self._process.pid}/fd").iterdir()))

    def signal(self, number: int = signal.SIGTERM) -> None:
        self._process.send_signal(number)

    def ends(self) -> tuple[int, float]:
        """Wait for its end; return its exit status and how many seconds that took."""
        began = time.monotonic()
        status = self._process.wait(PATIENCE)
        return status, time.monotonic() - began

    def printed(self) -> bytes:
        """All it said on stdout, once it has ended."""
        assert self._process.stdout is not None
        return self._process.stdout.read()

    def leave_nothing(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def proxy_process(upstream: str, out: Path, *options: str) -> Iterator[ProxyProcess]:
    process = ProxyProcess(out / "recordings", "--upstream", upstream, "--listen", "127.0.0.1:0", *options)
    try:
        yield process
    finally:
        process.leave_nothing()


@asynccontextmanager
async def peak_memory(proxy: ProxyProcess) -> AsyncIterator[list[int]]:
    """Watch how much memory the proxy takes at most beyond what it has now."""
    base, peak = proxy.resident, [0]

    async def watch() -> None:
        while True:
            peak[0] = max(peak[0], proxy.resident - base)
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    try:
        yield peak
    finally:
        watching.cancel()
