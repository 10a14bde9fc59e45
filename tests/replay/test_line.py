"""A line whose other side takes nothing, and a machine on it that breaks: nothing hangs, and both are told."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from rtdebug.clock import Clock
from rtdebug.recording.library import summarize
from rtdebug.replay.line import Line
from rtdebug.replay.part import Part
from rtdebug.replay.server import ReplayServer
from rtdebug.replay.terms import Out, Send, Terms

from .actor import RECORDINGS

MORE_THAN_SOCKETS_HOLD = [Send(b"x" * (1 << 20), step=number) for number in range(1, 65)]
UPGRADE = (
    "GET /v1/realtime HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: {}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@contextmanager
def deaf(address: str) -> Iterator[socket.socket]:
    """Connect, and never read."""
    host, _, port = address.partition(":")
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect((host, int(port)))
        line.sendall(UPGRADE.format(address, 13).encode())
        yield line


class Talkative:
    """A machine that says much, and never ends."""

    def __init__(self) -> None:
        self.next_ns: int | None = None
        self.closed = False
        self.words = ""

    def open(self, now_ns: int) -> list[Out]:
        return [*MORE_THAN_SOCKETS_HOLD]

    def receive(self, message: bytes, now_ns: int, *, binary: bool = False) -> list[Out]:
        return []

    def poll(self, now_ns: int) -> list[Out]:
        return []

    def left(self, words: str, now_ns: int) -> None:
        self.closed, self.words = True, self.words or words


class Plain(Line[Out]):
    """A line that sends what it is told."""

    async def _put(self, out: Out) -> None:
        assert isinstance(out, Send)
        await self._send(out.before, text=True)

    def _how(self, closed: ConnectionClosed) -> str:
        return "left"


@asynccontextmanager
async def answering(machine: Talkative, patience_s: float) -> AsyncIterator[tuple[str, asyncio.Event]]:
    over = asyncio.Event()

    async def play(connection: ServerConnection) -> None:
        await Plain(connection, machine, Clock(), patience_s).hold()
        over.set()

    async with serve(play, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        yield f"127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}", over


async def test_who_takes_nothing_is_let_go() -> None:
    machine = Talkative()
    async with answering(machine, 0.3) as (address, over):
        with deaf(address):
            async with asyncio.timeout(10):
                await over.wait()
    assert machine.words == "took nothing of what was sent for 0.3 s"


async def test_who_leaves_is_noticed() -> None:
    machine = Talkative()
    async with answering(machine, 20) as (address, over):
        async with connect(f"ws://{address}", max_size=None):
            pass
        async with asyncio.timeout(10):
            await over.wait()
    assert machine.words == "left"


@pytest.fixture
def talkative(monkeypatch: pytest.MonkeyPatch) -> None:
    def speak(part: Part, now_ns: int) -> list[Out]:
        part._next = min(len(part._said), len(MORE_THAN_SOCKETS_HOLD))
        return [*MORE_THAN_SOCKETS_HOLD]

    monkeypatch.setattr(Part, "open", speak)


@pytest.mark.usefixtures("talkative")
async def test_a_server_stops_though_a_client_takes_nothing() -> None:
    server = ReplayServer([RECORDINGS / "vad-conversation"], terms=Terms(patience_s=60))
    async with server:
        with deaf(server.address) as line:
            while not server._playing:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
            began = time.monotonic()
            await server.__aexit__(None, None, None)
            assert time.monotonic() - began < 8
            line.close()
    (verdict,) = server.verdicts.connections
    assert "left without a close frame" in verdict.ending


@pytest.mark.usefixtures("talkative")
async def test_what_could_not_be_sent_was_not_said(tmp_path: Path) -> None:
    path, terms = RECORDINGS / "vad-conversation", Terms(patience_s=0.3)
    async with ReplayServer([path], terms=terms, out=tmp_path) as server:
        with deaf(server.address):
            async with asyncio.timeout(10):
                await server.over.wait()
    (verdict,) = server.verdicts.connections
    assert "took nothing of what was sent for 0.3 s" in verdict.ending
    assert len(verdict.left) > len(MORE_THAN_SOCKETS_HOLD) // 2
    assert not verdict.complete
    assert verdict.folder is not None
    assert summarize(verdict.folder).ending == "client fell silent"
    assert verdict.folder.joinpath("events.jsonl").read_bytes().count(b'"kind":"closed"') == 1


async def test_a_part_that_breaks_ends_the_call_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> list[Out]:
        raise ValueError("an odd event")

    monkeypatch.setattr(Part, "receive", broken)
    async with ReplayServer([RECORDINGS / "text-turn"]) as server, asyncio.timeout(10):
        async with connect(server.ws_url) as line:
            await line.recv()
            await line.send("{}")
            with pytest.raises(ConnectionClosed) as closed:
                await line.recv()
        await server.over.wait()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011
    (verdict,) = server.verdicts.connections
    assert [one.what for one in verdict.mismatches] == [
        "the replay failed (ValueError: an odd event); please report this"
    ]
