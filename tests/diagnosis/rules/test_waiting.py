"""Answers and ends that never come, turns that never end, and calls that are merely cut off."""

from pathlib import Path

import numpy as np
import pytest

from rtdebug.diagnosis.rules.waiting import RULES
from tests.diagnosis.sounding import RATE, USERS, Sound, VoiceCall, noise, pcm, voice
from tests.diagnosis.telling import VAD, Talk


def test_a_turn_that_is_answered_is_none() -> None:
    talk = Talk()
    talk.speech(1000, "item_u")
    talk.answer(2500, 1, 2000, by="turn_detection")
    talk.hang_up(20_000)
    assert talk.findings(*RULES) == []


def test_a_turn_that_nothing_comes_of_is_found() -> None:
    talk = Talk()
    talk.speech(1000, "item_u")
    talk.client(2600, "response.create")  # in the same silence: it is told once
    talk.hang_up(9000)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.item_id) == ("RT141", "error", "item_u")
    assert found.message == "the user's turn item_u was committed, and no response came for 6.50 s"


def test_a_request_that_nothing_comes_of_is_found() -> None:
    talk = Talk(vad=None)
    talk.client(2000, "response.create")
    talk.hang_up(9000)
    (found,) = talk.findings(*RULES)
    assert found.message == "the client asked for a response, and no response came for 7.00 s"


@pytest.mark.parametrize("how", ["cut off", "error", "speech", "late", "client answers", "transcription"])
def test_a_turn_that_need_not_be_answered_is_none(how: str) -> None:
    talk = Talk(vad={**VAD, "create_response": how != "client answers"})
    talk.speech(1000, "item_u")
    if how == "error":
        talk.error(2600, "The server had an error.", "server_error")
    elif how == "speech":
        talk.speech(4000, "item_v")
        talk.answer(5500, 1, 2000, by="turn_detection")
    elif how == "late":
        talk.answer(8500, 1, 2000, by="turn_detection")
    elif how == "transcription":
        talk.lines[0][3]["session"]["type"] = "transcription"
    talk.hang_up(7000 if how == "cut off" else 20_000)
    assert talk.findings(*RULES) == []


def test_a_response_that_never_ends_is_found() -> None:
    talk = Talk()
    talk.begin(1000, "resp_1")
    talk.say(1200, "resp_1", "item_1", 1000)
    talk.hang_up(15_000)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.response_id) == ("RT141", "resp_1")
    assert found.message == ("resp_1 began and never ended: nothing came for 13.6 s after response.output_audio.delta")


def test_a_response_that_the_recording_cuts_off_is_none() -> None:
    talk = Talk()
    talk.begin(1000, "resp_1")
    talk.say(1200, "resp_1", "item_1", 1000)
    talk.hang_up(9000)
    assert talk.findings(*RULES) == []


def microphone(folder: Path, sound: Sound) -> VoiceCall:
    one = VoiceCall(folder)
    one.microphone(pcm(sound), rate=RATE)
    one.server(1000, "input_audio_buffer.speech_started", item_id="item_u", audio_start_ms=600)
    one.client(22_000, "input_audio_buffer.append", audio="")
    return one


def test_a_turn_that_never_ends_because_no_audio_comes_is_found(tmp_path: Path) -> None:
    one = microphone(tmp_path, noise(3, 20))
    one.lines.pop()
    one.server(22_000, "rate_limits.updated", rate_limits=[])
    (found,) = one.findings(*RULES)
    assert (found.code, found.severity, found.confidence) == ("RT142", "error", "high")
    assert found.message == (
        "the server heard speech begin and no end of it for 21.0 s; the client sent no more audio after 2.10 s"
    )


def test_a_turn_that_never_ends_for_a_noise_is_a_warning(tmp_path: Path) -> None:
    (found,) = microphone(tmp_path, noise(21.5, 800)).findings(*RULES)
    assert (found.code, found.severity) == ("RT142", "warning")
    assert found.message.endswith("; the microphone went on with a noise of -32 dB")


def test_a_turn_that_does_not_end_in_silence_is_the_servers(tmp_path: Path) -> None:
    (found,) = microphone(tmp_path, np.zeros(round(21.5 * RATE))).findings(*RULES)
    assert (found.severity, found.confidence) == ("error", "high")
    assert found.message.endswith("; the microphone went on, and gave silence (-100 dB)")


def test_somebody_who_speaks_for_long_is_none(tmp_path: Path) -> None:
    said = np.concatenate([voice(name) for name in USERS] * 5)[: round(21.5 * RATE)]
    assert microphone(tmp_path, said + noise(21.5, 20)).findings(*RULES) == []


@pytest.mark.parametrize("how", ["input_audio_buffer.committed", "input_audio_buffer.cleared"])
def test_a_turn_that_is_ended_by_hand_is_none(tmp_path: Path, how: str) -> None:
    one = microphone(tmp_path, noise(3, 20))
    one.server(4000, how, item_id="item_u")
    assert [found.code for found in one.findings(*RULES) if found.code == "RT142"] == []
