"""Levels, noise, clipping and two channels, of sounds whose figures are known."""

import numpy as np
import pytest

from rtdebug.diagnosis.signal.channels import is_doubled, is_two_channels
from rtdebug.diagnosis.signal.levels import decibels, join, levels
from tests.diagnosis.sounding import ASSISTANTS, RATE, USERS, at_rate, noise, pcm, spoken, voice


def samples(sound: np.ndarray) -> np.ndarray:
    return np.frombuffer(pcm(sound), "<i2").astype(np.int16)


@pytest.mark.parametrize("rate", [8000, 24000, 44100])
def test_noise_has_its_level(rate: int) -> None:
    found = levels(samples(noise(3, 500, rate=rate) + 200), rate)
    assert found.seconds == pytest.approx(3, abs=0.03)
    assert found.mean.mean() == pytest.approx(200, abs=10)
    assert found.loudest_second == pytest.approx(500, rel=0.03)  # an offset is no sound
    assert found.snr_db == pytest.approx(0.8, abs=0.8)


@pytest.mark.parametrize("level", [10, 40, 160])
def test_speech_stands_out_of_the_noise(level: float) -> None:
    found = levels(samples(spoken(12, level)), RATE)
    assert found.noise == pytest.approx(level, rel=0.2)
    assert 0.3 < found.speech.mean() < 0.9
    assert found.snr_db is not None
    assert found.snr_db > 20


def test_only_flat_tops_are_clipped() -> None:
    tone = np.sin(np.arange(RATE) * 2 * np.pi * 300 / RATE)
    assert not levels(samples(tone * 32767), RATE).clipped.any()
    assert levels(samples(tone * 50_000), RATE).clipped.all()


@pytest.mark.parametrize("rate", [1, 49, 8000])
def test_nothing_has_no_figures(rate: int) -> None:
    for found in (levels(np.zeros(0, np.int16), rate), levels(np.zeros(7, np.int16), rate), join([])):
        assert found.snr_db is None
        assert found.loudest_second == 0
        assert found.noise == 0


def test_decibels_end_at_silence() -> None:
    assert (decibels(32768), decibels(0)) == (0, -100)


@pytest.mark.parametrize("name", [*USERS, *ASSISTANTS])
@pytest.mark.parametrize("rate", [8000, 24000, 48000])
def test_two_channels_are_told_from_one(name: str, rate: int) -> None:
    sound = at_rate(np.tile(voice(name), 4), rate)
    other = np.roll(sound, rate) * 0.8
    assert not is_two_channels(samples(sound))
    assert is_two_channels(samples(np.stack([sound, other], axis=1).reshape(-1)))
    assert is_two_channels(samples(np.repeat(sound, 2)))
    assert is_doubled(samples(np.repeat(sound, 2)))
    assert not is_doubled(samples(sound))


def test_noise_is_one_channel() -> None:
    assert not is_two_channels(samples(noise(3, 1000)))
    assert not is_two_channels(np.zeros(RATE * 2, np.int16))
