"""WebSocket frames as bytes: built ahead of the run, and walked over cheaply when they arrive."""

from collections.abc import Iterator

TEXT = 0x81
CLOSE = 0x88
SMALL = 126
"""Payloads below this have a two-byte header; of the benchmark's messages only probes are so small."""


def server_frame(payload: bytes, *, first: int = TEXT) -> bytes:
    """Frame a payload as a server does."""
    return bytes([first]) + _length(len(payload), 0) + payload


def client_frame(payload: bytes, mask: bytes, *, first: int = TEXT) -> bytes:
    """Frame a payload as a client does, masked."""
    return bytes([first]) + _length(len(payload), 0x80) + mask + masked(payload, mask)


def masked(payload: bytes, mask: bytes) -> bytes:
    """Mask or unmask a payload."""
    size = len(payload)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")).to_bytes(size, "little")


def payload_of(frame: bytes) -> bytes:
    """Return the payload of one whole frame, unmasked."""
    return next(PayloadReader().feed(frame))


def _length(size: int, mask_bit: int) -> bytes:
    if size < SMALL:
        return bytes([mask_bit | size])
    if size < 1 << 16:
        return bytes([mask_bit | 126]) + size.to_bytes(2, "big")
    return bytes([mask_bit | 127]) + size.to_bytes(8, "big")


class FrameCounter:
    """Count the messages in one direction's bytes, and pick out the small frames whole."""

    __slots__ = ("_head", "_skip", "messages")

    def __init__(self) -> None:
        self.messages = 0
        self._skip = 0
        self._head = b""

    @property
    def between_frames(self) -> bool:
        """Whether the last frame has come in whole."""
        return not self._skip and not self._head

    def feed(self, data: bytes) -> list[bytes]:
        """Walk over what was read; return the small frames that are complete."""
        if self._head:
            data = self._head + data
            self._head = b""
        small: list[bytes] = []
        position, end = self._skip, len(data)
        while position + 2 <= end:
            second = data[position + 1]
            size = second & 0x7F
            start = position + (6 if second & 0x80 else 2)
            if size == 126:
                if position + 4 > end:
                    break
                size = data[position + 2] << 8 | data[position + 3]
                start += 2
            elif size == 127:
                if position + 10 > end:
                    break
                size = int.from_bytes(data[position + 2 : position + 10], "big")
                start += 8
            elif start + size > end:
                break
            else:
                small.append(data[position : start + size])
            self.messages += data[position] >> 7
            position = start + size
        if position < end:
            self._head, self._skip = data[position:], 0
        else:
            self._skip = position - end
        return small


class PayloadReader:
    """Give every message's payload, unmasked: for sides that frame anew, so that bytes cannot be compared."""

    def __init__(self) -> None:
        self._data = b""
        self._fragments: list[bytes] = []

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the messages that are complete now."""
        self._data += data
        position = 0
        while (frame := self._frame_at(position)) is not None:
            start, end, mask = frame
            payload = self._data[start:end]
            self._fragments.append(masked(payload, mask) if mask else payload)
            if self._data[position] & 0x80:
                yield b"".join(self._fragments)
                self._fragments.clear()
            position = end
        self._data = self._data[position:]

    def _frame_at(self, position: int) -> tuple[int, int, bytes] | None:
        """Return start and end of the payload and the mask, or None while the frame is incomplete."""
        data = self._data
        if position + 2 > len(data):
            return None
        size = data[position + 1] & 0x7F
        extra = {126: 2, 127: 8}.get(size, 0)
        start = position + 2 + extra
        if extra:
            size = int.from_bytes(data[position + 2 : start], "big")
        mask_end = start + (4 if data[position + 1] & 0x80 else 0)
        if mask_end + size > len(data):
            return None
        return mask_end, mask_end + size, data[start:mask_end]
