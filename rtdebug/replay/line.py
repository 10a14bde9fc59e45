"""A socket and the machine that plays on it, until one of the two has enough. Holds the time."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed, ProtocolError

from rtdebug.clock import Clock

_Out = TypeVar("_Out")
_Out_co = TypeVar("_Out_co", covariant=True)
_CLOSING_S = 4.0
"""How long the other side may take to let itself be closed: twice what `websockets` waits for its answer."""


class Machine(Protocol[_Out_co]):
    """One side of a call, without socket and clock."""

    next_ns: int | None
    closed: bool

    def open(self, now_ns: int) -> Sequence[_Out_co]:
        """Begin; return what is to be sent at once."""

    def receive(self, message: bytes, now_ns: int, *, binary: bool = False) -> Sequence[_Out_co]:
        """Take a message; return what is to be sent at once."""

    def poll(self, now_ns: int) -> Sequence[_Out_co]:
        """Return what is due by now."""

    def left(self, words: str, now_ns: int) -> None:
        """Take note that the other side has gone."""


class Line(ABC, Generic[_Out]):
    """One connection, and the machine that plays on it."""

    def __init__(self, connection: Connection, machine: Machine[_Out], clock: Clock, patience_s: float) -> None:
        """`patience_s` is how long the other side may take none of what it is sent."""
        self._connection = connection
        self._machine = machine
        self._clock = clock
        self._patience_s = patience_s
        self._outs: deque[_Out] = deque()
        self._came = asyncio.Event()

    async def hold(self) -> None:
        """Play to the end, or until the other side leaves."""
        self._outs.extend(self._machine.open(self._clock.now_ns()))
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(self._listen())
            try:
                await self._speak()
            except ConnectionClosed:
                pass  # the listener is told as well
            # What is said while the socket closes is still part of the call.
            await self._close(1000, "")
            await listening

    @abstractmethod
    async def _put(self, out: _Out) -> None:
        """Send what the machine says, or close."""

    @abstractmethod
    def _how(self, closed: ConnectionClosed) -> str:
        """Say how the other side went."""

    def _heard(self, payload: bytes, now_ns: int, *, binary: bool) -> None:
        """Take note of a message before the machine does."""

    def _gone(self, closed: ConnectionClosed, now_ns: int) -> None:
        """Take note of the end."""

    def _let_go(self, now_ns: int) -> None:
        """Take note that the other side takes nothing, and is let go; `_gone` is told as well."""

    async def _send(self, payload: bytes, *, text: bool) -> None:
        """Send a message; who takes nothing for too long is let go."""
        try:
            async with asyncio.timeout(self._patience_s):
                await self._connection.send(payload, text=text)
        except TimeoutError:
            words = f"took nothing of what was sent for {self._patience_s:g} s"
            now_ns = self._clock.now_ns()
            self._machine.left(words, now_ns)
            self._let_go(now_ns)
            self._connection.transport.abort()

    async def _close(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(_CLOSING_S):
                await self._connection.close(code, reason)
        except (TimeoutError, ProtocolError):
            self._connection.transport.abort()

    async def _listen(self) -> None:
        try:
            while True:
                message = await self._connection.recv()
                binary = isinstance(message, bytes)
                payload = message if isinstance(message, bytes) else message.encode("utf-8", "surrogatepass")
                now_ns = self._clock.now_ns()
                self._heard(payload, now_ns, binary=binary)
                if not self._machine.closed:
                    self._outs.extend(self._machine.receive(payload, now_ns, binary=binary))
                self._came.set()
        except ConnectionClosed as closed:
            now_ns = self._clock.now_ns()
            self._machine.left(self._how(closed), now_ns)
            self._gone(closed, now_ns)
            self._came.set()

    async def _speak(self) -> None:
        while True:
            while self._outs:
                await self._put(self._outs.popleft())
            if self._machine.closed:
                return
            await self._rest()
            self._outs.extend(self._machine.poll(self._clock.now_ns()))

    async def _rest(self) -> None:
        """Wait until something comes, or is due."""
        due_ns = self._machine.next_ns
        wait_s = None if due_ns is None else max(0.0, (due_ns - self._clock.now_ns()) / 1e9)
        try:
            async with asyncio.timeout(wait_s):
                await self._came.wait()
        except TimeoutError:
            pass  # then it is the machine's turn
        self._came.clear()
