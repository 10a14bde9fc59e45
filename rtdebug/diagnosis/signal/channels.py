"""Two channels sent as one: samples come in pairs, which one channel's never do."""

from typing import Final

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]

_EVEN = 0.85
"""Every other sample of one channel has as much power as the rest, and differs from either neighbour as much."""
_ALIKE, _STRANGERS = 0.5, 0.15
"""Two channels that have nothing in common: each sample is like the one after the next, and not like the next."""
_LEAST: Final = 24000


def is_two_channels(samples: Samples) -> bool:
    """Say whether every other sample belongs to another channel, alike or not."""
    if len(samples) < _LEAST:
        return False
    numbers = samples[: len(samples) // 2 * 2].astype(np.float32)
    numbers -= numbers.mean()
    left, right = numbers[0::2], numbers[1::2]
    within, across = right - left, left[1:] - right[:-1]
    if _smaller(left, right) < _EVEN or _smaller(within, across) < _EVEN:
        return True
    power = float(numbers @ numbers)
    if power <= 0:
        return False
    next_, after = (float(numbers[lag:] @ numbers[:-lag]) / power for lag in (1, 2))
    return after > _ALIKE and after > next_ + _STRANGERS


def is_doubled(samples: Samples) -> bool:
    """Say whether every sample stands twice, as after a hasty change of the rate."""
    pairs = samples[: len(samples) // 2 * 2].reshape(-1, 2)
    return bool(len(pairs)) and bool((pairs[:, 0] == pairs[:, 1]).all())


def _smaller(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    powers = float(one @ one) / max(1, len(one)), float(other @ other) / max(1, len(other))
    return min(powers) / max(powers) if max(powers) > 0 else 1.0
