"""How loud it is, 20 ms at a time: level, peak, offset, and where somebody speaks."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
Figures = npt.NDArray[np.float32]

FULL = 32768.0
STEPS_A_SECOND = 50
"""A step is 20 ms."""
_LOUDEST = 32000
_FLAT_RUN = 4
"""Samples of the same extreme value in a row that no microphone gives unless it is overdriven."""
_SPEECH_DB = 10.0
"""What stands out of the noise by this much is taken for speech."""
_FAINTEST = 60.0
"""Below this level (-55 dB of full scale) nothing is taken for speech."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Figures of a stream, one for each 20 ms; samples count from -32768 to 32767."""

    rms: Figures
    mean: Figures
    clipped: npt.NDArray[np.bool_]

    @property
    def seconds(self) -> float:
        """How long the stream is."""
        return len(self.rms) / STEPS_A_SECOND

    @property
    def noise(self) -> float:
        """The level between words: that of the quietest tenth, digital silence left out."""
        heard = self.rms[self.rms >= 1]
        return float(np.percentile(heard, 10)) if len(heard) else 0.0

    @property
    def speech(self) -> npt.NDArray[np.bool_]:
        """The steps in which somebody seems to speak."""
        loud = float(np.percentile(self.rms, 98)) if len(self.rms) else 0.0
        over = min(self.noise * 10 ** (_SPEECH_DB / 20), loud / 3)
        return self.rms >= max(over, _FAINTEST)

    @property
    def loudest_second(self) -> float:
        """The level of the loudest second (of the whole, where it is shorter)."""
        if not len(self.rms):
            return 0.0
        powers = np.cumsum(np.concatenate([[0.0], self.rms.astype(np.float64) ** 2]))
        width = min(STEPS_A_SECOND, len(self.rms))
        return math.sqrt(max(0.0, float((powers[width:] - powers[:-width]).max()) / width))

    @property
    def snr_db(self) -> float | None:
        """How far speech stands above the noise between it; None where there is nothing to tell it by."""
        heard = self.rms[self.rms >= 1]
        if len(heard) < 2 * STEPS_A_SECOND:
            return None
        low, high = np.percentile(heard, [10, 95])
        return 20 * math.log10(float(high) / float(low))


def levels(samples: Samples, rate: int) -> Levels:
    """Measure a piece; what is left over of its last step is dropped."""
    step = max(1, rate // STEPS_A_SECOND)
    count = len(samples) // step
    rows = samples[: count * step].reshape(count, step)
    numbers = rows.astype(np.float32)
    mean = np.einsum("ij->i", numbers) / np.float32(step)
    powers = np.einsum("ij,ij->i", numbers, numbers) / np.float32(step)
    rms = np.sqrt(np.maximum(powers - mean * mean, 0))  # an offset is no sound
    clipped = np.zeros(count, bool)
    if step >= _FLAT_RUN:
        peaks = np.maximum(rows.max(axis=1, initial=0), -(rows.min(axis=1, initial=0) + 1))
        for index in np.flatnonzero(peaks >= _LOUDEST):
            clipped[index] = _is_flat(rows[index])
    return Levels(rms, mean, clipped)


def join(parts: Iterable[Levels]) -> Levels:
    """Put figures of pieces behind each other."""
    kept = list(parts)
    if not kept:
        return Levels(np.zeros(0, np.float32), np.zeros(0, np.float32), np.zeros(0, bool))
    return Levels(
        np.concatenate([one.rms for one in kept]),
        np.concatenate([one.mean for one in kept]),
        np.concatenate([one.clipped for one in kept]),
    )


def decibels(level: float) -> float:
    """Write a level against full scale; silence is -100 dB."""
    return 20 * math.log10(max(level, FULL * 1e-5) / FULL)


def _is_flat(row: Samples) -> bool:
    """Say whether the wave was cut off at its top or bottom; one and the same value all along is no wave."""
    if row.min() == row.max():
        return False
    extreme = (row == row.max()) & (row >= _LOUDEST) | (row == row.min()) & (row <= -_LOUDEST)
    return bool(np.convolve(extreme, np.ones(_FLAT_RUN), "valid").max() >= _FLAT_RUN)
