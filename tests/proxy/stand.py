"""A proxy in a thread of its own, on the event loop that users run it on, and the recordings it leaves."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rtdebug.proxy.recorder import Finished
from rtdebug.proxy.service import ProxyOptions, RunningProxy, running_proxy
from rtdebug.recording.library import find
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.verify import Verdict, verify

from .wiretap import PATIENCE

LOOPS = ("uvloop", "asyncio")
_FRAMES = ("message", "ping", "pong", "close", "frame")


@dataclass
class Stand:
    """A running proxy and what it said."""

    out: Path
    port: int = 0
    token: str = ""
    base_url: str = ""
    ca: Path | None = None
    said: list[str] = field(default_factory=list)
    finished: list[Finished] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    """What the event loop complained of: nothing, in a proxy that is well."""
    shortfall: str = ""
    """What it said at its end of calls that were not recorded."""
    failure: BaseException | None = None
    stop: Callable[[], None] = lambda: None
    _recorded: threading.Event = field(default_factory=threading.Event)

    def on_finished(self, finished: Finished) -> None:
        self.finished.append(finished)
        self._recorded.set()

    async def recorded(self) -> None:
        """Wait until a recording is complete."""
        assert await asyncio.to_thread(self._recorded.wait, PATIENCE)

    async def recorded_in_all(self, number: int) -> None:
        """Wait until so many recordings are complete."""
        async with asyncio.timeout(PATIENCE):
            while len(self.finished) < number:
                await asyncio.sleep(0.01)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def recordings(self, carries: str = "websocket") -> list["Recording"]:
        """Return the finished recordings, oldest first."""
        found = [Recording(folder) for folder in find(self.out)]
        return [recording for recording in found if recording.carries == carries]

    def recording(self, carries: str = "websocket") -> "Recording":
        found = self.recordings(carries)
        assert len(found) == 1, found
        return found[0]


class Recording:
    """A recording, read whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with RecordingReader(folder) as reader:
            self.carries = reader.header.carries
            self.target = reader.header.target
            self.entries = [
                (entry, reader.message(entry) if entry.kind == "message" else b"") for entry in reader.entries()
            ]

    def said(self, sender: str) -> list[tuple[str, bytes]]:
        """Return what a side sent, in the words of `End.said`."""
        frames = [
            (entry, message) for entry, message in self.entries if entry.sender == sender and entry.kind in _FRAMES
        ]
        return [(entry.kind, message or _payload(entry.fields)) for entry, message in frames]

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [dict(entry.fields) for entry, _ in self.entries if entry.kind == kind]

    def verdict(self) -> Verdict:
        return verify(self.folder)

    def bytes(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self.folder.iterdir()))


def _payload(fields: Any) -> bytes:
    code = fields.get("code")
    return (b"" if code is None else code.to_bytes(2, "big")) + str(fields.get("text", "")).encode()


@contextmanager
def proxy_before(upstream: str, out: Path, *, loop: str = "uvloop", **options: Any) -> Iterator[Stand]:
    """Run a proxy until the block ends; it must end in good order."""
    stand = Stand(out)
    chosen = ProxyOptions(upstream=upstream, listen=options.pop("listen", "127.0.0.1:0"), out=out, **options)
    ready = threading.Event()
    thread = threading.Thread(target=_run, args=(_serve(chosen, stand, ready), loop, stand, ready))
    thread.start()
    ready.wait(PATIENCE)
    try:
        if stand.failure is not None:
            raise stand.failure
        yield stand
    finally:
        stand.stop()
        thread.join(PATIENCE)
    assert not thread.is_alive(), "the proxy did not stop"
    assert stand.failure is None, stand.failure
    assert stand.troubles == []


def _run(main: Coroutine[Any, Any, None], loop: str, stand: Stand, ready: threading.Event) -> None:
    try:
        if loop == "uvloop":
            import uvloop

            uvloop.run(main)
        else:
            asyncio.run(main)
    except BaseException as error:
        stand.failure = error
    finally:
        ready.set()


async def _serve(options: ProxyOptions, stand: Stand, ready: threading.Event) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: stand.troubles.append(str(context)))
    async with running_proxy(options, on_finished=stand.on_finished, say=stand.said.append) as running:
        _introduce(running, stand, loop)
        ready.set()
        await running.stopped.wait()
    stand.shortfall = running.shortfall


def _introduce(running: RunningProxy, stand: Stand, loop: asyncio.AbstractEventLoop) -> None:
    def stop() -> None:
        try:
            loop.call_soon_threadsafe(running.stop)
        except RuntimeError:
            pass  # it has stopped already

    stand.port, stand.token, stand.base_url = running.address.port, running.token, running.base_url
    stand.ca, stand.stop = running.ca, stop
