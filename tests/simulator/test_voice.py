from pathlib import Path

import numpy as np
import pytest
import soundfile

from rtdebug.simulator import voice
from rtdebug.simulator.audio import level_db, read_pcm
from rtdebug.simulator.script import DEFAULT

USER = [turn.user for turn in (*DEFAULT.turns, *DEFAULT.afterwards)]
SENTENCES = [*((text, "user") for text in USER), *((text, "assistant") for text in DEFAULT.replies())]
NEW = "Nobody has ever said this before."


def seconds(sound: bytes) -> float:
    return len(sound) / 48_000


def test_every_sentence_of_the_script_is_shipped_and_nothing_else() -> None:
    paths = [voice.shipped_path(text, speaker) for text, speaker in SENTENCES]
    assert sorted(paths) == sorted(voice.SHIPPED.glob("*.flac"))
    assert sum(path.stat().st_size for path in paths) < 1_000_000


@pytest.mark.parametrize(("text", "speaker"), SENTENCES)
def test_shipped_speech_sounds_and_has_a_likely_length(text: str, speaker: voice.Speaker) -> None:
    about = soundfile.info(voice.shipped_path(text, speaker))
    assert (about.samplerate, about.channels) == (24_000, 1)
    sound = voice.speech(text, speaker)
    assert seconds(sound) == pytest.approx(about.duration)
    assert 0.03 < seconds(sound) / len(text) < 0.11
    assert -30 < level_db(read_pcm(sound)) < -10


@pytest.mark.skipif(voice._espeak() is None, reason="espeak-ng is not installed")
def test_other_sentences_are_synthesised() -> None:
    assert 1 < seconds(voice.speech(NEW)) < 4
    assert level_db(read_pcm(voice.speech(NEW))) > -30


def test_without_espeak_it_hums(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "_espeak", lambda: None)
    hummed = voice.speech(NEW, "user")
    assert 1.5 < seconds(hummed) < 4
    assert -30 < level_db(read_pcm(hummed)) < -10
    assert np.abs(read_pcm(hummed)).max() < 32767


def test_nothing_is_silent() -> None:
    assert voice.speech("") == voice.speech(" \n") == b""


def test_no_two_sentences_share_a_file() -> None:
    paths: set[Path] = {voice.shipped_path(text, speaker) for text, speaker in SENTENCES}
    assert len(paths) == len(SENTENCES)
