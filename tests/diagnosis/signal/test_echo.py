"""What is heard in what: true delays, levels and shares, and no peak between strangers."""

import numpy as np
import pytest

from rtdebug.diagnosis.signal.echo import RATE, find, resampled
from tests.diagnosis.sounding import ASSISTANTS, USERS, Sound, at_rate, noise, voice

LONGEST = round(1.7 * RATE)


def at_8k(name: str) -> Sound:
    return at_rate(voice(name), RATE).astype(np.float32)


@pytest.mark.parametrize("name", ASSISTANTS)
@pytest.mark.parametrize("gain_db", [-6, -20, -30, -36])
def test_a_sound_is_found_in_another(name: str, gain_db: float) -> None:
    played, delay = at_8k(name)[: 4 * RATE], 1234
    heard = noise(len(played) / RATE + 1.7, 5, rate=RATE).astype(np.float32)
    heard[delay : delay + len(played)] += played * 10 ** (gain_db / 20)
    peak = find(played, heard, LONGEST)
    assert peak is not None
    assert abs(peak.delay - delay) <= 1
    assert peak.height > 15
    assert peak.evenness > 3
    assert peak.level_db == pytest.approx(gain_db, abs=1.5)
    assert peak.share > 0.7


@pytest.mark.parametrize("assistant", ASSISTANTS)
@pytest.mark.parametrize("user", USERS)
def test_strangers_have_no_peak(assistant: str, user: str) -> None:
    played = at_8k(assistant)[: 4 * RATE]
    heard = noise(len(played) / RATE + 1.7, 10, rate=RATE).astype(np.float32)
    other = at_8k(user)[: len(heard) - 800]
    heard[800 : 800 + len(other)] += other
    peak = find(played, heard, LONGEST)
    assert peak is not None
    assert peak.height < 9
    assert peak.height < 6.5 or peak.evenness < 2.5


@pytest.mark.parametrize("silent", ["played", "heard"])
def test_silence_holds_nothing(silent: str) -> None:
    sound, nothing = at_8k("assistant-done"), np.zeros(3 * RATE, np.float32)
    assert find(*((nothing, sound) if silent == "played" else (sound, nothing)), LONGEST) is None
    assert find(sound[:100], sound, LONGEST) is None


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 44100, 48000])
def test_resampling_keeps_length_pitch_and_level(rate: int) -> None:
    tone = np.sin(np.arange(rate * 2) * 2 * np.pi * 440 / rate) * 10_000
    found = resampled(tone.astype(np.int16), rate)
    assert len(found) == 2 * RATE
    middle = found[RATE // 2 : RATE * 3 // 2]
    assert np.abs(np.fft.rfft(middle)).argmax() == pytest.approx(440, abs=1)
    assert np.abs(middle).max() == pytest.approx(10_000, rel=0.02)
