"""Answers whose audio is short, cut, late, silent or at another rate, and answers that are whole."""

from pathlib import Path

import numpy as np
import pytest

from rtdebug.diagnosis.rules import arriving, delivery
from rtdebug.diagnosis.rules.arriving import late_audio, silent_answer, tail_cut
from rtdebug.diagnosis.rules.delivery import answer_rate
from tests.diagnosis.sounding import ASSISTANTS, RATE, VoiceCall, at_rate, noise, pcm, voice

RULES = (*delivery.RULES, *arriving.RULES)
_WHOLE = tuple(voice(name) for name in ASSISTANTS)


def answers(folder: Path, *lost_ms: float, tokens: bool = True, scale: float = 1.0, rate: int = RATE) -> VoiceCall:
    """Give answers of which so much is lost at the end; `scale` is how the model counts."""
    one, at_ms = VoiceCall(folder), 1000.0
    for number, lost in enumerate(lost_ms):
        whole = _WHOLE[number % len(_WHOLE)]
        there = pcm(at_rate(whole[: len(whole) - round(lost * RATE / 1000)], rate))
        text = "a" * round(len(whole) / RATE * 24)
        counted = round(len(whole) / RATE * 20 * scale) if tokens else 0
        at_ms = 600 + one.answer(str(number), at_ms, there, tokens=counted, text=text)
    return one


def test_whole_answers_are_silent(tmp_path: Path) -> None:
    assert answers(tmp_path, 0, 0, 0, 0, 0).findings(*RULES) == []


@pytest.mark.parametrize("others", [0, 4])
def test_a_tail_that_tokens_tell_of_is_missed(tmp_path: Path, others: int) -> None:
    (found,) = answers(tmp_path, 700, *[0] * others).findings(*RULES)
    assert (found.code, found.severity) == ("RT101", "error")
    assert found.message == "the last 0.7 s of resp_0 did not come: 46 audio tokens make 2.3 s, and 1.6 s arrived"
    assert (found.response_id, found.item_id) == ("resp_0", "item_0")
    assert len(found.seqs) == 2


def test_a_little_less_is_none(tmp_path: Path) -> None:
    assert answers(tmp_path, 200, 250, 0).findings(*RULES) == []


def test_a_model_that_counts_otherwise_is_held_against_itself(tmp_path: Path) -> None:
    assert answers(tmp_path / "good", 0, 0, 0, 0, scale=1.15).findings(*RULES) == []
    (found,) = answers(tmp_path / "bad", 0, 0, 1000, 0, 0, scale=1.15).findings(*RULES)
    assert found.response_id == "resp_2"


@pytest.mark.parametrize("status", ["cancelled", "incomplete"])
def test_answers_that_did_not_complete_are_left_out(tmp_path: Path, status: str) -> None:
    one = VoiceCall(tmp_path)
    one.answer("cut", 1000, pcm(_WHOLE[0][:RATE]), tokens=46, status=status)
    assert one.findings(*RULES) == []


def test_without_tokens_the_haste_of_an_answer_tells(tmp_path: Path) -> None:
    assert answers(tmp_path / "good", 0, 0, 0, 0, 0, tokens=False).findings(*RULES) == []
    (found,) = answers(tmp_path / "bad", 0, 0, 2000, 0, 0, tokens=False).findings(*RULES)
    assert (found.code, found.severity, found.confidence) == ("RT101", "warning", "low")
    assert found.message.startswith("the last 2.0 s of resp_2 did not come: its 83 letters take 3.5 s")


def test_a_client_that_cuts_a_whole_answer_is_named(tmp_path: Path) -> None:
    one = answers(tmp_path, 0, 0)
    one.speech("before", 100, 300, at_ms=20)
    one.client(4500, "conversation.item.truncate", item_id="item_1", content_index=0, audio_end_ms=700)
    one.server(4520, "conversation.item.truncated", item_id="item_1", content_index=0, audio_end_ms=700)
    (found,) = one.findings(*RULES)
    assert (found.code, found.confidence) == ("RT102", "medium")
    assert found.message == "the client cut item_1 to 0.7 s of 2.1 s, though it had come whole and nobody spoke"


@pytest.mark.parametrize("speech_ms", [3800, 4600])
def test_a_client_that_cuts_for_the_user_is_right(tmp_path: Path, speech_ms: float) -> None:
    one = answers(tmp_path, 0, 0)
    one.speech("over", speech_ms - 300, speech_ms + 500, at_ms=speech_ms)
    one.client(4500, "conversation.item.truncate", item_id="item_1", content_index=0, audio_end_ms=700)
    one.server(4520, "conversation.item.truncated", item_id="item_1", content_index=0, audio_end_ms=700)
    assert one.findings(tail_cut) == []


def test_without_voice_activity_detection_nobody_knows(tmp_path: Path) -> None:
    told = answers(tmp_path, 0).diagnosis(tail_cut)
    assert told.not_evaluated[0][1].startswith("the server heard no speech")


def test_audio_after_its_end_is_late(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path)
    one.answer("late", 1000, pcm(_WHOLE[0]), late=2)
    (found,) = one.findings(*RULES)
    assert found.code == "RT103"
    assert found.message == "2 pieces of audio (0.3 s) of resp_late came after its output_audio.done"
    assert (found.severity, len(found.sound)) == ("warning", 2)


def test_audio_after_a_cancel_is_worth_knowing(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path)
    one.answer("cut", 1000, pcm(_WHOLE[0]), status="cancelled")
    one.client(1150, "response.cancel", response_id="resp_cut")
    (found,) = one.findings(*RULES)
    assert (found.code, found.severity) == ("RT103", "info")
    assert found.message == "1.5 s of audio of resp_cut came after the client had cancelled it"


def test_an_answer_of_silence_is_named(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path)
    one.answer("mute", 1000, bytes(2 * RATE * 3))
    (found,) = one.findings(*RULES)
    assert (found.code, found.severity) == ("RT104", "error")
    assert found.message == "3.0 s of audio came for resp_mute, all of it silence"
    quiet = VoiceCall(tmp_path / "good")
    quiet.answer("quiet", 1000, pcm(_WHOLE[0] * 0.05))
    assert quiet.findings(silent_answer) == []


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_answers_at_another_rate_are_no_missing_tails(tmp_path: Path, rate: int) -> None:
    (found,) = answers(tmp_path, 0, 0, 0, 0, rate=rate).findings(*RULES)
    assert (found.code, found.severity) == ("RT105", "error")
    assert f"is at {rate:,} Hz and the session says 24,000 Hz: 4 answers last {rate / RATE:.2f} of" in found.message


def test_two_answers_tell_no_rate(tmp_path: Path) -> None:
    assert answers(tmp_path, 0, 0, rate=16000).findings(answer_rate) == []


def test_without_audio_nothing_is_evaluated(tmp_path: Path) -> None:
    told = VoiceCall(tmp_path).diagnosis(*RULES)
    assert (told.findings, len(told.not_evaluated)) == ([], len(RULES))


def test_pieces_in_order_are_never_late(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path)
    for number in range(3):
        one.answer(str(number), 1000 + number * 400, pcm(np.tile(_WHOLE[number], 2)))
    assert one.findings(late_audio) == []


def test_a_user_who_writes_breaks_in_as_well(tmp_path: Path) -> None:
    for written in (False, True):
        one = VoiceCall(tmp_path / str(written))
        one.microphone(pcm(noise(12, 20)), rate=RATE)
        one.speech("early", 300, 900)
        one.answer("1", 6000, pcm(noise(5, 900)))
        one.client(8000, "conversation.item.truncate", item_id="item_1", content_index=0, audio_end_ms=1900)
        one.server(8020, "conversation.item.truncated", item_id="item_1", content_index=0, audio_end_ms=1900)
        if written:
            content = [{"type": "input_text", "text": "Stop"}]
            shown = {"id": "item_w", "type": "message", "role": "user", "content": content}
            one.client(8010, "conversation.item.create", item=shown)
            one.server(8030, "conversation.item.added", item=shown)
        assert [found.code for found in one.findings(tail_cut)] == ([] if written else ["RT102"])
