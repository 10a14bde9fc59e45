"""Columns of numbers that grow: numpy over what is there, room for what is to come."""

from array import array
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]


class Column:
    """Numbers of one type, appended and cut off at the end."""

    __slots__ = ("_length", "_room")

    def __init__(self, type_: npt.DTypeLike) -> None:
        """Begin empty."""
        self._room: Numbers = np.empty(256, dtype=type_)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def values(self) -> Numbers:
        """What there is: good until the column changes."""
        return self._room[: self._length]

    def extend(self, values: Numbers) -> None:
        """Append numbers."""
        length = self._length + len(values)
        if length > len(self._room):
            room = np.empty(max(length, 2 * len(self._room)), dtype=self._room.dtype)
            room[: self._length] = self.values
            self._room = room
        self._room[self._length : length] = values
        self._length = length

    def cut(self, length: int) -> None:
        """Keep so many and forget the rest."""
        self._length = min(length, self._length)


def part(column: "array[int] | bytearray", start: int, end: int) -> Numbers:
    """Copy a part of a journal's column: a view would keep the journal from growing."""
    return np.frombuffer(column[start:end], dtype=column.typecode if isinstance(column, array) else np.uint8)
