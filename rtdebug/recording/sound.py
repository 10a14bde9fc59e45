"""A recording's samples as numbers: what was on the wire, decoded to 16-bit PCM. Missing samples are silence."""

import io
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile

from rtdebug.protocol.audio import AudioFormat, Encoding
from rtdebug.recording.reader import Lost, RecordingReader

Samples = npt.NDArray[np.int16]

_SUBTYPES: Final[dict[Encoding, str]] = {"pcm16": "PCM_16", "pcmu": "ULAW", "pcma": "ALAW"}


def decode(data: bytes, format_: AudioFormat) -> Samples:
    """Turn wire samples into 16-bit PCM, shape (frames,)."""
    if format_.encoding == "pcm16":
        return np.frombuffer(data, dtype="<i2").astype(np.int16)
    subtype = _SUBTYPES[format_.encoding]
    with soundfile.SoundFile(
        io.BytesIO(data), samplerate=format_.rate, channels=1, format="RAW", subtype=subtype
    ) as file:
        found: Samples = file.read(dtype="int16")
        return found


def read_samples(reader: RecordingReader, track: str, start: int, frames: int) -> Samples:
    """Read frames of a track as 16-bit PCM, shape (frames,); what is not there is silence."""
    silence = np.zeros(frames, np.int16)
    try:
        format_ = reader.track_format(track)
        there = min(frames, max(0, reader.track_frames(track) - start))
        data = reader.samples(track, start, there)
    except Lost:
        return silence
    silence[:there] = decode(data, format_)
    return silence
