"""Microphones that give nothing, too much, the same over and over, or noise."""

from pathlib import Path

import numpy as np
import pytest

from rtdebug.diagnosis.rules.microphone import RULES, clipped, noisy, offset, repeated, silent
from tests.diagnosis.sounding import PCMU, RATE, VoiceCall, noise, pcm, spoken


def call(folder: Path, data: bytes, *, chunk_ms: float = 20) -> VoiceCall:
    one = VoiceCall(folder)
    one.microphone(data, rate=RATE, chunk_ms=chunk_ms)
    return one


@pytest.mark.parametrize("level", [3, 20, 100])
def test_a_good_microphone_is_silent(tmp_path: Path, level: float) -> None:
    one = call(tmp_path, pcm(spoken(9, level)))
    one.speech("user", 400, 2000)
    assert one.findings(*RULES) == []


@pytest.mark.parametrize(
    ("seconds", "level", "severity", "what"),
    [(12, 0, "error", "digital silence"), (4, 0, "warning", "digital silence"), (12, 5, "warning", "below -60 dB")],
)
def test_a_dead_microphone_is_named(tmp_path: Path, seconds: int, level: float, severity: str, what: str) -> None:
    (found,) = call(tmp_path, pcm(noise(seconds, level))).findings(*RULES)
    assert (found.code, found.severity) == ("RT151", severity)
    assert found.message == f"the client sent {seconds}.0 s of audio and all of it is {what}"
    assert found.at_ns == 120_000_000


def test_a_microphone_in_which_the_server_heard_speech_is_not_dead(tmp_path: Path) -> None:
    one = call(tmp_path, pcm(noise(12, 5)))
    one.speech("user", 400, 2000)
    assert one.findings(silent) == []


def test_a_turn_of_silence_committed_by_hand_is_named(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path)
    one.microphone(pcm(spoken(3)), rate=RATE)
    one.client(3200, "input_audio_buffer.commit")
    one.server(3210, "input_audio_buffer.committed", item_id="item_1")
    one.microphone(bytes(2 * RATE * 2), rate=RATE, begin_ms=4000)
    one.client(6100, "input_audio_buffer.commit")
    one.server(6110, "input_audio_buffer.committed", item_id="item_2")
    (found,) = one.findings(silent)
    assert found.message == "the client committed 2.0 s of silence as a turn of the user's"
    assert (found.severity, found.item_id, found.at_ns) == ("warning", "item_2", 6_100_000_000)


def test_clipping_is_measured(tmp_path: Path) -> None:
    (found,) = call(tmp_path, pcm(spoken(9) * 6)).findings(*RULES)
    assert found.code == "RT153"
    assert found.message.startswith("the microphone is clipped in ")
    assert found.sound


def test_a_loud_voice_is_not_clipped(tmp_path: Path) -> None:
    sound = spoken(9)
    assert call(tmp_path, pcm(sound * 32700 / np.abs(sound).max())).findings(clipped) == []


def test_an_offset_is_measured(tmp_path: Path) -> None:
    (found,) = call(tmp_path, pcm(spoken(9) + 1650)).findings(*RULES)
    assert (found.code, found.severity) == ("RT154", "info")
    assert found.message == "the microphone's samples stand 5 % of full scale off zero"
    assert call(tmp_path / "good", pcm(spoken(9) + 200)).findings(offset) == []


@pytest.mark.parametrize("chunk_ms", [20, 100])
def test_pieces_sent_twice_are_counted(tmp_path: Path, chunk_ms: int) -> None:
    size, data = RATE * chunk_ms // 1000 * 2, pcm(spoken(9, 200))
    pieces = [data[first : first + size] for first in range(0, len(data), size)]
    again = [piece for number, piece in enumerate(pieces) for _ in range(2 if number % 5 == 4 else 1)]
    (found,) = call(tmp_path, b"".join(again), chunk_ms=chunk_ms).findings(*RULES)
    assert found.code == "RT155"
    assert found.message.startswith(f"the client sent {len(again) - len(pieces)} pieces of audio twice in a row")


def test_a_steady_tone_is_not_sent_twice(tmp_path: Path) -> None:
    tone = np.sin(np.arange(RATE * 5) * 2 * np.pi * 1000 / RATE) * 8000
    assert call(tmp_path, pcm(tone)).findings(repeated) == []


def test_a_noisy_room_is_worth_knowing(tmp_path: Path) -> None:
    one = call(tmp_path, pcm(spoken(9, 2500)))
    one.speech("user", 400, 2000)
    (found,) = one.findings(noisy)
    assert (found.code, found.severity, found.confidence) == ("RT156", "info", "medium")
    assert " dB above the noise, which is at -2" in found.message


def test_without_a_microphone_nothing_is_evaluated(tmp_path: Path) -> None:
    told = VoiceCall(tmp_path).diagnosis(*RULES)
    assert (told.findings, len(told.not_evaluated)) == ([], len(RULES))


def test_a_user_who_writes_may_leave_the_microphone_shut(tmp_path: Path) -> None:
    call = VoiceCall(tmp_path)
    call.microphone(bytes(12 * 2 * RATE), rate=RATE)
    shown = {"id": "item_w", "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]}
    call.client(2000, "conversation.item.create", item=shown)
    call.server(2010, "conversation.item.added", item=shown)
    (found,) = call.findings(*RULES)
    assert (found.code, found.severity) == ("RT151", "info")
    assert found.message.endswith("all of it is digital silence; the user wrote instead")


def test_zero_bytes_are_no_silence_in_ulaw(tmp_path: Path) -> None:
    call = VoiceCall(tmp_path, PCMU)
    call.microphone(bytes(12 * 8000), rate=8000, width=1)
    (found,) = call.findings(*RULES)
    assert found.code == "RT151"
    assert found.message.endswith("-98 % of full scale: bytes of zero, where silence is 0xFF")
