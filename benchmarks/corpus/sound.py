"""Sound in a take: the microphone's and the answers' samples out of their lines, and back into them."""

from collections.abc import Callable
from random import Random

import numpy as np
import numpy.typing as npt

from benchmarks.corpus.take import Line, Take
from rtdebug.simulator.audio import FORMATS, ulaw_encode

Samples = npt.NDArray[np.float64]


def noise(random: Random, frames: int, level: float) -> Samples:
    """Make the noise of a room."""
    return np.random.default_rng(random.getrandbits(32)).normal(0, level, frames)


def pcm(samples: Samples) -> bytes:
    """Write 16-bit samples."""
    return np.clip(np.round(samples), -32768, 32767).astype("<i2").tobytes()


def numbers(data: bytes) -> Samples:
    """Read 16-bit samples."""
    return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float64)


def is_ulaw(take: Take) -> bool:
    """Say whether it is a telephone call."""
    return take.rate == 8000


def wire(take: Take, samples: Samples) -> bytes:
    """Write samples as the microphone's format has them."""
    if not is_ulaw(take):
        return pcm(samples)
    return ulaw_encode(np.clip(np.round(samples), -32768, 32767).astype(np.int16))


def heard(take: Take, data: bytes) -> Samples:
    """Read what the microphone sent."""
    return FORMATS["audio/pcmu"].read(data).astype(np.float64) if is_ulaw(take) else numbers(data)


def resampled(samples: Samples, rate: int, wanted: int) -> Samples:
    """Bring samples to another rate."""
    length = round(len(samples) * wanted / rate)
    if length == 0:
        return np.zeros(0)
    spectrum = np.fft.rfft(samples)
    kept = np.zeros(length // 2 + 1, complex)
    most = min(len(kept), len(spectrum))
    kept[:most] = spectrum[:most]
    return np.asarray(np.fft.irfft(kept, length) * (length / max(1, len(samples))))


def whole(lines: list[Line]) -> bytes:
    """Join what lines carry."""
    return b"".join(line.audio for line in lines)


def spread(lines: list[Line], data: bytes, *, even: int = 2) -> None:
    """Put sound into lines, as much into each as its part of the whole was."""
    sizes = [len(line.audio) for line in lines]
    total, at, done = sum(sizes), 0, 0
    for line, size in zip(lines, sizes, strict=True):
        done += size
        end = len(data) * done // total // even * even
        line.audio = data[at:end]
        at = end


def each(take: Take, change: Callable[[Samples], Samples]) -> None:
    """Change the microphone's samples, piece by piece."""
    for line in take.microphone:
        line.audio = wire(take, change(heard(take, line.audio)))


def loud(take: Take, least: float = 600) -> list[Line]:
    """Return the pieces of the microphone in which somebody speaks."""
    return [line for line in take.microphone if np.sqrt(np.mean(heard(take, line.audio) ** 2)) > least]
