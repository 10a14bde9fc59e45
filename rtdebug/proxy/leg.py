"""One TCP or TLS connection of the proxy's: read by a coroutine until it is married, pumped ever after.

In the pump, `data_received` is the whole hot path: write the very bytes that came to the other leg, then
hand them to the tap. No parsing, no logging, no await.
"""

import array
import asyncio
import fcntl
import os
import socket
import struct
import termios
from collections.abc import Callable
from typing import cast

from rtdebug.wire.handshake import HEAD_LIMIT

_READ_AHEAD = 256 << 10
"""Bytes read ahead of the coroutine that takes them, before the sender is held back."""
_LINGER = 30.0
"""Seconds a closing leg gets to take what is still on its way to it."""
_PARTING = 2.0
"""Seconds a peer gets to close after the last answer."""
_RESET_AFTER = 2.0
"""Seconds a leg gets to take its last bytes before it is told of the other's reset."""

Tap = Callable[[bytes], None]


class HeadTooLargeError(Exception):
    """A head longer than HEAD_LIMIT."""


class Leg(asyncio.Protocol):
    """A connection to the client or to the upstream."""

    __slots__ = (
        "_arrived",
        "_buffer",
        "_drained",
        "_is_tls",
        "_paused",
        "_resetting",
        "ended",
        "eof",
        "error",
        "lost",
        "on_eof",
        "on_lost",
        "other",
        "tap",
        "transport",
    )

    def __init__(self) -> None:
        self.transport: asyncio.Transport = cast(asyncio.Transport, None)
        self.other: Leg | None = None
        self.tap: Tap = _no_tap
        self.on_eof: Callable[[], None] = _nothing
        self.on_lost: Callable[[Exception | None], None] = _no_loss
        self.eof = False
        self.ended = False
        self.lost = False
        self.error: Exception | None = None
        self._buffer = b""
        self._is_tls = False
        self._paused = False
        self._resetting = False
        self._arrived: asyncio.Event | None = None
        self._drained: asyncio.Event | None = None

    # The event loop's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self.transport = cast(asyncio.Transport, transport)
        self._is_tls = transport.get_extra_info("ssl_object") is not None
        # With no room to buffer, a write goes to the kernel at once, and a full kernel holds the other side
        # back at once: memory stays flat whatever the peers do.
        # (A TLS transport takes a limit of nothing for full at all times, so it keeps its own.)
        if not self._is_tls:
            self.transport.set_write_buffer_limits(0)

    def data_received(self, data: bytes) -> None:
        """Pump, or keep for `read`."""
        other = self.other
        if other is not None:
            other.transport.write(data)
            self.tap(data)
            return
        self._buffer += data
        if len(self._buffer) > _READ_AHEAD and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        if self._arrived is not None:
            self._arrived.set()

    def eof_received(self) -> bool:
        """Take the peer's last byte."""
        self.eof = True
        if self._arrived is not None:
            self._arrived.set()
        self.on_eof()
        # TLS cannot be half open; a TCP leg stays to carry the other direction to its end.
        return not self._is_tls

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the end of the connection; `exc` when it broke off."""
        if exc is not None and not self._is_tls:
            self._take_last_words()
        self.eof = self.lost = True
        self.error = exc
        for event in (self._arrived, self._drained):
            if event is not None:
                event.set()
        self.on_lost(exc)

    def _take_last_words(self) -> None:
        """Read what came before a reset: a write that meets the reset first ends the transport before its time."""
        link = self.transport.get_extra_info("socket")
        try:
            while data := os.read(link.fileno(), 1 << 18):
                self.data_received(data)
        except (OSError, ValueError):
            pass  # that was all

    def pause_writing(self) -> None:
        """Hold the other side back while this peer takes nothing."""
        if self.other is not None:
            self.other.hold(True)
        else:
            self._drained = asyncio.Event()

    def resume_writing(self) -> None:
        """Let the other side go on."""
        if self.other is not None:
            self.other.hold(False)
        if self._drained is not None:
            self._drained.set()
            self._drained = None

    # The side of the coroutine that serves the connection, before the pump.

    async def read(self) -> bytes:
        """Return what has arrived, b"" at the end of the stream."""
        while not self._buffer and not self.eof:
            self._arrived = asyncio.Event()
            await self._arrived.wait()
            self._arrived = None
        data, self._buffer = self._buffer, b""
        self.hold(False)
        return data

    async def read_head(self) -> bytes:
        """Return the bytes of a head with the empty line that ends it; b"" where the stream ended first.

        What came of a head that did not end is left to `read`.
        Raises HeadTooLargeError.
        """
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            if len(data) > HEAD_LIMIT:
                raise HeadTooLargeError
            more = await self.read()
            if not more:
                self.unread(data)
                return b""
            data = (data + more).lstrip(b"\r\n") if not data else data + more
        if end > HEAD_LIMIT:
            raise HeadTooLargeError
        self.unread(data[end + 4 :])
        return data[: end + 4]

    @property
    def is_silent(self) -> bool:
        """Say whether the peer's last byte has been taken."""
        return self.eof and not self._buffer

    async def part(self) -> None:
        """Close once the peer has: what it still sends would make the kernel take back the last answer."""
        self.end_writing()
        try:
            async with asyncio.timeout(_PARTING):
                while await self.read():
                    pass
        except TimeoutError:
            pass  # it had its time
        self.close()

    async def gone(self) -> None:
        """Wait until the connection is closed both ways."""
        while not self.lost:
            self._arrived = asyncio.Event()
            await self._arrived.wait()

    def unread(self, data: bytes) -> None:
        """Put bytes back that belong to what comes next."""
        self._buffer = data + self._buffer

    async def send(self, data: bytes) -> None:
        """Write, and wait while the peer does not read."""
        if self.lost:
            raise ConnectionResetError
        self.transport.write(data)
        if self._drained is not None:
            await self._drained.wait()

    # Both sides.

    def hold(self, still: bool) -> None:
        """Stop or go on reading from this leg."""
        if still != self._paused and not self.lost and not self.eof:
            self._paused = still
            if still:
                self.transport.pause_reading()
            else:
                self.transport.resume_reading()

    def marry(self, other: "Leg", tap: Tap) -> None:
        """Hand every byte from now on to `other` and then to `tap`."""
        self.other, self.tap = other, tap

    def begin_pump(self) -> None:
        """Hand on what arrived before the marriage, and read on as far as the other takes it."""
        other = self.other
        if other is None:
            return
        self.hold(other._drained is not None)
        data, self._buffer = self._buffer, b""
        if data and not other.lost:
            other.transport.write(data)
            self.tap(data)

    def end_writing(self) -> None:
        """Tell the peer that nothing more will come."""
        self.ended = True
        if not self.lost and not self.transport.is_closing():
            if self.transport.can_write_eof():
                self.transport.write_eof()
            else:
                self.close()

    def close(self) -> None:
        """Close once the peer has taken what is on its way to it."""
        if not self.lost and not self._resetting:  # a reset on its way must not turn into an orderly end
            self.transport.close()
            if not self.lost:
                asyncio.get_running_loop().call_later(_LINGER, self.abort)

    def reset(self) -> None:
        """Break off as the other side did, once the peer has taken what came before."""
        if not self.lost:
            self._resetting = True
            deadline = asyncio.get_running_loop().time() + _RESET_AFTER
            self._reset(deadline)

    def _reset(self, deadline: float) -> None:
        loop = asyncio.get_running_loop()
        if self.lost:
            return
        if self._unsent() and loop.time() < deadline:
            loop.call_later(0.01, self._reset, deadline)
            return
        link = self.transport.get_extra_info("socket")
        try:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass  # gone already
        self.transport.abort()

    def _unsent(self) -> int:
        """Count bytes that the peer's machine has not acknowledged."""
        waiting = array.array("i", [0])
        try:
            fcntl.ioctl(self.transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, waiting)
        except (OSError, ValueError):
            return 0
        return waiting[0] + self.transport.get_write_buffer_size()

    def abort(self) -> None:
        """Close at once."""
        if not self.lost:
            self.transport.abort()


def _no_tap(_: bytes) -> None:
    pass


def _nothing() -> None:
    pass


def _no_loss(_: Exception | None) -> None:
    pass
