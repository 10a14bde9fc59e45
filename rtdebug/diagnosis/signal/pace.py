"""How fast audio came against the clock: what a microphone gives in a second tells the rate it was taken at."""

from array import array
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

RATES: Final = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
"""Rates that sound cards, browsers and telephones use."""
_PAUSE_S = 0.4
_LEAST_RUN_S = 4.0
_LEAST_S = 6.0
_WINDOW_S = 10.0
_STEADY = 0.05
_ALIKE = 0.03
RIGHT: Final = 0.07
"""Within this of its due, audio comes at the pace it should."""

_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pace:
    """Audio that came steadily."""

    ratio: float
    """Its length by the time it took to come."""
    seconds: float
    """For how long."""


def pace(times: "array[int]", ends: "array[int]") -> Pace | None:
    """Measure how fast audio came while it came steadily; None where it came in bursts, too briefly or without times.

    `times` say when each piece came, `ends` how much audio there was with it, both ns.
    """
    came, length = np.array(times, np.float64) / 1e9, np.array(ends, np.float64) / 1e9
    if len(came) < 10 or float(came.min()) < 0:
        return None
    waits = np.diff(came)
    pause = max(_PAUSE_S, 4 * float(np.median(waits)))
    borders = [0, *(np.flatnonzero(waits > pause) + 1).tolist(), len(came)]
    runs = [_run(came[first:last], length[first:last]) for first, last in pairwise(borders)]
    steady = [one for one in runs if one is not None]
    seconds = sum(one.seconds for one in steady)
    if seconds < _LEAST_S:
        return None
    ratio = float(np.median(np.repeat([one.ratio for one in steady], [round(one.seconds) for one in steady])))
    alike = sum(one.seconds for one in steady if abs(one.ratio / ratio - 1) < _STEADY)
    return Pace(ratio, alike) if alike >= max(_LEAST_S, 0.8 * seconds) else None


def nearest_rate(rate: float, stated: float = 0) -> int | None:
    """Name the usual rate that a measured one is, None where it is none; one near the stated has to fit better."""
    found = min(RATES, key=lambda one: abs(rate / one - 1))
    near = abs(found / stated - 1) / 8 if stated else _ALIKE
    return found if abs(rate / found - 1) < min(_ALIKE, max(near, _ALIKE / 3)) else None


def _run(came: _Numbers, length: _Numbers) -> Pace | None:
    """Measure one stretch without a pause, window by window."""
    if len(came) < 10 or came[-1] - came[0] < _LEAST_RUN_S:
        return None
    seconds = float(came[-1] - came[0])
    windows = max(2, round(seconds / _WINDOW_S))
    marks = np.searchsorted(came, np.linspace(came[0], came[-1], windows + 1)).clip(0, len(came) - 1)
    took, gave = np.diff(came[marks]), np.diff(length[marks])
    if (took <= 0).any():
        return None
    ratio = float((length[-1] - length[0]) / seconds)
    if ratio <= 0 or (np.abs(gave / took / ratio - 1) > 2 * _STEADY).mean() > 0.1:
        return None
    return Pace(ratio, seconds)
