"""What a connection carries: one value per thing that happened on the wire.

These are named tuples and not frozen dataclasses because one is made for every message that crosses the
proxy: they are as immutable, and cost a third.
"""

from typing import Literal, NamedTuple

Sender = Literal["client", "server"]


class Message(NamedTuple):
    """One whole WebSocket message, unmasked, put together and inflated."""

    at_ns: int
    """When its last byte was read."""
    binary: bool
    payload: bytes
    fragments: int
    """Number of frames it came in; 1 for nearly all traffic."""
    compressed: bool


class Control(NamedTuple):
    """A ping, pong or close frame, or one with an opcode that RFC 6455 reserves."""

    at_ns: int
    opcode: int
    payload: bytes


class Gap(NamedTuple):
    """Bytes that crossed the wire and could not be turned into messages."""

    at_ns: int
    reason: str
    size: int
    """Number of bytes concerned, as far as known."""


Wire = Message | Control | Gap

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
CONTROL_NAMES = {CLOSE: "close", PING: "ping", PONG: "pong"}


def close_reason(payload: bytes) -> tuple[int | None, bytes]:
    """Split a close frame's payload into code (None when empty) and reason, as UTF-8 that may be broken."""
    if len(payload) < 2:
        return None, b""
    return int.from_bytes(payload[:2], "big"), payload[2:]
