import numpy as np
import pytest

from rtdebug.simulator.audio import FORMATS
from rtdebug.simulator.hearing import recognise
from rtdebug.simulator.script import DEFAULT
from rtdebug.simulator.voice import speech

PROMPTS = [turn.user for turn in (*DEFAULT.turns, *DEFAULT.afterwards)]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("words", PROMPTS)
def test_shipped_prompts_are_known_by_their_sound_wherever_they_lie(words: str, kind: str) -> None:
    fmt = FORMATS[kind]
    room = np.random.default_rng(1).integers(-9, 9, 7321, dtype=np.int16).tobytes()
    assert recognise(fmt.write(room + speech(words, "user") + 2 * room), fmt) == words


@pytest.mark.parametrize(
    "words", ["Two rolls, please.", "The second one, please.", "Hi, when is the last bus to Leeds?", DEFAULT.greeting]
)
def test_other_speech_is_not(words: str) -> None:
    assert recognise(speech(words, "user"), FORMATS["audio/pcm"]) is None


@pytest.mark.parametrize("audio", [b"", b"\0" * 48000, b"\0\0", b"\x10\x20" * 24000])
def test_silence_and_tones_are_not(audio: bytes) -> None:
    assert recognise(audio, FORMATS["audio/pcm"]) is None
