"""Speech into an answer: not truncated, ignored, noticed late, and handled as it should be."""

from rtdebug.diagnosis.rules.barge_in import RULES, ignored
from tests.diagnosis.telling import VAD, Talk

CUT = {"status": "cancelled", "status_details": {"type": "cancelled", "reason": "turn_detected"}}
OFF = {**VAD, "interrupt_response": False}


def broken_into(audio_ms: int = 6000, at_ms: float = 3300, **vad: object) -> Talk:
    """An answer whose audio comes from 1.30 s on, all of it within 1.2 s, and speech into it."""
    talk = Talk(vad={**VAD, **vad})
    talk.answer(1000, 1, audio_ms)
    talk.speech(at_ms, "item_u", 1500)
    talk.answer(at_ms + 1500, 2, 1000, by="turn_detection")
    talk.hang_up(at_ms + 9000)
    return talk


def test_a_truncated_answer_is_in_order() -> None:
    talk = broken_into()
    talk.truncate(3350, "item_1", 2000)
    assert talk.findings(*RULES) == []


def test_an_answer_that_is_not_truncated_is_found() -> None:
    (found,) = broken_into().findings(*RULES)
    assert (found.code, found.severity, found.confidence) == ("RT113", "warning", "medium")
    assert found.message == (
        "the user broke into resp_1 when about 4.0 s of its 6.0 s were unheard, and the client did not truncate it: "
        "the model takes all of it for heard"
    )
    assert (found.response_id, found.item_id) == ("resp_1", "item_1")


def test_an_answer_that_was_nearly_heard_is_none() -> None:
    assert broken_into(audio_ms=2800).findings(*RULES) == []


def test_a_recording_that_ends_right_there_is_none() -> None:
    talk = broken_into()
    talk.lines = [one for one in talk.lines if one[0] < 3400]
    assert talk.findings(*RULES) == []


def test_a_server_that_plays_by_itself_truncates_by_itself() -> None:
    talk = broken_into()
    talk.server(1300, "output_audio_buffer.started", response_id="resp_1")
    talk.server(3310, "output_audio_buffer.cleared", response_id="resp_1")
    assert talk.findings(*RULES) == []


def test_an_answer_that_goes_on_is_ignorant_of_the_user() -> None:
    (found,) = broken_into(interrupt_response=False).findings(*RULES)
    assert (found.code, found.severity, found.response_id) == ("RT114", "warning", "resp_1")
    assert found.message == (
        "the user spoke for 1.30 s into resp_1, which went on for about 4.0 s: "
        "interrupt_response is off, and the client did not stop it"
    )


def test_a_client_that_stops_the_answer_itself_is_none() -> None:
    talk = broken_into(interrupt_response=False)
    talk.truncate(3500, "item_1", 2000)
    assert talk.findings(*RULES) == []


def test_a_response_that_goes_on_is_slow() -> None:
    talk = Talk()
    over = talk.answer(1000, 1, 10_000, **CUT)
    talk.speech(1600, "item_u", 3000)
    talk.truncate(1650, "item_1", 300)
    talk.hang_up(9000)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.response_id) == ("RT115", "warning", "resp_1")
    assert found.message == "resp_1 went on for 1.70 s after the user had begun to speak (cancelled)"
    assert found.until_ns == over * 1_000_000


def test_a_response_that_ends_at_once_is_none() -> None:
    talk = Talk()
    talk.answer(1000, 1, 3000, **CUT)
    talk.speech(1880, "item_u", 3000)
    talk.truncate(1900, "item_1", 500)
    talk.hang_up(9000)
    assert talk.findings(*RULES) == []


def test_the_silence_behind_a_word_is_no_speech() -> None:
    talk = Talk(vad={**VAD, "interrupt_response": False, "silence_duration_ms": 600})
    talk.answer(1000, 1, 10_000)
    talk.speech(4000, "item_u", 1200, text="Mm-hm")
    talk.hang_up(15_000)
    assert talk.findings(ignored) == []
