"""The two ends of a call as bare sockets: each sends what it is told and keeps what it gets, and how that ended."""

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from .frames import BINARY, CLOSE, PING, PONG, TEXT, Deflate, closing, fragments, frame

PATIENCE = 40.0
"""Seconds anything may take before a test gives up on it."""


class End:
    """One end of a connection."""

    def __init__(self, link: socket.socket, *, masks: bool = False) -> None:
        link.setblocking(False)
        if link.family != socket.AF_UNIX:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.link = link
        self.masks = masks
        self.received = bytearray()
        self.ending = ""
        """"eof" or "reset", once the other side ended its stream."""
        self.said: list[tuple[str, bytes]] = []
        """What this end sent, frame kinds and payloads, as a recording should tell it."""
        self._changed = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    def begin_reading(self) -> None:
        self._reading = asyncio.create_task(self._read())

    def stops_reading(self) -> None:
        """Leave what comes to the kernel."""
        if self._reading is not None:
            self._reading.cancel()
            asyncio.get_running_loop().remove_reader(self.link)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while not self.ending:
            try:
                data = await loop.sock_recv(self.link, 1 << 18)
            except OSError:
                self.ending = "reset"
            else:
                self.received += data
                self.ending = "" if data else "eof"
            self._changed.set()

    # What it sends.

    async def sends(self, data: bytes) -> None:
        """Send raw bytes."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.get_running_loop().sock_sendall(self.link, data)

    async def sends_some(self, data: memoryview) -> int:
        """Send as much as the kernel takes, and wait until it takes something; return how many bytes it took."""
        loop, room = asyncio.get_running_loop(), asyncio.Event()
        loop.add_writer(self.link, room.set)
        try:
            await room.wait()
        finally:
            loop.remove_writer(self.link)
        return self.link.send(data)

    async def dribbles(self, data: bytes) -> None:
        """Send raw bytes one by one."""
        for number in range(len(data)):
            await self.sends(data[number : number + 1])
            await asyncio.sleep(0)

    def makes(self, payload: bytes, *, binary: bool = False, deflate: Deflate | None = None, pieces: int = 1) -> bytes:
        """Build a message's frames, and take note of it."""
        self.said.append(("message", payload))
        data = deflate(payload) if deflate else payload
        step = -(-len(data) // pieces) or 1
        parts = [data[start : start + step] for start in range(0, len(data), step)] or [b""]
        rsv = 0x40 if deflate else 0
        return b"".join(fragments(BINARY if binary else TEXT, parts, masked=self.masks, rsv=rsv))

    def controls(self, opcode: int, payload: bytes = b"") -> bytes:
        """Build a control frame, and take note of it."""
        self.said.append(({CLOSE: "close", PING: "ping", PONG: "pong"}[opcode], payload))
        return frame(0x80 | opcode, payload, masked=self.masks)

    async def says(self, *payloads: bytes, binary: bool = False, deflate: Deflate | None = None) -> None:
        """Send messages."""
        for payload in payloads:
            await self.sends(self.makes(payload, binary=binary, deflate=deflate))

    async def closes(self, code: int | None = None, reason: str = "") -> None:
        """Send a close frame."""
        await self.sends(self.controls(CLOSE, closing(code, reason)))

    # How it leaves.

    def half_closes(self) -> None:
        """Send nothing more, and go on listening."""
        try:
            self.link.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the other side was faster

    def resets(self) -> None:
        """Break off."""
        self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.hangs_up()

    def hangs_up(self) -> None:
        """Close the socket both ways."""
        if self.link.fileno() < 0:
            return
        self.stops_reading()
        self.link.close()

    # What it waits for.

    async def has(self, size: int) -> None:
        """Wait until this many bytes have come in all."""
        await self._until(lambda: len(self.received) >= size, f"{size} bytes")

    async def ended(self) -> str:
        """Wait until the other side's stream has ended."""
        await self._until(lambda: bool(self.ending), "the end")
        return self.ending

    async def head(self) -> bytes:
        """Take the bytes up to the first empty line out of what is received."""
        await self._until(lambda: b"\r\n\r\n" in self.received or bool(self.ending), "a head")
        head, mark, rest = bytes(self.received).partition(b"\r\n\r\n")
        self.received[:] = rest
        return head + mark

    async def _until(self, is_so: object, what: str) -> None:
        assert callable(is_so)
        try:
            async with asyncio.timeout(PATIENCE):
                while not is_so():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            got = bytes(self.received[:200])
            raise AssertionError(f"waited for {what}, got {len(self.received)} bytes {got!r} {self.ending}") from None


class Upstream:
    """A listening socket that hands out its connections one by one."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.listener.setblocking(False)
        self.port: int = self.listener.getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}"

    async def answers(self) -> End:
        """Accept the next connection."""
        async with asyncio.timeout(PATIENCE):
            link, _ = await asyncio.get_running_loop().sock_accept(self.listener)
        end = End(link)
        end.begin_reading()
        return end

    @property
    def contacted(self) -> bool:
        """Say whether a connection waits that nobody has accepted."""
        try:
            link, _ = self.listener.accept()
        except BlockingIOError:
            return False
        link.close()
        return True


async def dial(port: int, *, masks: bool = True, receive_buffer: int = 0) -> End:
    """Connect as a client."""
    link = socket.socket()
    link.setblocking(False)
    if receive_buffer:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    async with asyncio.timeout(PATIENCE):
        await asyncio.get_running_loop().sock_connect(link, ("127.0.0.1", port))
    end = End(link, masks=masks)
    if not receive_buffer:
        end.begin_reading()
    return end


@contextmanager
def listening_upstream() -> Iterator[Upstream]:
    upstream = Upstream()
    try:
        yield upstream
    finally:
        upstream.listener.close()
