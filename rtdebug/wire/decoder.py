"""One direction's bytes in, messages out: frames, fragments, masks, compression, however the bytes are cut.

The decoder reads a copy of what the relay has already forwarded. It never raises on what it is fed: what
cannot be understood becomes a Gap, and after bytes that are not WebSocket at all it only counts.
"""

import zlib

from rtdebug.wire.deflate import Inflater, TooLarge
from rtdebug.wire.frames import apply_mask
from rtdebug.wire.messages import BINARY, Control, Gap, Message, Wire

MESSAGE_LIMIT = 64 << 20
"""Largest message kept, in bytes after inflating; a larger one is forwarded like any other and leaves a Gap."""

CONTINUATION, RSV1 = 0x0, 0x40

_STREAMED = 1 << 16
"""A frame at least this long is unmasked piece by piece as it arrives, so that its bytes are held once."""


class Decoder:
    """Turns the bytes of one direction after the upgrade into Message, Control and Gap values."""

    __slots__ = (
        "_body",
        "_body_head",
        "_body_left",
        "_body_mask",
        "_body_size",
        "_broken",
        "_fragments",
        "_inflater",
        "_limit",
        "_parts",
        "_parts_head",
        "_parts_size",
        "_tail",
    )

    def __init__(self, *, inflater: Inflater | None = None, limit: int = MESSAGE_LIMIT) -> None:
        self._inflater = inflater
        self._limit = limit
        self._tail = b""
        self._broken = False
        # A long frame under way: first byte, length, bytes still to come, mask turned to here, payload so far.
        self._body_head = 0
        self._body_size = 0
        self._body_left = 0
        self._body_mask = b""
        self._body = bytearray()
        # A fragmented message under way: first byte of its first frame, length, frames, payload so far.
        self._parts_head = 0
        self._parts_size = 0
        self._fragments = 0
        self._parts = bytearray()

    @property
    def at_boundary(self) -> bool:
        """Say whether the last byte fed ended a frame, so that a frame may be put in here."""
        return not (self._tail or self._body_left or self._broken)

    @property
    def unfinished(self) -> int:
        """Count the bytes of a message that has begun and not ended."""
        begun = self._body_size - self._body_left if self._body_left else 0
        return len(self._tail) + begun + self._parts_size

    def feed(self, data: bytes, at_ns: int) -> list[Wire]:
        """Take the next bytes; return what they completed, in order."""
        return [] if self._broken else self._decode(data, at_ns)

    def _decode(self, data: bytes, at_ns: int) -> list[Wire]:
        found: list[Wire] = []
        if self._tail:
            data, self._tail = self._tail + data, b""
        position, end = 0, len(data)
        if self._body_left:
            position = self._continue_body(data, 0, at_ns, found)
        while end - position >= 2:
            head, second = data[position], data[position + 1]
            size, start = second & 0x7F, position + 2
            if size == 126:
                size, start = int.from_bytes(data[start : start + 2], "big"), start + 2
            elif size == 127:
                size, start = int.from_bytes(data[start : start + 8], "big"), start + 8
            if second & 0x80:
                start += 4
            if start > end:
                break
            stop = start + size
            if stop <= end:
                payload = data[start:stop]
                if second & 0x80:
                    payload = apply_mask(payload, data[start - 4 : start])
                # Nearly every frame: one whole text message.
                if head == 0x81 and not self._parts_head and size <= self._limit:
                    found.append(Message(at_ns, False, payload, 1, False))
                else:
                    self._frame(head, payload, at_ns, found, size)
                    if self._broken:
                        return found
                position = stop
            elif size < _STREAMED:
                break
            elif size >> 63:
                return self._break_off("a frame length that RFC 6455 forbids", end - position, at_ns, found)
            else:
                self._begin_body(head, size, data[start - 4 : start] if second & 0x80 else b"")
                position = self._continue_body(data, start, at_ns, found)
        if not self._broken:
            self._tail = data[position:]
        return found

    def _begin_body(self, head: int, size: int, mask: bytes) -> None:
        self._body_head, self._body_size, self._body_left, self._body_mask = head, size, size, mask

    def _continue_body(self, data: bytes, start: int, at_ns: int, found: list[Wire]) -> int:
        piece = data[start : start + self._body_left]
        self._body_left -= len(piece)
        if self._body_size + self._parts_size <= self._limit:
            self._body += self._unmask(piece)
        if not self._body_left:
            payload, self._body = bytes(self._body), bytearray()
            self._frame(self._body_head, payload, at_ns, found, self._body_size)
        return start + len(piece)

    def _unmask(self, piece: bytes) -> bytes:
        if not self._body_mask:
            return piece
        mask, turn = self._body_mask, len(piece) % 4
        self._body_mask = mask[turn:] + mask[:turn]
        return apply_mask(piece, mask)

    def _frame(self, head: int, payload: bytes, at_ns: int, found: list[Wire], size: int) -> None:
        """Take one whole frame of `size` bytes; the payload is empty where it was too long to be kept."""
        opcode = head & 0x0F
        if opcode > BINARY:
            kept = size <= self._limit
            found.append(Control(at_ns, opcode, payload) if kept else Gap(at_ns, "a control frame of that size", size))
            return
        if opcode == CONTINUATION and not self._parts_head:
            found.append(Gap(at_ns, "a continuation frame with nothing to continue", size))
            return
        if opcode != CONTINUATION:
            if self._parts_head:
                found.append(Gap(at_ns, "a message began before the one under way had ended", self._parts_size))
            if head & 0x80:
                self._parts_head = self._parts_size = 0
                self._finish(head, payload, 1, size, at_ns, found)
                return
            self._parts_head, self._parts_size, self._fragments, self._parts = head, 0, 0, bytearray()
        self._parts_size += size
        self._fragments += 1
        if self._parts_size <= self._limit:
            self._parts += payload
        else:
            self._parts = bytearray()
        if head & 0x80:
            first, total = self._parts_head, self._parts_size
            payload, self._parts = bytes(self._parts), bytearray()
            self._parts_head = self._parts_size = 0
            self._finish(first, payload, self._fragments, total, at_ns, found)

    def _finish(self, head: int, payload: bytes, fragments: int, size: int, at_ns: int, found: list[Wire]) -> None:
        inflater = self._inflater if head & RSV1 else None
        if size > self._limit:
            found.append(Gap(at_ns, f"a message over {self._limit >> 20} MiB", size))
            if inflater and inflater.keeps_context:
                self._break_off("its compression context was lost with it", 0, at_ns, found)
            return
        if inflater:
            try:
                payload = inflater.inflate(payload, self._limit)
            except TooLarge as error:
                found.append(Gap(at_ns, f"a message that inflates past {self._limit >> 20} MiB", error.size))
                return
            except zlib.error as error:
                reason = f"a compressed message that does not inflate ({error})"
                if inflater.keeps_context:
                    self._break_off(reason, size, at_ns, found)
                else:
                    found.append(Gap(at_ns, reason, size))
                return
        found.append(Message(at_ns, head & 0x0F == BINARY, payload, fragments, inflater is not None))

    def _break_off(self, reason: str, size: int, at_ns: int, found: list[Wire]) -> list[Wire]:
        self._broken, self._tail, self._body, self._parts = True, b"", bytearray(), bytearray()
        found.append(Gap(at_ns, f"{reason}; the rest of this direction is not recorded", size))
        return found
