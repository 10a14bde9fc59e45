"""The voices of the demo: shipped speech, else espeak-ng, else a vocal tone of the right length."""

import re
import shutil
import subprocess
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rtdebug.simulator.audio import PCM_RATE

Speaker = Literal["user", "assistant"]
SHIPPED = Path(__file__).parent / "voices"
_ESPEAK_VOICES: dict[Speaker, str] = {"user": "en-gb", "assistant": "en-us+f3"}
_ESPEAK_SECONDS = 20
_PITCH_HZ: dict[Speaker, float] = {"user": 120.0, "assistant": 190.0}
_SYLLABLE_S = 0.19
_FORMANTS_HZ = ((650.0, 110.0, 1.0), (1150.0, 130.0, 0.5), (2500.0, 200.0, 0.2))
_PARTIALS = 16
_LOUDNESS = 7000


@lru_cache(maxsize=256)
def speech(text: str, speaker: Speaker = "assistant") -> bytes:
    """Return a text spoken: 16-bit little-endian mono PCM at 24 kHz."""
    if not text.strip():
        return b""
    shipped = shipped_path(text, speaker)
    if shipped.is_file():
        return _read(shipped.read_bytes())
    return _synthesised(text, speaker) or _tone(text, speaker)


def shipped_path(text: str, speaker: Speaker) -> Path:
    """Return where the speech for a text is kept, if it is shipped at all."""
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return SHIPPED / f"{speaker}-{words[:48].rstrip('-')}.flac"


def espeak_command(text: str, speaker: Speaker) -> list[str]:
    """Return the command that writes a text's speech to standard output as WAV."""
    return [_espeak() or "espeak-ng", "-v", _ESPEAK_VOICES[speaker], "-s", "180", "--stdout", "--", text]


@cache
def _espeak() -> str | None:
    return shutil.which("espeak-ng")


def _synthesised(text: str, speaker: Speaker) -> bytes | None:
    if _espeak() is None:
        return None
    command = espeak_command(text.replace("\0", " "), speaker)
    try:
        done = subprocess.run(command, capture_output=True, timeout=_ESPEAK_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return _read(done.stdout) if done.returncode == 0 and done.stdout else None


def _read(sound: bytes) -> bytes:
    # Opening libsndfile costs more than the rest of this module.
    import soundfile

    samples, rate = soundfile.read(BytesIO(sound), dtype="float64")
    if rate != PCM_RATE:
        samples = _resample(samples, rate)
    return _pcm(samples * 32767)


def _resample(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """Stretch samples to 24 kHz by straight lines: good enough for speech made on the spot."""
    places = np.arange(len(samples) * PCM_RATE // rate) * (rate / PCM_RATE)
    return np.asarray(np.interp(places, np.arange(len(samples)), samples), dtype=np.float64)


def _tone(text: str, speaker: Speaker) -> bytes:
    """Hum a text: one swell per syllable, a falling pitch, the formants of an open vowel."""
    syllables = max(1, len(re.findall(r"[aeiouy]+|\d", text.lower())))
    time = np.arange(int(syllables * _SYLLABLE_S * PCM_RATE)) / PCM_RATE
    pitch = _PITCH_HZ[speaker] * (1.1 - 0.2 * time / time[-1] + 0.02 * np.sin(2 * np.pi * 5 * time))
    phase = 2 * np.pi * np.cumsum(pitch) / PCM_RATE
    voice = np.zeros_like(time)
    for partial in range(1, _PARTIALS + 1):
        voice += _formant_gain(partial * _PITCH_HZ[speaker]) * np.sin(partial * phase) / partial**0.5
    swell = np.sin(np.pi * (time / _SYLLABLE_S % 1.0)) ** 0.5
    return _pcm(voice / np.abs(voice).max() * swell * _LOUDNESS)


def _formant_gain(hz: float) -> float:
    return sum(gain / (1 + ((hz - centre) / width) ** 2) for centre, width, gain in _FORMANTS_HZ)


def _pcm(samples: NDArray[np.float64]) -> bytes:
    return np.clip(np.rint(samples), -32768, 32767).astype("<i2").tobytes()
