"""Messages between a socket and a part, until one of the two has enough. Holds the time."""

import asyncio
from collections import deque
from collections.abc import Callable

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, ProtocolError

from rtdebug.clock import Clock
from rtdebug.recording.audio import TakenOut, put_back
from rtdebug.recording.format import AudioPlace
from rtdebug.replay.keeping import Keeper
from rtdebug.replay.part import Part
from rtdebug.replay.terms import Close, Out, Send


class Talk:
    """One connection, and the part that is played to it."""

    def __init__(
        self,
        connection: ServerConnection,
        part: Part,
        audio: Callable[[AudioPlace], bytes],
        clock: Clock,
        keeper: Keeper | None,
    ) -> None:
        self._connection = connection
        self._part = part
        self._audio = audio
        self._clock = clock
        self._keeper = keeper
        self._outs: deque[Out] = deque()
        self._came = asyncio.Event()

    async def hold(self) -> None:
        """Play the part to its end, or until the client leaves."""
        self._outs.extend(self._part.open(self._clock.now_ns()))
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(self._listen())
            try:
                await self._speak()
            except ConnectionClosed as closed:
                self._part.left(_how(closed), self._clock.now_ns())
            finally:
                # What the client sends while the socket closes is still its part.
                await self._connection.wait_closed()
            await listening

    async def _listen(self) -> None:
        try:
            while True:
                message = await self._connection.recv()
                binary = isinstance(message, bytes)
                payload = message if isinstance(message, bytes) else message.encode("utf-8", "surrogatepass")
                now_ns = self._clock.now_ns()
                if self._keeper is not None:
                    self._keeper.message("client", payload, now_ns, binary=binary)
                if not self._part.closed:
                    self._outs.extend(self._part.receive(payload, now_ns, binary=binary))
                self._came.set()
        except ConnectionClosed as closed:
            now_ns = self._clock.now_ns()
            self._part.left(_how(closed), now_ns)
            if self._keeper is not None and closed.rcvd is not None:
                self._keeper.close("client", closed.rcvd.code, closed.rcvd.reason, now_ns)
            self._came.set()

    async def _speak(self) -> None:
        while True:
            while self._outs:
                await self._put(self._outs.popleft())
            if self._part.closed:
                return
            await self._rest()
            self._outs.extend(self._part.poll(self._clock.now_ns()))

    async def _rest(self) -> None:
        """Wait until the client says something, or the part has something to say."""
        due_ns = self._part.next_ns
        wait_s = None if due_ns is None else max(0.0, (due_ns - self._clock.now_ns()) / 1e9)
        try:
            async with asyncio.timeout(wait_s):
                await self._came.wait()
        except TimeoutError:
            pass  # then it is the part's turn
        self._came.clear()

    async def _put(self, out: Out) -> None:
        if isinstance(out, Close):
            await self._close(out)
            return
        payload = self._payload(out)
        if self._keeper is not None:
            self._keeper.message("server", payload, self._clock.now_ns(), binary=out.binary)
        await self._connection.send(payload, text=not out.binary)

    def _payload(self, out: Send) -> bytes:
        if out.place is None:
            return out.before
        return put_back(TakenOut(out.before + out.behind, len(out.before), self._audio(out.place)))

    async def _close(self, out: Close) -> None:
        sendable = out.code if out.code in _SENDABLE or (out.code or 0) >= 3000 else None
        if self._keeper is not None:
            self._keeper.close("server", sendable, out.reason, self._clock.now_ns())
        if sendable is None:
            self._connection.transport.abort()
            return
        try:
            await self._connection.close(sendable, out.reason)
        except ProtocolError:
            self._connection.transport.abort()


_SENDABLE = frozenset({*range(1000, 1004), *range(1007, 1015)})


def _how(closed: ConnectionClosed) -> str:
    """Say how a client went."""
    if closed.rcvd is None:
        return "left without a close frame"
    if closed.sent is not None and not closed.rcvd_then_sent:
        return f"was sent away with {closed.sent.code}: the replay was stopped"
    return f"closed {closed.rcvd.code}"
