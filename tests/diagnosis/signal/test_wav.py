"""Heads of WAV files, whole, cut and odd."""

import struct

import pytest

from rtdebug.diagnosis.signal.wav import read_wav
from rtdebug.protocol.audio import AudioFormat, Encoding
from rtdebug.recording.tracks import wav_header


@pytest.mark.parametrize(("encoding", "rate"), [("pcm16", 24000), ("pcmu", 8000), ("pcma", 8000)])
def test_what_a_recorder_writes_is_read(encoding: Encoding, rate: int) -> None:
    format_ = AudioFormat(encoding, rate)
    found = read_wav(wav_header(format_, 1000))
    assert found is not None
    assert found.fits(format_)
    assert not found.fits(AudioFormat(encoding, rate + 1))


def test_it_reads_in_words() -> None:
    head = b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<IHHIIHH", 16, 3, 2, 48000, 0, 8, 32)
    found = read_wav(head)
    assert found is not None
    assert found.words == "floats at 48,000 Hz, two channels"


@pytest.mark.parametrize("length", range(0, 36, 5))
def test_a_head_that_is_cut_off_says_nothing(length: int) -> None:
    assert read_wav(wav_header(AudioFormat(), 0)[:length]) is None
