"""Noticing that the other machine is gone while bytes are on their way to it.

Keep-alive probes are sent on idle connections only. Where data waits for an acknowledgement, the kernel would
try on for a quarter of an hour. (TCP_USER_TIMEOUT is no help: it also ends connections to a peer that is well
and merely does not read.)
"""

import socket
import struct

SILENT_MS = 40_000
"""How long a peer may acknowledge nothing of what is on its way to it."""
PULSE_SECONDS = 5.0
"""How often to look."""

_UNACKED = struct.Struct("@8xIIIII")
_LAST_ACK = struct.Struct("@8x13I")


def takes_nothing(link: socket.socket) -> bool:
    """Say whether a peer has acknowledged nothing for SILENT_MS though something waits for it; False where unknown."""
    option = getattr(socket, "TCP_INFO", None)
    if option is None:
        return False
    try:
        info = link.getsockopt(socket.IPPROTO_TCP, option, 104)
    except OSError:
        return False
    if len(info) < _LAST_ACK.size:
        return False
    unacked: int = _UNACKED.unpack_from(info)[4]
    last_ack_ms: int = _LAST_ACK.unpack_from(info)[12]
    return unacked > 0 and last_ack_ms > SILENT_MS
