"""Which lanes get how many rows: what matters most comes first, and what a session does not have takes no room."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["ruler", "user", "spoken", "assistant", "generated", "responses", "waits", "called", "points", "head"]
ORDER: Final[tuple[Kind, ...]] = (
    "ruler",
    "user",
    "spoken",
    "assistant",
    "generated",
    "responses",
    "waits",
    "called",
    "points",
    "head",
)
"""From top to bottom."""
_WANTED: Final[tuple[Kind, ...]] = (
    *("responses", "assistant", "user", "ruler", "points", "called", "spoken"),
    *("assistant", "user", "head", "waits", "responses", "called", "generated", "assistant", "user"),
    *("responses", "called", "assistant", "user"),
)
"""Who gets the next row, as long as there are some."""
_WAVES: Final = ("user", "assistant")
_HIGHEST: Final = 8


@dataclass(frozen=True, slots=True)
class Place:
    """Where a lane is drawn."""

    row: int
    rows: int


def arrange(height: int, has: Set[Kind], most: Mapping[Kind, int]) -> dict[Kind, Place]:
    """Deal out rows. `has` are the lanes that hold something, `most` how many rows are of use to some of them."""
    rows: dict[Kind, int] = {}
    left = height
    for kind in (*_WANTED, *(("assistant", "user") * _HIGHEST)):
        if left <= 0:
            break
        if kind in has and rows.get(kind, 0) < most.get(kind, _HIGHEST if kind in _WAVES else 1):
            rows[kind] = rows.get(kind, 0) + 1
            left -= 1
    placed: dict[Kind, Place] = {}
    row = 0
    for kind in ORDER:
        if kind in rows:
            placed[kind] = Place(row, rows[kind])
            row += rows[kind]
    return placed
