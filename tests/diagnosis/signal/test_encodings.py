"""Bytes read in every way: the tables are libsndfile's, and only the true way makes speech."""

from collections.abc import Callable

import numpy as np
import pytest

from rtdebug.diagnosis.signal.encodings import ALAW, BIG, DECODERS, FLOAT, PCM, ULAW, encoding_of, gain_db, wire_bytes
from rtdebug.protocol.audio import AudioFormat, Encoding
from rtdebug.recording.sound import decode
from tests.diagnosis.law import alaw, ulaw
from tests.diagnosis.sounding import ASSISTANTS, USERS, Sound, at_rate, noise, pcm, voice

SPEAKERS = (*USERS, *ASSISTANTS)


@pytest.mark.parametrize(("name", "encoding"), [(ULAW, "pcmu"), (ALAW, "pcma")])
def test_the_tables_are_those_of_the_reader(name: str, encoding: Encoding) -> None:
    codes = np.arange(256, dtype=np.uint8)
    levels = decode(codes.tobytes(), AudioFormat(encoding, 8000))
    assert np.array_equal(np.round(DECODERS[name](codes) * 32768), levels)
    again = wire_bytes(levels, encoding)
    assert np.array_equal(decode(again.tobytes(), AudioFormat(encoding, 8000)), levels)


def big(sound: Sound) -> bytes:
    return np.frombuffer(pcm(sound), "<i2").astype(">i2").tobytes()


def floats(sound: Sound) -> bytes:
    return (sound / 32768).astype("<f4").tobytes()


def pcm_at_8k(sound: Sound) -> bytes:
    return pcm(at_rate(sound, 8000))


TRUTHS: list[tuple[str, Callable[[Sound], bytes]]] = [
    (PCM, pcm),
    (PCM, pcm_at_8k),
    (ULAW, ulaw),
    (ALAW, alaw),
    (BIG, big),
    (FLOAT, floats),
]


@pytest.mark.parametrize("speaker", SPEAKERS)
@pytest.mark.parametrize("level", [1.0, 0.2, 0.05])
def test_every_voice_is_read_as_what_it_is(speaker: str, level: float) -> None:
    sound = voice(speaker) * level
    sound = sound + noise(len(sound) / 24000, 10 * level)[: len(sound)]
    stated: tuple[tuple[Encoding, str], ...] = (("pcm16", PCM), ("pcmu", ULAW), ("pcma", ALAW))
    for encoding, as_stated in stated:
        for truth, make in TRUTHS:
            data = np.frombuffer(make(sound), np.uint8)
            found = encoding_of(data[: len(data) // 4 * 4], encoding)
            if truth == as_stated:
                assert found is None, (encoding, truth, found)
            elif level == 1.0:
                assert found is not None, (encoding, truth)
                assert found.name == truth
            else:
                assert found is None or found.name == truth, (encoding, truth, found)


@pytest.mark.parametrize("level", [30, 300, 3000, 12000])
@pytest.mark.parametrize("seed", range(5))
def test_noise_is_nothing_else(level: float, seed: int) -> None:
    data = np.frombuffer(pcm(noise(2, level, seed)), np.uint8)
    for encoding in ("pcm16", "pcmu", "pcma"):
        assert encoding_of(data, encoding) is None


def test_silence_and_snippets_tell_nothing() -> None:
    assert gain_db(np.zeros(48_000, np.float32)) is None
    assert gain_db(np.ones(100, np.float32)) is None
    assert gain_db(np.full(48_000, np.nan, np.float32)) is None
    assert encoding_of(np.zeros(0, np.uint8), "pcm16") is None
