"""Messages between a client and the part that is played to it."""

from collections.abc import Callable

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from rtdebug.clock import Clock
from rtdebug.recording.audio import TakenOut, put_back
from rtdebug.recording.format import AudioPlace
from rtdebug.replay.keeping import Keeper
from rtdebug.replay.line import Line
from rtdebug.replay.part import Part
from rtdebug.replay.terms import SENDABLE, Close, Out, Send


class Talk(Line[Out]):
    """One connection, and the part that is played to it."""

    def __init__(
        self,
        connection: ServerConnection,
        part: Part,
        audio: Callable[[AudioPlace], bytes],
        clock: Clock,
        keeper: Keeper | None,
    ) -> None:
        super().__init__(connection, part, clock, part.patience_s)
        self._part = part
        self._audio = audio
        self._keeper = keeper
        self._is_ended = False
        """The end of the connection is in the recording."""

    async def hold(self) -> None:
        """Play the part to its end, or until the client leaves."""
        try:
            await super().hold()
        finally:
            self._part.not_sent(self._outs)

    def _heard(self, payload: bytes, now_ns: int, *, binary: bool) -> None:
        if self._keeper is not None:
            self._keeper.message("client", payload, now_ns, binary=binary)

    def _let_go(self, now_ns: int) -> None:
        if self._keeper is not None:
            self._keeper.lost("client", "silent", now_ns)
            self._is_ended = True

    def _gone(self, closed: ConnectionClosed, now_ns: int) -> None:
        if self._keeper is None:
            return
        if closed.rcvd is not None:
            self._keeper.close("client", closed.rcvd.code, closed.rcvd.reason, now_ns)
        elif not self._is_ended:
            self._keeper.lost("client", "eof", now_ns)

    async def _put(self, out: Out) -> None:
        if isinstance(out, Close):
            await self._end(out)
            return
        payload = self._payload(out)
        if self._keeper is not None:
            self._keeper.message("server", payload, self._clock.now_ns(), binary=out.binary)
        await self._send(payload, text=not out.binary)

    def _payload(self, out: Send) -> bytes:
        if out.place is None:
            return out.before
        return put_back(TakenOut(out.before + out.behind, len(out.before), self._audio(out.place)))

    async def _end(self, out: Close) -> None:
        code = out.code if out.code in SENDABLE or (out.code or 0) >= 3000 else None
        self._keep_end(code, out.reason)
        if code is None:
            self._connection.transport.abort()
        else:
            await self._close(code, out.reason)

    def _keep_end(self, code: int | None, reason: str) -> None:
        if self._keeper is None:
            return
        self._is_ended = True
        if code is None:
            self._keeper.lost("server", "reset", self._clock.now_ns())
        else:
            self._keeper.close("server", code, reason, self._clock.now_ns())

    def _how(self, closed: ConnectionClosed) -> str:
        if closed.rcvd is None:
            return "left without a close frame"
        if closed.sent is not None and not closed.rcvd_then_sent:
            return f"was sent away with {closed.sent.code}: the replay was stopped"
        return f"closed {closed.rcvd.code}"
