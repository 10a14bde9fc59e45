"""The telephone's two codings, by libsndfile."""

import io

import numpy as np
import soundfile

from tests.diagnosis.sounding import Sound, at_rate, pcm


def ulaw(sound: Sound) -> bytes:
    """Bring a sound at 24 kHz to µ-law at 8 kHz."""
    return _coded(at_rate(sound, 8000), "ULAW")


def alaw(sound: Sound) -> bytes:
    """… and to A-law."""
    return _coded(at_rate(sound, 8000), "ALAW")


def _coded(sound: Sound, subtype: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.frombuffer(pcm(sound), "<i2"), 8000, format="RAW", subtype=subtype)
    return file.getvalue()
