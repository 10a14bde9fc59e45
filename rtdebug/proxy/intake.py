"""Bytes that were forwarded, waiting to be understood: both directions of one connection in the order they came.

A message that is decoded the moment it came finds the processor's caches cold. A few of them decoded
together cost half, and a flood of tiny ones can be decoded a slice at a time, between other calls.
"""

from collections import deque
from collections.abc import Callable

from rtdebug.wire.decoder import Decoder
from rtdebug.wire.deflate import DeflateTerms, Inflater
from rtdebug.wire.messages import Sender, Wire

_SLICE = 32 << 10
"""Bytes decoded in one go: about 20 ms of work where every message is as small as can be."""


class Intake:
    """What one connection has carried and nobody has looked at yet."""

    __slots__ = ("_client", "_server", "_start", "_waiting", "size")

    def __init__(self) -> None:
        self._client = Decoder()
        self._server = Decoder()
        self._waiting: deque[tuple[Sender, int, bytes | Callable[[], None]]] = deque()
        self._start = 0
        self.size = 0
        """Bytes that wait; an act counts as one."""

    def expect(self, terms: DeflateTerms) -> None:
        """Inflate what comes from here on as the handshake agreed."""
        self._client = Decoder(inflater=Inflater(window=terms.client_window, keeps_context=terms.client_keeps_context))
        self._server = Decoder(inflater=Inflater(window=terms.server_window, keeps_context=terms.server_keeps_context))

    def put(self, sender: Sender, data: bytes, at_ns: int) -> None:
        """Take bytes that a side sent at a moment."""
        self._waiting.append((sender, at_ns, data))
        self.size += len(data)

    def then(self, act: Callable[[], None]) -> None:
        """Have something done once all that came before has been decoded."""
        self._waiting.append(("client", 0, act))
        self.size += 1

    def take(self) -> tuple[Sender, list[Wire]]:
        """Decode the next slice of what waits, or do the next act; there must be some."""
        sender, at_ns, data = self._waiting[0]
        if not isinstance(data, bytes):
            self._waiting.popleft()
            self.size -= 1
            data()
            return sender, []
        start = self._start
        if len(data) - start > _SLICE:
            self._start = start + _SLICE
            piece = data[start : self._start]
        else:
            self._waiting.popleft()
            self._start = 0
            piece = data[start:] if start else data
        self.size -= len(piece)
        return sender, self._side(sender).feed(piece, at_ns)

    def at_boundary(self, sender: Sender) -> bool:
        """Say whether a frame may be put in behind this side's last byte that was decoded."""
        return self._side(sender).at_boundary

    def unfinished(self, sender: Sender) -> int:
        """Count the bytes of a message of this side that has begun and not ended."""
        return self._side(sender).unfinished

    def _side(self, sender: Sender) -> Decoder:
        return self._client if sender == "client" else self._server
