"""Answers cut off for nothing, greetings cut off, and answers that a user cut off."""

from pathlib import Path

import pytest

from rtdebug.diagnosis.rules.interruption import RULES, false_interruption, greeting_cut
from tests.diagnosis.sounding import RATE, VoiceCall, lay, noise, pcm, voice
from tests.diagnosis.telling import Talk

CUT = {"status": "cancelled", "status_details": {"type": "cancelled", "reason": "turn_detected"}}


def cut_off(length_ms: float = 1500, *, text: str | None = None, others: bool = True) -> Talk:
    """A second answer that speech cuts off 1.20 s into its audio."""
    talk = Talk()
    talk.speech(1000, "item_u", text="When does it leave?" if others else None)
    talk.answer(2500, 1, 2000, by="turn_detection")
    talk.speech(5000, "item_v", text="And back?" if others else None)
    talk.answer(6500, 2, 8000, by="turn_detection", **CUT)
    talk.speech(8000, "item_w", length_ms, text=text)
    talk.hang_up(20_000)
    return talk


def test_a_user_who_breaks_in_is_none() -> None:
    assert cut_off(text="No, wait!").findings(*RULES) == []
    assert cut_off(250, text="Stop!").findings(*RULES) == []
    assert cut_off(others=False).findings(*RULES) == [], "without transcripts nothing tells"


def test_an_empty_transcript_is_a_sign() -> None:
    (found,) = cut_off(text="").findings(*RULES)
    assert (found.code, found.severity, found.confidence) == ("RT110", "warning", "medium")
    assert found.message == (
        "resp_2 was cut off 1.20 s into its audio, though nobody seems to have spoken: its transcript is empty"
    )
    assert (found.response_id, found.item_id) == ("resp_2", "item_w")
    assert (found.until_ns or 0) - (found.at_ns or 0) == 1_500_000_000


def test_a_transcript_that_does_not_come_is_a_sign() -> None:
    (found,) = cut_off().findings(*RULES)
    assert found.message.endswith("nobody seems to have spoken: no transcript came")


def test_a_transcription_that_always_fails_is_none() -> None:
    for others in (True, False):
        talk = cut_off(others=others)
        kind = "conversation.item.input_audio_transcription.failed"
        talk.server(9900, kind, item_id="item_w", content_index=0, error={"message": "no such deployment"})
        assert [one.message.rpartition(": ")[2] for one in talk.findings(*RULES)] == [
            "its transcription failed"
        ] * others


def test_two_signs_are_an_error() -> None:
    (found,) = cut_off(240, text=" ").findings(*RULES)
    assert (found.severity, found.confidence) == ("error", "high")
    assert found.message.endswith("to have spoken: the sound lasted 240 ms, its transcript is empty")


def test_a_tiny_sound_alone_is_not_sure() -> None:
    (found,) = cut_off(240, others=False).findings(*RULES)
    assert (found.severity, found.confidence) == ("warning", "low")


@pytest.mark.parametrize("level", [0.0, 900.0])
def test_a_microphone_that_gives_nothing_but_noise_is_a_sign(tmp_path: Path, level: float) -> None:
    one = VoiceCall(tmp_path)
    said = noise(9, level / 5) if level else noise(9, 5)
    lay(said, voice("user-hi") * (3 if level else 1), 0.5)
    one.microphone(pcm(said), rate=RATE)
    one.answer("1", 4000, pcm(voice("assistant-the-next")), status="cancelled")
    one.lines[-1] = (
        one.lines[-1][0],
        "server",
        one.lines[-1][2].replace(b'"usage"', b'"status_details":{"reason":"turn_detected"},"usage"'),
    )
    one.server(4200, "input_audio_buffer.speech_started", item_id="item_w", audio_start_ms=3900)
    one.server(5500, "input_audio_buffer.speech_stopped", item_id="item_w", audio_end_ms=5400)
    (found,) = one.findings(false_interruption)
    assert (found.code, found.severity) == ("RT110", "warning")
    assert "the microphone gave no more than -" in found.message
    assert found.sound[0].start == 3900 * 24


def greeting(speech_ms: float, *, by_user: bool = False) -> Talk:
    talk = Talk()
    if by_user:
        talk.write(100, "item_0")
    talk.answer(500, 1, 16_000, **CUT)
    talk.speech(speech_ms, "item_u", 900, text="Hello?")
    talk.hang_up(20_000)
    return talk


def test_a_greeting_that_is_cut_off_is_found() -> None:
    (found,) = greeting(2000).findings(*RULES)
    assert (found.code, found.severity, found.response_id) == ("RT112", "warning", "resp_1")
    assert found.message == "the greeting, resp_1, was cut off 1.20 s into its audio, 2.00 s after the session began"


def test_a_greeting_that_was_played_but_truncated_is_found() -> None:
    talk = greeting(2000)
    talk.lines = [one for one in talk.lines if one[3].get("type") != "response.done"]
    talk.end(2100, "resp_1")
    talk.truncate(2050, "item_1", 1200)
    assert [one.code for one in talk.findings(greeting_cut)] == ["RT112"]


def test_an_answer_to_the_user_is_no_greeting() -> None:
    assert greeting(2000, by_user=True).findings(*RULES) == []


def test_a_greeting_that_has_gone_on_for_a_while_may_be_cut() -> None:
    assert greeting(5200).findings(greeting_cut) == []


def test_what_the_answer_was_given_to_did_not_cut_it_off() -> None:
    talk = Talk()
    talk.speech(1000, "item_u", 250, text="")
    talk.answer(1250, 1, 2000, by="turn_detection", **CUT)
    assert talk.findings(*RULES) == []


def test_a_user_who_has_something_to_say_may_cut_the_greeting() -> None:
    talk = greeting(2000)
    for _, _, _, told in talk.lines:
        if "transcript" in told:
            told["transcript"] = "Hi, I want a ticket"
    (found,) = talk.findings(greeting_cut)
    assert (found.code, found.severity) == ("RT112", "info")
