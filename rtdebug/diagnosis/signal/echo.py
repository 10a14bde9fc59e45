"""Is one sound heard in another, how late and how loud: correlation of what was played with what came in.

Both are whitened over time and frequency before they are correlated, so that neither a loud talker nor the
loudspeaker's resonances decide where the peak is; what is left of a sound in another is a peak of a fraction of a
millisecond, and everything else is noise that is alike at all delays.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]

RATE: Final = 8000
"""Sound is brought to this rate: what a telephone leaves of it is enough."""
_FRAME, _HOP = 512, 256
_LOWEST_HZ, _HIGHEST_HZ = 200.0, 3500.0
_PLAYED_FLOOR = 1e-4
"""Frames this far below the loudest of what was played are its pauses."""
_SPREAD = 16
"""Samples around the peak (2 ms) that belong to it."""
_EIGHTH = RATE // 8
_MEDIAN_SQUARE = 0.455
"""The median of the squares of normal numbers whose mean square is 1."""
_TELLING = 5.0
"""Lower peaks are noise: nobody needs to know how loud they are."""
_TAIL = 160
"""Samples (20 ms) after the peak in which the room answers."""

_WINDOW = np.sqrt(np.hanning(_FRAME + 1)[:-1]).astype(np.float32)
_BINS = np.fft.rfftfreq(_FRAME, 1 / RATE)
_IN_BAND = ((_BINS >= _LOWEST_HZ) & (_BINS <= _HIGHEST_HZ)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Peak:
    """Where a sound lies in another."""

    delay: int
    """Samples at RATE from the beginning of the one to that of the other."""
    height: float
    """How far it stands out of what is there at other delays, in their standard deviations."""
    evenness: float
    """How evenly it is there, in standard errors: a sound that two voices share is there for a moment only."""
    level_db: float
    """How loud it came back, against how loud it was played."""
    share: float
    """How much of what was heard it makes, in power."""


def find(played: Numbers, heard: Numbers, longest: int) -> Peak | None:
    """Look for what was played in what was heard, at delays of 0 to `longest` samples; both at RATE.

    None where either is silent or too short.
    """
    if len(played) < 4 * _FRAME or len(heard) < 4 * _FRAME:
        return None
    one, other = _whitened(played, gated=True), _whitened(heard, gated=False)
    if not one.any() or not other.any():
        return None
    found = _correlated(one, other, longest)
    strength = np.abs(found)
    delay = int(strength.argmax())
    rest = np.delete(found, np.arange(max(0, delay - _TAIL), min(len(found), delay + _TAIL)))
    noise = float(rest.std()) if len(rest) else 0.0
    height = float(strength[delay]) / noise if noise > 0 else 0.0
    level, share = _level(played, heard, delay) if height >= _TELLING else (-100.0, 0.0)
    return Peak(delay, height, _evenness(one, other, delay), level, share)


def resampled(samples: npt.NDArray[np.int16], rate: int) -> Numbers:
    """Bring samples to RATE, by cutting or padding their spectrum."""
    numbers = samples.astype(np.float32)
    if rate == RATE or not len(numbers):
        return numbers
    length = len(numbers) * RATE // rate
    size = _even_size(len(numbers))
    target = round(size * RATE / rate)
    spectrum = np.fft.rfft(numbers, size)
    wanted = np.zeros(target // 2 + 1, spectrum.dtype)
    kept = min(len(wanted), len(spectrum))
    wanted[:kept] = spectrum[:kept]
    back = np.fft.irfft(wanted, target) * (target / size)
    return back[:length].astype(np.float32)


def _whitened(samples: Numbers, *, gated: bool) -> Numbers:
    """Give every frequency of every frame the same strength; leave out frames that are silent."""
    count = max(0, (len(samples) - _FRAME) // _HOP + 1)
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP][:count] * _WINDOW
    power = np.einsum("ij,ij->i", frames, frames)
    spectra = np.fft.rfft(frames, axis=1)
    strength = np.abs(spectra) + 1e-3
    if gated:
        floor = power.max(initial=0.0) * _PLAYED_FLOOR
        weights = (power > max(floor, 1.0)).astype(np.float32)
        shaped = spectra / strength**0.75
        shaped *= (weights / (np.sqrt((np.abs(shaped) ** 2).mean(axis=1)) + 1e-6))[:, None]
    else:
        shaped = spectra / strength * (power > 1.0)[:, None]
    back = np.fft.irfft(shaped * _IN_BAND, _FRAME, axis=1) * _WINDOW
    laid = np.zeros(len(samples), np.float32)
    for index in range(2):
        rows = back[index::2]
        flat = rows.reshape(-1)
        laid[index * _HOP : index * _HOP + len(flat)] += flat
    return laid


def _correlated(one: Numbers, other: Numbers, longest: int) -> Numbers:
    size = _even_size(max(len(one) + longest, len(other)) + 1)
    product = np.fft.rfft(other, size) * np.conj(np.fft.rfft(one, size))
    return np.fft.irfft(product, size)[: longest + 1].astype(np.float32)


def _evenness(one: Numbers, other: Numbers, delay: int) -> float:
    """Split a peak up into what each eighth of a second gives to it, and compare their mean with their spread."""
    there = other[delay : delay + len(one)]
    products = one[: len(there)] * there
    count = len(products) // _EIGHTH
    sums = products[: count * _EIGHTH].reshape(count, _EIGHTH).sum(axis=1)
    sums = sums[sums != 0]
    spread = float(sums.std()) if len(sums) > 2 else 0.0
    return abs(float(sums.mean())) / spread * math.sqrt(len(sums)) if spread > 0 else 0.0


def _level(played: Numbers, heard: Numbers, delay: int) -> tuple[float, float]:
    """Reckon how loud the echo is, in dB and as a share, from the path that fits best around its delay."""
    size = _even_size(max(len(played) + delay + _TAIL, len(heard)))
    source, other = np.fft.rfft(played, size), np.fft.rfft(heard, size)
    power = (source * np.conj(source)).real
    path = np.fft.irfft(other * np.conj(source) / (power + power.mean() * 1e-2), size)
    kept = np.zeros(size)
    near = np.arange(delay - _SPREAD, delay + _TAIL) % size
    kept[near] = path[near]
    back = np.fft.irfft(np.fft.rfft(kept) * source, size)
    total, whole = float((played**2).sum()), float((heard[delay:] ** 2).sum())
    # Whatever else was heard gives the path taps at every delay: those beyond the echo tell how much.
    chance = float(np.median(path**2)) / _MEDIAN_SQUARE * len(near) * total
    measured = float(back @ back)
    echoed = max(measured - chance, measured / 100)
    return 10 * math.log10(max(echoed, 1e-9) / max(total, 1e-9)), min(1.0, echoed / max(whole, 1e-9))


def _even_size(least: int) -> int:
    """Return a length at which Fourier transforms are fast."""
    step = 1 << max(4, int(math.log2(max(16, least))) - 3)
    return -(-least // step) * step
