"""Sample formats of the API: PCM, at 24 kHz unless told otherwise, and the two G.711 laws at 8 kHz, in numpy."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

TICKS_PER_MS = 14_112
"""All positions are counted in the largest step that a sample of every rate in use is a multiple of."""
PCM_RATE = 24_000
_DECIMATION = 3
_SILENT_DB = -100.0
_INT16_RANGE = 1 << 16


@dataclass(frozen=True, slots=True)
class Format:
    """One way of writing samples as bytes."""

    type: str
    bytes_per_sample: int
    ticks_per_sample: int
    read: Callable[[bytes], Samples]
    """Bytes in this format to samples at its own rate."""
    write: Callable[[bytes], bytes]
    """PCM at 24 kHz to bytes in this format."""

    def ticks(self, size: int) -> int:
        """Return how long so many bytes last, in ticks."""
        return size // self.bytes_per_sample * self.ticks_per_sample

    def size(self, ms: int) -> int:
        """Return how many bytes so many milliseconds take."""
        return ms * TICKS_PER_MS // self.ticks_per_sample * self.bytes_per_sample

    def ms(self, size: int) -> int:
        """Return how long so many bytes last, in whole milliseconds."""
        return self.ticks(size) // TICKS_PER_MS


def level_db(samples: Samples) -> float:
    """Return the loudness of some samples in dB below full scale."""
    if samples.size == 0:
        return _SILENT_DB
    power = float(np.mean(np.square(samples.astype(np.float64)))) / (1 << 30)
    return max(_SILENT_DB, 10 * float(np.log10(power))) if power else _SILENT_DB


def read_pcm(data: bytes) -> Samples:
    """Read little-endian 16-bit samples; a stray last byte is left out."""
    return np.frombuffer(data[: len(data) & ~1], dtype="<i2").astype(np.int16)


def _decimate(pcm: bytes) -> Samples:
    """Bring 24 kHz down to 8 kHz, low-passed first so that sibilants do not fold back."""
    samples = read_pcm(pcm).astype(np.float64)
    taps = np.sinc(np.arange(-15, 16) / _DECIMATION) * np.hamming(31)
    smooth = np.convolve(samples, taps / taps.sum(), mode="same") if samples.size else samples
    return np.clip(np.rint(smooth[: samples.size : _DECIMATION]), -32768, 32767).astype(np.int16)


def ulaw_encode(samples: Samples) -> bytes:
    """Encode samples by ITU-T G.711 µ-law."""
    return _lookup(_ulaw_table(), samples)


def alaw_encode(samples: Samples) -> bytes:
    """Encode samples by ITU-T G.711 A-law."""
    return _lookup(_alaw_table(), samples)


def ulaw_decode(data: bytes) -> Samples:
    """Decode ITU-T G.711 µ-law bytes."""
    code = ~np.frombuffer(data, dtype=np.uint8)
    exponent = (code >> 4 & 7).astype(np.int32)
    size = (((code & 15).astype(np.int32) << 3) + 132 << exponent) - 132
    return np.where(code & 128, -size, size).astype(np.int16)


def alaw_decode(data: bytes) -> Samples:
    """Decode ITU-T G.711 A-law bytes."""
    code = np.frombuffer(data, dtype=np.uint8) ^ 0x55
    exponent = (code >> 4 & 7).astype(np.int32)
    step = ((code & 15).astype(np.int32) << 4) + np.where(exponent > 0, 264, 8)
    size = step << np.maximum(exponent - 1, 0)
    return np.where(code & 128, size, -size).astype(np.int16)


def _lookup(table: NDArray[np.uint8], samples: Samples) -> bytes:
    return table[samples.view(np.uint16)].tobytes()


def _every_sample() -> NDArray[np.int32]:
    return np.arange(_INT16_RANGE, dtype=np.uint16).view(np.int16).astype(np.int32)


def _segment(size: NDArray[np.int32], first_end: int) -> NDArray[np.int32]:
    """Return which of the eight doubling segments each size falls into; 8 is beyond the last."""
    ends = np.array([((first_end + 1) << n) - 1 for n in range(8)])
    return np.searchsorted(ends, size).astype(np.int32)


@cache
def _ulaw_table() -> NDArray[np.uint8]:
    # The law is written for 14-bit samples.
    value = _every_sample() >> 2
    size = np.minimum(np.abs(value), 8159) + 33
    segment = _segment(size, 0x3F)
    code = np.where(segment > 7, 0x7F, segment << 4 | size >> segment + 1 & 15)
    return (code ^ np.where(value < 0, 0x7F, 0xFF)).astype(np.uint8)


@cache
def _alaw_table() -> NDArray[np.uint8]:
    # The law is written for 13-bit samples.
    value = _every_sample() >> 3
    size = np.where(value < 0, -value - 1, value)
    segment = _segment(size, 0x1F)
    code = np.where(segment > 7, 0x7F, segment << 4 | size >> np.maximum(segment, 1) & 15)
    return (code ^ np.where(value < 0, 0x55, 0xD5)).astype(np.uint8)


def _resample(pcm: bytes, rate: int) -> bytes:
    """Bring 24 kHz to another rate by straight lines: good enough for a voice that nobody records."""
    samples = read_pcm(pcm)
    places = np.arange(samples.size * rate // PCM_RATE) * (PCM_RATE / rate)
    made = np.interp(places, np.arange(samples.size), samples) if samples.size else samples
    return np.rint(made).astype("<i2").tobytes()


@cache
def pcm_format(rate: int) -> Format:
    """Return 16-bit PCM at a rate."""
    write = bytes if rate == PCM_RATE else partial(_resample, rate=rate)
    return Format("audio/pcm", 2, TICKS_PER_MS * 1000 // rate, read_pcm, write)


def format_of(said: dict[str, Any]) -> Format:
    """Return the format that a session's configuration names."""
    return pcm_format(said.get("rate", PCM_RATE)) if said["type"] == "audio/pcm" else FORMATS[said["type"]]


_LAW_TICKS = TICKS_PER_MS // 8
FORMATS = {
    "audio/pcm": pcm_format(PCM_RATE),
    "audio/pcmu": Format("audio/pcmu", 1, _LAW_TICKS, ulaw_decode, lambda pcm: ulaw_encode(_decimate(pcm))),
    "audio/pcma": Format("audio/pcma", 1, _LAW_TICKS, alaw_decode, lambda pcm: alaw_encode(_decimate(pcm))),
}
"""The formats of OpenAI, by their types."""
