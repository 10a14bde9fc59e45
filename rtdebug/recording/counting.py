"""How many messages a recording has whose last line does not say it: counted, or reckoned where it is large."""

import re
from typing import BinaryIO, Final, NamedTuple

_WHOLE: Final = 4 << 20
"""Bytes of entries that are read whole, for a count."""
_PIECES: Final = 16
_PIECE: Final = 64 << 10
"""What is read of larger ones, evenly spread, for an estimate."""
_MESSAGE: Final = re.compile(rb'^\{"seq":\d+,"at_ns":\d+,"from":"(?:client|server)",(?!"kind":)', re.MULTILINE)


class Counted(NamedTuple):
    """How many messages there are."""

    messages: int
    exact: bool
    """They were counted; else it is an estimate."""


def count_messages(file: BinaryIO, size: int, last_seq: int) -> Counted:
    """Count the messages in the first `size` bytes of an `events.jsonl`, the number of whose last entry is known.

    Of a large one, the part of its entries that are messages is taken from pieces of it. Raises OSError.
    """
    if size <= _WHOLE:
        file.seek(0)
        return Counted(_messages(_whole_lines(file.read(size))), exact=True)
    messages, lines = 0, 0
    for number in range(_PIECES):
        file.seek((size - _PIECE) * number // (_PIECES - 1))
        piece = _whole_lines(file.read(_PIECE).partition(b"\n")[2])
        messages += _messages(piece)
        lines += piece.count(b"\n")
    return Counted(round(max(last_seq - 1, lines) * messages / max(lines, 1)), exact=False)


def _whole_lines(data: bytes) -> bytes:
    return data[: data.rfind(b"\n") + 1]


def _messages(data: bytes) -> int:
    return sum(1 for _ in _MESSAGE.finditer(data))
