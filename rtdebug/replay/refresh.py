"""Values that a call of now must have anew: points in time, and secrets that were struck out. Pure."""

from hashlib import blake2b
from typing import Final

from rtdebug.protocol.identity import EXPIRES, TIMES
from rtdebug.protocol.secrets import REDACTED

_REDACTED: Final = f'"{REDACTED}"'.encode()
_HOUR_S: Final = 3600
_LONGEST_S: Final = 24 * _HOUR_S
_MILLISECONDS: Final = 10**11
"""Numbers from here on are milliseconds."""


def refreshed(text: bytes, recorded_s: int, now_s: int) -> bytes:
    """Return a message with its times moved from the recording's day to now, and with something for its secrets."""
    if _REDACTED in text:
        made = blake2b(str(now_s).encode(), digest_size=16).hexdigest()
        text = text.replace(_REDACTED, f'"ek_{made}"'.encode())
    if b'_at"' in text or b'"timestamp"' in text:
        text = TIMES.sub(lambda found: found[1] + _moved(found[1], int(found[2]), recorded_s, now_s), text)
    return text


def _moved(key: bytes, moment: int, recorded_s: int, now_s: int) -> bytes:
    unit = 1000 if moment >= _MILLISECONDS else 1
    ahead = moment - recorded_s * unit
    if abs(ahead) > _LONGEST_S * unit:  # nobody knows when this was recorded
        ahead = _HOUR_S * unit if key.startswith(EXPIRES) else 0
    return str(now_s * unit + ahead).encode()
