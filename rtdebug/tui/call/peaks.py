"""How loud something is over time, in bins of 10 ms: a byte each. Pure."""

from typing import Final

import numpy as np
import numpy.typing as npt

from rtdebug.recording.sound import Samples

BIN_NS: Final = 10_000_000
"""A bin's length."""
MOST_BINS: Final = 48 * 3600 * 100
"""What is later than two days is not drawn: it is a wrong clock, not a call."""
_A_SECOND = 100
_WIDE: Final = 4
"""From so many bins a column on, how much was said counts too, not only how loud it got."""

Bins = npt.NDArray[np.uint8]
Levels = npt.NDArray[np.float32]


def peaks(samples: Samples, rate: int, first: int) -> tuple[int, Bins]:
    """Measure samples of which the first is frame `first` of a stream; return the bin they begin in and the bins.

    A bin is 0 where there is nothing, 1 for silence, 255 for full scale; between, loudness is as the eye wants it.
    """
    begin = first * _A_SECOND // rate
    if not len(samples):
        return begin, np.zeros(0, np.uint8)
    last = (first + len(samples) - 1) * _A_SECOND // rate
    edges = -(-np.arange(begin, last + 1, dtype=np.int64) * rate // _A_SECOND) - first
    edges[0] = 0
    if rate < _A_SECOND:  # a frame may fill several bins
        edges = np.minimum(edges, len(samples) - 1)
    # The lowest sample has no positive twin in 16 bits; unsigned it is right again.
    loudest = np.maximum.reduceat(np.abs(samples).view(np.uint16), edges)
    return begin, _LOUDNESS[loudest >> 3]


_LOUDNESS: Final[Bins] = np.maximum(1, np.round(255 * np.sqrt(np.arange(4097) / 4096))).astype(np.uint8)


def silence(frames: int, rate: int, first: int) -> tuple[int, Bins]:
    """Return the bins of frames that are lost: as if nobody had said a word."""
    begin, end = first * _A_SECOND // rate, (first + frames - 1) * _A_SECOND // rate + 1
    return begin, np.ones(min(MOST_BINS, end - begin), np.uint8)


class Track:
    """The loudness of one lane, growing at any place."""

    def __init__(self) -> None:
        self._bins: Bins = np.zeros(0, np.uint8)
        self.count = 0
        """Bins up to the last that holds something."""
        self.loudest = 0

    def lay(self, at: int, bins: Bins) -> None:
        """Put bins at a place; where something is already, the louder one stays."""
        at, skip = max(0, at), max(0, -at)
        bins = bins[skip : max(skip, MOST_BINS - at + skip)]
        if not len(bins):
            return
        end = at + len(bins)
        if end > len(self._bins):
            self._bins = np.concatenate(
                (self._bins, np.zeros(max(end, 2 * len(self._bins)) - len(self._bins), np.uint8))
            )
        place = self._bins[at:end]
        np.maximum(place, bins, out=place)
        self.count = max(self.count, end)
        self.loudest = max(self.loudest, int(bins.max()))

    def clear(self, since: int = 0) -> None:
        """Take away all from a bin on."""
        self._bins[max(0, since) : self.count] = 0
        self.count = min(self.count, max(0, since))

    @property
    def end_ns(self) -> int:
        """When the last of it ends."""
        return self.count * BIN_NS

    @property
    def bins(self) -> Bins:
        """All of it."""
        return self._bins[: self.count]

    def columns(self, start_ns: int, span_ns: int, width: int) -> Levels:
        """Return how loud each of `width` columns is, 0 to 1; below 0 where there is nothing at all."""
        levels = np.full(max(0, width), -1, np.float32)
        per_column = span_ns / BIN_NS / max(1, width)
        edges = (start_ns / BIN_NS + np.arange(width + 1) * per_column).astype(np.int64)
        first, last = np.searchsorted(edges[:-1], (0, self.count))
        if first >= last:
            return levels
        cut = np.minimum(edges[first : last + 1], self.count)
        bins = self._bins[: max(int(cut[-1]), int(cut[-2]) + 1)]
        loudest = np.maximum.reduceat(bins, cut[:-1]).astype(np.float32)
        level = loudest
        if per_column >= _WIDE:
            middle = np.add.reduceat(bins, cut[:-1], dtype=np.float32) / np.maximum(1, np.diff(cut))
            weight = min(0.75, per_column / 400)
            level = ((1 - weight) * loudest + weight * middle).astype(np.float32)
        levels[first:last] = np.where(loudest > 0, level / max(self.loudest, _QUIETEST), -1)
        return levels


_QUIETEST: Final = 80
"""A lane that is quieter than this throughout is not drawn as if it were loud (a tenth of full scale)."""
