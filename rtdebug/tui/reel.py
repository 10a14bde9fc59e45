"""What is to be heard: the samples of a call from a moment on, or of one item. Read while they are played."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.sound import Samples, read_samples
from rtdebug.reports.mix import Lanes, blocks
from rtdebug.session.audio import Stretch

_NS: Final = 1_000_000_000
_BLOCK_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Reel:
    """Samples in order. Nothing of a call that goes on is shared with it."""

    rate: int
    channels: int
    frames: int
    blocks: Callable[[RecordingReader], Iterator[Samples]]
    """Read them, shape (frames, channels), a few seconds at a time."""


def mix_reel(lanes: Lanes, at_ns: int) -> Reel | None:
    """Take both sides from a moment on, user left, assistant right; None where there is nothing to hear."""
    if not lanes.rates or at_ns >= lanes.end_ns:
        return None
    rate, end_ns, start_ns = lanes.rates[-1], lanes.end_ns, max(0, at_ns)
    frames = end_ns * rate // _NS - start_ns * rate // _NS

    def read(reader: RecordingReader) -> Iterator[Samples]:
        return blocks(lanes, lambda stretch: _read(reader, stretch, rate), rate, start_ns, end_ns)

    return Reel(rate, 2, frames, read) if frames > 0 else None


def item_reel(stretches: Sequence[Stretch]) -> Reel | None:
    """Take one item's sound; None where it has none in the recording."""
    kept = [replace(stretch) for stretch in stretches if stretch.track and stretch.frames > 0]
    if not kept:
        return None
    rate = kept[0].rate
    frames = sum(stretch.frames * rate // stretch.rate for stretch in kept)

    def read(reader: RecordingReader) -> Iterator[Samples]:
        for stretch in kept:
            for start in range(0, stretch.frames, _BLOCK_SECONDS * stretch.rate):
                length = min(_BLOCK_SECONDS * stretch.rate, stretch.frames - start)
                part = Stretch(stretch.track, stretch.rate, stretch.start + start, length)
                yield _read(reader, part, rate).reshape(-1, 1)

    return Reel(rate, 1, frames, read)


def _read(reader: RecordingReader, stretch: Stretch, rate: int) -> Samples:
    samples = read_samples(reader, stretch.track, stretch.start, stretch.frames)
    return samples if stretch.rate == rate else _at_rate(samples, stretch.rate, rate)


def _at_rate(samples: Samples, rate: int, wanted: int) -> Samples:
    """Bring samples to another rate by straight lines: enough to listen, not to keep."""
    places = np.arange(len(samples) * wanted // rate) * (rate / wanted)
    return np.interp(places, np.arange(len(samples)), samples).astype(np.int16) if len(samples) else samples
