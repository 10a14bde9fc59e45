"""What bytes really are: read in each way that clients mix up, speech alone can be foretold from its last samples."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from rtdebug.protocol.audio import Encoding

Numbers = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

_ORDER = 8
_FRAME = 256
_MOST_FRAMES = 400
_LEAST_FRAMES = 12
_LOWER_BITS = 0.25
"""The lower half of a 32-bit sample takes all values alike, which has a deviation of 0.58; no channel is so loud."""
_QUIET = 0.03
"""Frames this far below the loudest, in power, are too near the noise."""

SPEECH_DB = 6.0
"""From this gain on, bytes read in some way are speech."""
SURE_DB = 8.0
"""From this gain on, there is no doubt that the stated way is the true one."""
BETTER_DB = 3.5
"""By so much the true way stands out of the stated one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read bytes, and how well it makes speech of them."""

    name: str
    gain_db: float
    """How much of the sound can be foretold: noise has 0 to 1 dB, speech 8 and more."""


def encoding_of(data: Bytes, stated: Encoding) -> Reading | None:
    """Find how bytes are to be read that do not make speech as stated; None where they do, or nothing does."""
    known = gain_db(DECODERS[_STATED[stated]](data))
    if known is None or known >= SURE_DB:
        return None
    found = []
    for name, decode in DECODERS.items():
        gain = None if name == _STATED[stated] else gain_db(decode(data))
        if gain is not None:
            found.append(Reading(name, gain))
    best = max(found, key=lambda one: one.gain_db, default=None)
    return best if best and best.gain_db >= max(SPEECH_DB, known + BETTER_DB) else None


def gain_db(samples: Numbers) -> float | None:
    """Say how much of a sound linear prediction takes away, dB, in the middle of its louder frames.

    None where there are too few frames, or they are silent.
    """
    count = len(samples) // _FRAME
    frames = samples[: count * _FRAME].reshape(count, _FRAME)
    if count < _LEAST_FRAMES or not np.isfinite(frames).all():
        return None
    frames = frames - frames.mean(axis=1, keepdims=True)
    power = np.einsum("ij,ij->i", frames, frames)
    loud = np.flatnonzero(power > max(float(np.percentile(power, 95)) * _QUIET, 1e-9 * _FRAME))
    if len(loud) < _LEAST_FRAMES:
        return None
    loudest = loud[np.argsort(power[loud])[-_MOST_FRAMES:]]
    return float(np.median(_gains(frames[loudest])))


def _gains(frames: Numbers) -> npt.NDArray[np.float64]:
    """Predict each frame by Levinson's recursion, all frames at a time; dB."""
    shaped = frames.astype(np.float64) * np.hanning(_FRAME)
    lags = [np.einsum("ij,ij->i", shaped[:, : _FRAME - lag], shaped[:, lag:]) for lag in range(_ORDER + 1)]
    lags[0] = lags[0] * (1 + 1e-7) + 1e-12
    error, weights = lags[0].copy(), [np.ones(len(frames))]
    for order in range(1, _ORDER + 1):
        missed = sum(weights[index] * lags[order - index] for index in range(order))
        turn = np.clip(-missed / error, -1 + 1e-9, 1 - 1e-9)
        padded = [*weights, np.zeros(len(frames))]
        weights = [padded[index] + turn * padded[order - index] for index in range(order + 1)]
        error = np.maximum(error * (1 - turn * turn), 1e-12)
    gains: npt.NDArray[np.float64] = 10 * np.log10(lags[0] / error)
    return gains


def _ulaw_table() -> Numbers:
    codes = ~np.arange(256, dtype=np.uint8)
    exponents, mantissas = (codes >> 4) & 7, (codes & 15).astype(np.int32)
    levels = ((mantissas * 8 + 132) << exponents) - 132
    return (np.where(codes & 128, -levels, levels) / 32768).astype(np.float32)


def _alaw_table() -> Numbers:
    codes = np.arange(256, dtype=np.uint8) ^ 0x55
    exponents, mantissas = ((codes >> 4) & 7).astype(np.int32), (codes & 15).astype(np.int32)
    levels = np.where(exponents == 0, mantissas * 16 + 8, (mantissas * 16 + 264) << np.maximum(exponents - 1, 0))
    return (np.where(codes & 128, levels, -levels) / 32768).astype(np.float32)


_ULAW, _ALAW = _ulaw_table(), _alaw_table()


def _wide(kind: str, scale: float, skip: int = 0) -> Callable[[Bytes], Numbers]:
    width = np.dtype(kind).itemsize

    def decode(data: Bytes) -> Numbers:
        there = (len(data) - skip) // width * width
        values = np.frombuffer(data[skip : skip + max(0, there)].tobytes(), kind)
        with np.errstate(all="ignore"):
            return values.astype(np.float32) / np.float32(scale)

    return decode


def _float32(data: Bytes) -> Numbers:
    """Read floats; what is far beyond full scale is no sound."""
    values = _wide("<f4", 1.0)(data)
    far = bool((np.abs(values) > 4).any()) if np.isfinite(values).all() else True
    return np.zeros(0, np.float32) if far else values


def _byte24(data: Bytes) -> Numbers:
    """Read 24-bit samples by their upper two bytes."""
    rows = data[: len(data) // 3 * 3].reshape(-1, 3)[:, 1:]
    return _wide("<i2", 32768.0)(np.ascontiguousarray(rows).reshape(-1))


def _byte32(data: Bytes) -> Numbers:
    """Read 32-bit samples by their upper two bytes; where the lower ones are no noise, they are another channel."""
    words = _wide("<i2", 32768.0)(data[: len(data) // 4 * 4]).reshape(-1, 2)
    lower, upper = words[:, 0], words[:, 1]
    return np.ascontiguousarray(upper) if len(words) and lower.std() >= _LOWER_BITS else np.zeros(0, np.float32)


def _unsigned(data: Bytes) -> Numbers:
    return (data.astype(np.float32) - np.float32(128)) / np.float32(128)


def _ulaw(data: Bytes) -> Numbers:
    return _ULAW[data]


def _alaw(data: Bytes) -> Numbers:
    return _ALAW[data]


PCM, BIG, SHIFTED, ULAW, ALAW = "PCM", "big-endian PCM", "PCM shifted by one byte", "µ-law", "A-law"
FLOAT, DEEP, DEEPER, SMALL = "32-bit float", "24-bit PCM", "32-bit PCM", "unsigned 8-bit PCM"
DECODERS: Final[Mapping[str, Callable[[Bytes], Numbers]]] = {
    PCM: _wide("<i2", 32768.0),
    BIG: _wide(">i2", 32768.0),
    SHIFTED: _wide("<i2", 32768.0, 1),
    ULAW: _ulaw,
    ALAW: _alaw,
    FLOAT: _float32,
    DEEP: _byte24,
    DEEPER: _byte32,
    SMALL: _unsigned,
}
WIDTHS: Final[Mapping[str, int]] = {
    PCM: 2,
    BIG: 2,
    SHIFTED: 2,
    ULAW: 1,
    ALAW: 1,
    FLOAT: 4,
    DEEP: 3,
    DEEPER: 4,
    SMALL: 1,
}
"""Bytes of a sample."""
_STATED: Final[Mapping[Encoding, str]] = {"pcm16": PCM, "pcmu": ULAW, "pcma": ALAW}


def wire_bytes(samples: npt.NDArray[np.int16], encoding: Encoding) -> Bytes:
    """Turn decoded samples back to the bytes they came in; µ-law's two zeros become one."""
    if encoding == "pcm16":
        return np.frombuffer(samples.astype("<i2").tobytes(), np.uint8)
    table = np.round((_ULAW if encoding == "pcmu" else _ALAW) * 32768).astype(np.int32)
    # Zero goes to 0xFF: where the bytes are in truth PCM, that is the upper byte of every faint negative sample.
    order = np.lexsort((-np.arange(256), table))
    places = np.clip(np.searchsorted(table[order], samples), 0, 255)
    return order[places].astype(np.uint8)
