"""Audio that is not what the session was told, and that all is well where it is."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rtdebug.diagnosis.rules.codec import wrong_format
from rtdebug.diagnosis.rules.microphone import RULES as MICROPHONE
from tests.diagnosis.law import alaw, ulaw
from tests.diagnosis.sounding import PCM, PCMU, RATE, Sound, VoiceCall, at_rate, noise, pcm, spoken

PCMA = {"type": "audio/pcma"}
SECONDS = 11


def pcm16k() -> dict[str, Any]:
    return {"type": "audio/pcm", "rate": 16000}


def resampled(rate: int) -> Callable[[Sound], bytes]:
    return lambda sound: pcm(at_rate(sound, rate))


def ulaw_at_16k(sound: Sound) -> bytes:
    return ulaw(at_rate(sound, 48000))


def swapped(sound: Sound) -> bytes:
    return np.frombuffer(pcm(sound), "<i2").astype(">i2").tobytes()


def shifted(sound: Sound) -> bytes:
    return b"\x01" + pcm(sound)[:-1]


def floats(sound: Sound) -> bytes:
    return (sound / 32768).astype("<f4").tobytes()


def twice(sound: Sound) -> bytes:
    return np.repeat(np.frombuffer(pcm(sound), "<i2"), 2).tobytes()


def left_only(sound: Sound) -> bytes:
    return np.stack([np.frombuffer(pcm(sound), "<i2"), np.zeros(len(sound), np.int16)], axis=1).tobytes()


def wav(sound: Sound, rate: int) -> bytes:
    data = pcm(at_rate(sound, rate))
    head = struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * 2, 2, 16)
    return (
        b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + head + b"data" + struct.pack("<I", len(data)) + data
    )


@pytest.mark.parametrize(
    ("stated", "make", "rate", "width", "named"),
    [
        (PCM, resampled(16000), 16000, 2, "taken at 16,000 Hz and sent as PCM at 24,000 Hz"),
        (pcm16k(), pcm, 24000, 2, "taken at 24,000 Hz and sent as PCM at 16,000 Hz"),
        (PCM, resampled(8000), 8000, 2, "taken at 8,000 Hz and sent as PCM at 24,000 Hz"),
        (PCM, resampled(48000), 48000, 2, "taken at 48,000 Hz and sent as PCM at 24,000 Hz"),
        (PCM, resampled(44100), 44100, 2, "taken at 44,100 Hz and sent as PCM at 24,000 Hz"),
        (PCM, resampled(36000), 36000, 2, "taken at 24,000 Hz, resampled as if it were at 16,000 Hz and sent as PCM"),
        (PCM, resampled(12000), 12000, 2, "taken at 24,000 Hz, resampled as if it were at 48,000 Hz (or taken at"),
        (pcm16k(), resampled(10667), 10667, 2, "taken at 16,000 Hz, resampled as if it were at 24,000 Hz and sent as"),
        (PCMU, ulaw_at_16k, 16000, 1, "taken at 16,000 Hz and sent as µ-law at 8,000 Hz"),
        (PCM, ulaw, 8000, 1, "is µ-law at 8,000 Hz, sent as PCM at 24,000 Hz"),
        (PCM, alaw, 8000, 1, "is A-law at 8,000 Hz, sent as PCM at 24,000 Hz"),
        (PCMU, pcm, 24000, 2, "is PCM at 24,000 Hz, sent as µ-law at 8,000 Hz"),
        (PCMA, resampled(16000), 16000, 2, "is PCM at 16,000 Hz, sent as A-law at 8,000 Hz"),
        (PCMU, alaw, 8000, 1, "is A-law at 8,000 Hz, sent as µ-law at 8,000 Hz"),
        (PCMA, ulaw, 8000, 1, "is µ-law at 8,000 Hz, sent as A-law at 8,000 Hz"),
        (PCM, swapped, 24000, 2, "is big-endian PCM at 24,000 Hz"),
        (PCM, shifted, 24000, 2, "is PCM shifted by one byte at 24,000 Hz"),
        (PCM, floats, 24000, 4, "is 32-bit float at 24,000 Hz"),
        (PCM, twice, 24000, 4, "has two channels at 24,000 Hz, sent as one"),
        (PCM, left_only, 24000, 4, "has two channels at 24,000 Hz, sent as one"),
    ],
)
def test_the_true_format_is_named(
    tmp_path: Path, stated: dict[str, Any], make: Callable[[Sound], bytes], rate: int, width: int, named: str
) -> None:
    one = VoiceCall(tmp_path, stated)
    one.microphone(make(spoken(SECONDS)), rate=rate, width=width)
    (found,) = one.findings(wrong_format, *MICROPHONE)
    assert named in found.message
    assert (found.code, found.severity, found.confidence) == ("RT150", "error", "high")
    assert found.at_ns is not None
    assert found.at_ns < 10**9
    assert found.sound[0].track == "client.wav"


@pytest.mark.parametrize(
    ("stated", "make", "rate", "width"),
    [
        (PCM, pcm, 24000, 2),
        (pcm16k(), resampled(16000), 16000, 2),
        (PCMU, ulaw, 8000, 1),
        (PCMA, alaw, 8000, 1),
    ],
)
@pytest.mark.parametrize("chunk_ms", [20, 100])
def test_what_is_as_stated_is_silent(
    tmp_path: Path, stated: dict[str, Any], make: Callable[[Sound], bytes], rate: int, width: int, chunk_ms: float
) -> None:
    one = VoiceCall(tmp_path, stated)
    one.microphone(make(spoken(SECONDS)), rate=rate, width=width, chunk_ms=chunk_ms)
    assert one.findings(wrong_format, *MICROPHONE) == []


@pytest.mark.parametrize(("rate", "factor"), [(12000, 2), (8000, 3)])
def test_samples_that_stand_twice_at_the_right_pace_are_one_channel(tmp_path: Path, rate: int, factor: int) -> None:
    one = VoiceCall(tmp_path)
    hasty = np.repeat(np.frombuffer(pcm(at_rate(spoken(SECONDS), rate)), "<i2"), factor)
    one.microphone(hasty.tobytes(), rate=RATE)
    assert one.findings(wrong_format) == []


def test_a_file_sent_as_fast_as_it_goes_has_no_pace(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path)
    one.appended(pcm(spoken(SECONDS)), 100, 4800, 3)
    assert one.findings(wrong_format) == []


def test_a_microphone_that_is_only_open_at_times_keeps_its_pace(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path)
    for turn in range(5):
        one.microphone(pcm(spoken(3.0, seed=turn)), rate=RATE, begin_ms=100 + turn * 9000)
    assert one.findings(wrong_format) == []


def test_codec_is_named_in_a_burst_too_though_not_its_rate(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path)
    one.appended(ulaw(spoken(SECONDS)), 100, 4800, 3)
    (found,) = one.findings(wrong_format)
    assert found.message == "the client's audio is µ-law, sent as PCM at 24,000 Hz; it is heard as noise"


@pytest.mark.parametrize(
    ("rate", "severity", "words"),
    [
        (
            16000,
            "error",
            "16-bit PCM at 16,000 Hz, one channel, where the session expects PCM at 24,000 Hz, one channel",
        ),
        (24000, "warning", "16-bit PCM at 24,000 Hz, one channel; the header is heard as a click"),
    ],
)
def test_the_header_of_a_file_is_read(tmp_path: Path, rate: int, severity: str, words: str) -> None:
    one = VoiceCall(tmp_path)
    one.appended(wav(spoken(4), rate), 100, 4800, 3)
    (found,) = one.findings(wrong_format, *MICROPHONE)
    assert found.severity == severity
    assert found.message == f"the client sends a WAV file, header and all: {words}"


@pytest.mark.parametrize(
    ("magic", "kind"), [(b"OggS\x00\x02", "Ogg"), (b"\x1aE\xdf\xa3\x01\x00", "WebM"), (b"ID3\x04", "MP3")]
)
def test_compressed_files_are_named(tmp_path: Path, magic: bytes, kind: str) -> None:
    one = VoiceCall(tmp_path)
    data = magic + np.random.default_rng(1).bytes(60_000 - len(magic))
    one.microphone(data, rate=RATE)
    (found,) = one.findings(wrong_format, *MICROPHONE)
    assert found.message == f"the client sends {kind} files where PCM is expected; they are heard as noise"


def test_noise_is_no_codec(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path)
    one.microphone(np.random.default_rng(2).bytes(2 * RATE * SECONDS), rate=RATE)
    assert one.findings(wrong_format) == []


@pytest.mark.parametrize(
    ("name", "width", "rate"), [("32-bit PCM", 4, 24_000), ("unsigned 8-bit PCM", 1, 8000)], ids=["32", "8"]
)
def test_integers_of_other_widths_are_named(tmp_path: Path, name: str, width: int, rate: int) -> None:
    sound = spoken(12, rate=rate)
    data = (sound * 65536).astype("<i4").tobytes() if width == 4 else (sound / 256 + 128).astype("u1").tobytes()
    call = VoiceCall(tmp_path)
    call.microphone(data, rate=rate, width=width)
    (found,) = call.findings(wrong_format)
    assert found.message.startswith(f"the client's audio is {name} at {rate:,} Hz, sent as PCM at 24,000 Hz")


def test_a_microphone_on_the_right_of_two_channels_is_not_32_bits(tmp_path: Path) -> None:
    right = spoken(12)
    both = np.stack([noise(12, 20)[: len(right)], right], axis=1).reshape(-1)
    call = VoiceCall(tmp_path)
    call.microphone(pcm(both), rate=2 * RATE)
    (found,) = call.findings(wrong_format)
    assert "two channels at 24,000 Hz" in found.message
