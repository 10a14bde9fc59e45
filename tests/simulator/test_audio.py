import sys
import warnings

import numpy as np
import pytest

from rtdebug.simulator import audio
from rtdebug.simulator.audio import FORMATS

EVERY_SAMPLE = np.arange(-32768, 32768, dtype=np.int16)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="audioop left the standard library in 3.13")
def test_both_laws_are_those_of_the_standard_library() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import audioop
    samples, codes = EVERY_SAMPLE.astype("<i2").tobytes(), bytes(range(256))
    assert audio.ulaw_encode(EVERY_SAMPLE) == audioop.lin2ulaw(samples, 2)
    assert audio.alaw_encode(EVERY_SAMPLE) == audioop.lin2alaw(samples, 2)
    assert audio.ulaw_decode(codes).astype("<i2").tobytes() == audioop.ulaw2lin(codes, 2)
    assert audio.alaw_decode(codes).astype("<i2").tobytes() == audioop.alaw2lin(codes, 2)


def test_both_laws_keep_the_known_codes() -> None:
    assert audio.ulaw_encode(np.array([0, 32767, -32768], dtype=np.int16)) == b"\xff\x80\x00"
    assert audio.alaw_encode(np.array([0, 32767, -32768], dtype=np.int16)) == b"\xd5\xaa\x2a"


@pytest.mark.parametrize("law", ["audio/pcmu", "audio/pcma"])
def test_what_is_decoded_encodes_to_itself(law: str) -> None:
    fmt = FORMATS[law]
    encode = {"audio/pcmu": audio.ulaw_encode, "audio/pcma": audio.alaw_encode}[law]
    # µ-law has two zeros, and writes the positive one.
    codes = bytes(code for code in range(256) if (law, code) != ("audio/pcmu", 0x7F))
    assert encode(fmt.read(codes)) == codes


@pytest.mark.parametrize("fmt", FORMATS.values())
def test_a_second_is_a_second_in_each_format(fmt: audio.Format) -> None:
    tone = (np.sin(np.arange(24_000) / 24_000 * 2 * np.pi * 440) * 8000).astype("<i2")
    written = fmt.write(tone.tobytes())
    assert fmt.ms(len(written)) == 1000
    assert fmt.size(1000) == len(written)
    assert audio.level_db(fmt.read(written)) == pytest.approx(audio.level_db(tone), abs=0.5)


def test_what_an_8_khz_line_cannot_carry_does_not_fold_back() -> None:
    hiss = (np.sin(np.arange(24_000) / 24_000 * 2 * np.pi * 7000) * 8000).astype("<i2").tobytes()
    assert audio.level_db(FORMATS["audio/pcmu"].read(FORMATS["audio/pcmu"].write(hiss))) < -45


def test_silence_has_a_level_too() -> None:
    assert audio.level_db(np.zeros(10, dtype=np.int16)) == audio.level_db(audio.read_pcm(b"")) == -100
    assert audio.level_db(np.full(10, -32768, dtype=np.int16)) == pytest.approx(0, abs=0.01)
