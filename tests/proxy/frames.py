"""WebSocket frames made by hand, legal and not, so that nothing of the product's own code vouches for itself."""

import base64
import hashlib

from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
MASK = b"\x37\xfa\x21\x3d"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def frame(head: int, payload: bytes = b"", *, masked: bool, size: int | None = None) -> bytes:
    """Build one frame from its first byte; `size` claims another length than the payload has."""
    claimed = len(payload) if size is None else size
    bit = 0x80 if masked else 0
    if claimed < 126:
        length = bytes((bit | claimed,))
    elif claimed < 1 << 16:
        length = bytes((bit | 126,)) + claimed.to_bytes(2, "big")
    else:
        length = bytes((bit | 127,)) + claimed.to_bytes(8, "big")
    return bytes((head,)) + length + (MASK + mask(payload) if masked else payload)


def mask(payload: bytes) -> bytes:
    size = len(payload)
    key = (MASK * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


def fragments(opcode: int, pieces: list[bytes], *, masked: bool, rsv: int = 0) -> list[bytes]:
    """Build the frames of one message in pieces."""
    last = len(pieces) - 1
    heads = [(opcode | rsv if not number else 0) | (0x80 if number == last else 0) for number in range(len(pieces))]
    return [frame(head, piece, masked=masked) for head, piece in zip(heads, pieces, strict=True)]


def closing(code: int | None, reason: str = "") -> bytes:
    """Build a close frame's payload."""
    return b"" if code is None else code.to_bytes(2, "big") + reason.encode()


class Deflate:
    """Compresses one direction's messages as `websockets` does."""

    def __init__(self, *, keeps_context: bool = True, window: int = 15) -> None:
        self._extension = PerMessageDeflate(True, not keeps_context, 15, window)

    def __call__(self, payload: bytes) -> bytes:
        return bytes(self._extension.encode(Frame(Opcode.TEXT, payload)).data)


def accept_for(key: str) -> str:
    return base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()


def asking(host: str, *lines: str, target: str = "/v1/realtime?model=gpt-realtime") -> bytes:
    """Build an upgrade request."""
    fixed = ("Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13")
    return "\r\n".join((f"GET {target} HTTP/1.1", f"Host: {host}", *fixed, *lines, "", "")).encode("latin-1")


def granting(*lines: str) -> bytes:
    """Build the 101 answer to `asking`."""
    fixed = ("Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Accept: {accept_for(KEY)}")
    return "\r\n".join(("HTTP/1.1 101 Switching Protocols", *fixed, *lines, "", "")).encode("latin-1")
