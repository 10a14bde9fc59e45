"""JSON on lines: where each line of a text begins and how deep it is, without reading what the text says.

Nothing is parsed and nothing is spelled anew: keys that come twice, numbers of any size and escapes stay as they
are. The work is done on whole arrays of bytes, so that megabytes take milliseconds; what is no JSON gets lines too.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
_QUOTE, _BACKSLASH = ord('"'), ord("\\")
_OPENS, _CLOSES, _COMMA = 1, 2, 3
_CLASSES: Final = np.zeros(256, dtype=np.uint8)
_CLASSES[[ord("{"), ord("[")]] = _OPENS
_CLASSES[[ord("}"), ord("]")]] = _CLOSES
_CLASSES[ord(",")] = _COMMA
_STEPS: Final = np.array([0, 1, -1, 0], dtype=np.int64)
_DEEPEST: Final = 200


class Layout:
    """The lines of one JSON text."""

    def __init__(self, text: bytes) -> None:
        """Find the lines."""
        self.text = text
        self.starts, self.depths = _lines(text)

    def __len__(self) -> int:
        return len(self.starts)

    def span(self, line: int) -> tuple[int, int]:
        """Return where a line begins and ends, in bytes."""
        end = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)
        return int(self.starts[line]), int(end)

    def depth(self, line: int) -> int:
        """Say how deep a line is, within reason."""
        return min(_DEEPEST, max(0, int(self.depths[line])))

    def line_at(self, offset: int) -> int:
        """Return the line a byte is on."""
        return max(0, int(np.searchsorted(self.starts, offset, "right")) - 1)

    def end_of(self, line: int) -> int:
        """Return the line that closes what a line opens; the line itself where it opens nothing."""
        if line + 1 >= len(self) or self.depths[line + 1] <= self.depths[line]:
            return line
        later = np.flatnonzero(self.depths[line + 1 :] <= self.depths[line])
        return line + 1 + int(later[0]) if len(later) else len(self) - 1


def _lines(text: bytes) -> tuple[Numbers, Numbers]:
    """Return where lines begin, and how deep each is."""
    data = np.frombuffer(text, dtype=np.uint8)
    quotes = _quotes(text, data)
    classes = _CLASSES[data]
    places = np.flatnonzero(classes)
    places = places[np.searchsorted(quotes, places) % 2 == 0]
    kinds = classes[places]
    depths = np.cumsum(_STEPS[kinds])
    opens, closes = kinds == _OPENS, kinds == _CLOSES
    is_empty = opens[:-1] & closes[1:] & (places[1:] - places[:-1] == 1)
    after = (opens | (kinds == _COMMA)).copy()
    before = closes.copy()
    after[:-1] &= ~is_empty
    before[1:] &= ~is_empty
    starts = np.concatenate(([0], places[after] + 1, places[before]))
    deep = np.concatenate(([0], depths[after], depths[before]))
    order = np.argsort(starts, kind="stable")
    starts, deep = starts[order], deep[order]
    # A closer right after an opener that held nothing but blanks would give two lines at one place.
    is_last = np.append(starts[1:] != starts[:-1], True)
    return starts[is_last], deep[is_last]


def _quotes(text: bytes, data: npt.NDArray[np.uint8]) -> Numbers:
    """Find the quotes that begin and end strings."""
    quotes = np.flatnonzero(data == _QUOTE)
    if b'\\"' not in text:
        return quotes
    slashes = np.flatnonzero(data == _BACKSLASH)
    is_end = np.append(slashes[1:] - slashes[:-1] != 1, True)
    is_start = np.insert(is_end[:-1], 0, True)
    lengths = slashes[is_end] - slashes[is_start] + 1
    escapes = slashes[is_end][lengths % 2 == 1] + 1
    return quotes[~np.isin(quotes, escapes, assume_unique=True)]
