"""One direction of one session at full speed: a block of frames over and over, compared as it arrives."""

import time
from bisect import bisect_right
from itertools import accumulate

from benchmarks.relay.ends import READ_BYTES, Connection
from benchmarks.relay.frames import PayloadReader, payload_of


class Block:
    """Frames in a row, repeated without end."""

    def __init__(self, frames: list[bytes]) -> None:
        self._frames = frames
        self._ends = list(accumulate(map(len, frames)))
        self.frames = len(frames)
        self.size = self._ends[-1]
        whole = b"".join(frames)
        self._twice = whole * (2 + READ_BYTES // self.size)

    def turned(self, by: int) -> "Block":
        """Return the same frames beginning with another one, so that no two sessions send the same bytes."""
        by %= self.frames
        return Block(self._frames[by:] + self._frames[:by])

    def at(self, offset: int, size: int) -> bytes:
        """Return a piece of the endless row, at most `READ_BYTES` long."""
        start = offset % self.size
        return self._twice[start : start + size]

    def frames_before(self, offset: int) -> int:
        """Count the frames that end at or before an offset."""
        rounds, rest = divmod(offset, self.size)
        return rounds * self.frames + bisect_right(self._ends, rest)

    def end_of(self, frames: int) -> int:
        """Return the offset at which so many frames have ended."""
        rounds, rest = divmod(frames, self.frames)
        return rounds * self.size + (self._ends[rest - 1] if rest else 0)

    def payloads(self) -> list[bytes]:
        """Return the unmasked payloads, for comparison with a stream that was framed anew."""
        return [payload_of(frame) for frame in self._frames]


class Stream:
    """Send a block from one end, keeping so many bytes on the way; check it at the other."""

    def __init__(
        self,
        block: Block,
        *,
        sender: Connection,
        receiver: Connection,
        window: int,
        reframed: bool,
        frames: int = 0,
        rate: float = 0.0,
    ) -> None:
        """`frames` 0 sends until stopped; `rate` is the most bytes a second, 0 for as many as pass."""
        self.changed = False
        self._block, self._sender, self._window = block, sender, window
        self._end = block.end_of(frames) if frames else 0
        self._rate, self._began = rate, time.monotonic()
        self._sent = self._received = self._messages = 0
        self._reader = PayloadReader() if reframed else None
        self._payloads = block.payloads() if reframed else []
        receiver.on_data = self._check_payloads if reframed else self._check_bytes
        sender.on_drained = self.pump

    @property
    def messages(self) -> int:
        """Messages that arrived whole and unchanged."""
        return self._messages if self._reader else self._block.frames_before(self._received)

    @property
    def complete(self) -> bool:
        """Whether everything sent has arrived, and nothing more will be sent."""
        return bool(self._end) and self._received >= self._end

    @property
    def lost(self) -> int:
        """Messages sent that did not arrive."""
        return self._block.frames_before(self._sent) - self.messages

    def pump(self) -> None:
        """Send until enough is on the way."""
        sender, window = self._sender, self._window
        # Taken once: time moves on while sending, and would always leave a few bytes more to send.
        due = int((time.monotonic() - self._began) * self._rate) if self._rate else None
        while not sender.blocked and not sender.closed:
            size = min(READ_BYTES, window - (self._sent - self._received))
            if self._end:
                size = min(size, self._end - self._sent)
            if due is not None:
                size = min(size, due - self._sent)
            if size <= 0:
                return
            sender.send(self._block.at(self._sent, size))
            self._sent += size

    def stop(self) -> None:
        """End with the message under way."""
        frames = self._block.frames_before(self._sent)
        self._end = self._block.end_of(frames)
        if self._end < self._sent:
            self._end = self._block.end_of(frames + 1)
        self.pump()

    def _check_bytes(self, data: bytes) -> None:
        if data != self._block.at(self._received, len(data)):
            self.changed = True
        self._arrived(len(data))

    def _check_payloads(self, data: bytes) -> None:
        assert self._reader
        for payload in self._reader.feed(data):
            if payload != self._payloads[self._messages % len(self._payloads)]:
                self.changed = True
            self._messages += 1
        self._arrived(len(data))

    def _arrived(self, size: int) -> None:
        self._received += size
        # At a given rate the timer sends: answering every arrival would send a few bytes each time.
        if not self._rate and (self._sent - self._received) * 2 <= self._window:
            self.pump()
