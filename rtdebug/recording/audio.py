"""Audio out of a message and back into it, to the byte.

The base64 of an audio event moves out of the text only where putting it back gives the very same bytes.
"""

from typing import NamedTuple

from pybase64 import b64decode, b64encode

from rtdebug.wire.messages import Sender

_SERVER_MARK = b'audio.delta"'
_EDGE = 300
"""How far from either end of a server message its type is looked for."""


class TakenOut(NamedTuple):
    """A message without its audio."""

    text: bytes
    at: int
    """Where in `text` the base64 goes back, in bytes."""
    audio: bytes


def take_out(sender: Sender, payload: bytes) -> TakenOut | None:
    """Take the audio out of what looks like an audio event; None where that would not go back exactly.

    Whether the event is one that carries audio is for the caller to check, on the short text that is left.
    """
    if sender == "client":
        key = payload.find(b'"audio"')
    elif _SERVER_MARK in payload[:_EDGE] or (len(payload) > _EDGE and _SERVER_MARK in payload[-_EDGE:]):
        key = payload.find(b'"delta"')
    else:
        return None
    if key < 0:
        return None
    start = payload.find(b'"', key + 7) + 1
    if payload[key + 7 : start - 1].strip() != b":":
        return None
    stop = payload.find(b'"', start)
    encoded = payload[start:stop]
    try:
        audio = b64decode(encoded, validate=True)
    except ValueError:
        return None
    if stop <= start or b64encode(audio) != encoded:
        return None
    return TakenOut(payload[:start] + payload[stop:], start, audio)


def put_back(taken: TakenOut) -> bytes:
    """Rebuild the message that `take_out` took apart."""
    return taken.text[: taken.at] + b64encode(taken.audio) + taken.text[taken.at :]
