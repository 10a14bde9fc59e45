"""The parties of a call whose proxy is a process of its own: what each sent, what each received and when."""

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from pybase64 import b64encode
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from rtdebug.recording.reader import Lost, RecordingReader


class Proxy:
    """`rtdebug proxy` as a process."""

    def __init__(self, upstream: str, out: Path, *options: str, env: dict[str, str] | None = None) -> None:
        self._command = ["-m", "rtdebug", "proxy", "--upstream", upstream, "--listen", "127.0.0.1:0"]
        self._command += ["--out", str(out), *options]
        self._env = env
        self.out = out
        self.talk = ""
        """All it said on stderr."""
        self.stdout = ""
        self.killed_at = 0.0

    async def __aenter__(self) -> Self:
        await self.start()
        async with asyncio.timeout(60):
            while "listening on" not in self.talk:
                assert self.process.returncode is None, self.talk
                await asyncio.sleep(0.01)
        found = re.search(r"listening on (\S+)", self.talk)
        assert found
        self.host = found[1]
        return self

    async def start(self) -> None:
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, *self._command, stdout=pipe, stderr=pipe, env=self._env
        )
        self._listening = asyncio.create_task(self._listen())

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.ended()

    async def _listen(self) -> None:
        assert self.process.stdout
        assert self.process.stderr
        while line := await self.process.stderr.readline():
            self.talk += line.decode()
        self.stdout = (await self.process.stdout.read()).decode()

    async def ended(self) -> int:
        await self._listening
        return await self.process.wait()

    async def kill(self) -> None:
        self.killed_at = time.monotonic()
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        self.process.terminate()
        return await asyncio.wait_for(self.ended(), 60)

    def url(self, path: str = "/v1/realtime?model=m") -> str:
        return f"ws://{self.host}{path}"

    def recordings(self) -> list[Path]:
        return sorted(path.parent for path in self.out.glob("*/events.jsonl"))


@dataclass
class End:
    """One end of a call."""

    sent: list[bytes] = field(default_factory=list)
    received: list[tuple[float, bytes]] = field(default_factory=list)

    async def say(self, link: ClientConnection | ServerConnection, message: bytes) -> None:
        self.sent.append(message)
        await link.send(message, text=True)

    async def listen(self, link: ClientConnection | ServerConnection) -> None:
        try:
            while True:
                message = await link.recv(decode=False)
                self.received.append((time.monotonic(), message))
        except ConnectionClosed:
            pass


class Upstream:
    """A server that speaks at its own pace; its ends are known by the path that was asked for."""

    def __init__(self, every: float = 0.02, audio: int = 960, messages: int | None = None) -> None:
        self.every, self.audio, self.messages = every, audio, messages
        self.ends: dict[str, End] = {}
        self.links: dict[str, ServerConnection] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        async with serve(self._serve, "127.0.0.1", 0, compression=None, max_size=None, ping_interval=None) as server:
            yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"

    async def _serve(self, link: ServerConnection) -> None:
        assert link.request is not None
        path = link.request.path
        end = self.ends[path] = End()
        self.links[path] = link
        listening = asyncio.create_task(end.listen(link))
        try:
            await end.say(link, json.dumps({"type": "session.created", "session": {"id": "sess_1"}}).encode())
            await talk(end, link, self.every, self.audio, self.messages)
            await listening
        except ConnectionClosed:
            pass
        finally:
            listening.cancel()


async def talk(
    end: End, link: ClientConnection | ServerConnection, every: float, audio: int, messages: int | None = None
) -> None:
    """Say audio, and now and then words, until the link breaks or all is said."""
    key, kind = ("audio", "input_audio_buffer.append")
    if isinstance(link, ServerConnection):
        key, kind = "delta", "response.output_audio.delta"
    count = 0
    while messages is None or count < messages:
        count += 1
        samples = count.to_bytes(4, "little") * (audio // 4)
        event = {"type": kind, key: b64encode(samples).decode()} if count % 5 else {"type": "words", "count": count}
        try:
            await end.say(link, json.dumps(event).encode())
        except (ConnectionClosed, OSError):
            return
        await asyncio.sleep(every)


@asynccontextmanager
async def calling(proxy: Proxy, path: str = "/v1/realtime?model=m") -> AsyncIterator[tuple[ClientConnection, End]]:
    """Be the client of a call, listening for as long as the block lasts."""
    link = await connect(proxy.url(path), compression=None, max_size=None, ping_interval=None, proxy=None)
    end = End()
    listening = asyncio.create_task(end.listen(link))
    try:
        yield link, end
    finally:
        listening.cancel()
        await link.close()


def recorded(folder: Path) -> dict[str, list[bytes]]:
    """Return what a recording has of either side; a message that cannot be rebuilt is damage."""
    kept: dict[str, list[bytes]] = {"client": [], "server": []}
    with RecordingReader(folder) as reader:
        for entry in reader.entries():
            if entry.kind == "message" and entry.sender is not None:
                try:
                    kept[entry.sender].append(reader.message(entry))
                except Lost as error:
                    raise AssertionError(f"{folder}: entry {entry.seq}: {error}") from error
    return kept
