"""Masks, and the one frame that rtdebug ever makes itself: the close it sends when it is told to stop."""

import os

try:
    from websockets.speedups import apply_mask
except ImportError:  # a platform without the compiled part of websockets
    from websockets.utils import apply_mask

__all__ = ["apply_mask", "close_frame"]


def close_frame(code: int, reason: str, *, masked: bool) -> bytes:
    """Build a close frame; `masked` as RFC 6455 demands of the client's side."""
    payload = code.to_bytes(2, "big") + reason.encode()[:123].decode(errors="ignore").encode()
    if not masked:
        return bytes((0x88, len(payload))) + payload
    mask = os.urandom(4)
    return bytes((0x88, 0x80 | len(payload))) + mask + apply_mask(payload, mask)
