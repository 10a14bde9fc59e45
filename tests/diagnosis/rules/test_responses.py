"""Responses that collide, cancellations of nothing, audio of two at once, and calls where each has its turn."""

import time

import pytest

from rtdebug.diagnosis.linting import diagnose
from rtdebug.diagnosis.rules.responses import RULES, cancel_of_nothing, overlapping_audio
from tests.diagnosis.telling import Talk

ACTIVE = "conversation_already_has_active_response"
WORDS = "Conversation already has an active response in progress: resp_1."
NOTHING = ("Cancellation failed: no active response found", "response_cancel_not_active")


def test_one_response_after_the_other_is_in_order() -> None:
    talk = Talk()
    talk.answer(talk.answer(1000, 1, 2000), 2, 2000)
    assert talk.findings(*RULES) == []


@pytest.mark.parametrize("code", [ACTIVE, ""])
def test_a_collision_tells_what_was_in_progress(code: str) -> None:
    talk = Talk()
    talk.answer(1000, 1, 2000)
    talk.client(1400, "response.create", event_id="mine")
    talk.error(1440, WORDS, code, "mine")
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.response_id) == ("RT120", "warning", "resp_1")
    assert found.message == (
        "the client asked for a response (mine) while resp_1 was in progress, for 300 ms; it was refused"
    )
    first, second = found.seqs
    assert first > second, "the error, and what it answers"


def test_a_collision_with_the_servers_own_answer_says_so() -> None:
    talk = Talk()
    talk.speech(100, "item_u", 900)
    talk.answer(900, 1, 2000, by="turn_detection")
    talk.client(1040, "response.create")
    talk.error(1060, WORDS, ACTIVE)
    (found,) = talk.findings(*RULES)
    assert found.message == (
        "the client asked for a response while the server was making resp_1 by itself, for 40 ms; it was refused"
    )


def test_a_collision_after_a_cancellation_says_so() -> None:
    talk = Talk()
    talk.answer(1000, 1, 2000, status="cancelled")
    talk.client(1500, "response.cancel")
    talk.client(1520, "response.create")
    talk.error(1560, WORDS, ACTIVE)
    (found,) = talk.findings(*RULES)
    assert found.message == (
        "the client asked for a response 20 ms after it had cancelled resp_1, before that was done; it was refused"
    )


def test_a_collision_of_the_servers_own_says_so() -> None:
    talk = Talk()
    talk.answer(1000, 1, 2000)
    talk.speech(1150, "item_u", 300)
    talk.error(1460, WORDS, ACTIVE)
    (found,) = talk.findings(*RULES)
    assert found.message == "the server could not answer the user's turn: resp_1 was in progress, for 360 ms"


def test_a_collision_after_which_nothing_is_answered_is_an_error() -> None:
    talk = Talk()
    talk.call(1000, 1, "look", done_ms=300)
    talk.output(1200, "call_1_look")
    talk.client(1210, "response.create")
    talk.error(1250, WORDS, ACTIVE)
    talk.hang_up(9000)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT120", "error")
    assert found.message.endswith("; the client did not ask again, and nothing was answered since")


def test_a_cancellation_that_crosses_the_end_is_information() -> None:
    talk = Talk()
    over = talk.answer(1000, 1, 2000)
    talk.client(over + 30, "response.cancel", event_id="mine")
    talk.error(over + 60, *NOTHING, "mine")
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.response_id) == ("RT121", "info", "resp_1")
    assert found.message == "the client cancelled a response when none was in progress: resp_1 ended 30 ms before"


def test_a_cancellation_of_what_is_still_heard_is_information() -> None:
    talk = Talk()
    over = talk.answer(1000, 1, 4000)
    talk.client(over + 1000, "response.cancel")
    talk.error(over + 1030, *NOTHING)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT121", "info")
    assert found.message.endswith("resp_1 had ended 1.00 s before, though its audio was still to be heard")


@pytest.mark.parametrize("answers", [0, 1])
def test_a_cancellation_of_nothing_is_a_warning(answers: int) -> None:
    talk = Talk()
    for _ in range(answers):
        talk.answer(1000, 1, 2000)
    talk.client(9000, "response.cancel")
    talk.error(9030, *NOTHING)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT121", "warning")
    assert found.message.endswith("resp_1 had ended 7.30 s before" if answers else "no response had begun")


def test_audio_of_two_responses_at_once_is_found() -> None:
    talk = Talk()
    talk.answer(1000, 1, 4000)
    talk.answer(1200, 2, 4000)
    (found,) = talk.findings(overlapping_audio)
    assert (found.code, found.confidence, found.response_id) == ("RT122", "high", "resp_2")
    assert found.message == "the server sent audio of resp_1 and of resp_2 at the same time for 560 ms"


def test_a_written_response_beside_a_spoken_one_is_none() -> None:
    talk = Talk()
    talk.answer(1000, 1, 4000)
    talk.begin(1200, "resp_aside", conversation_id=None)
    talk.end(1700, "resp_aside", conversation_id=None)
    assert talk.findings(*RULES) == []


def test_a_cancellation_in_each_turn_is_judged_in_time() -> None:
    talk = Talk()
    for number in range(400):
        talk.answer(1000 + 4000 * number, number, 600)
        talk.client(3000 + 4000 * number, "response.cancel")
        talk.error(3020 + 4000 * number, "Cancellation failed: no active response found", "response_cancel_not_active")
    subject = talk.subject()
    began = time.process_time()
    told = diagnose(subject, [cancel_of_nothing])
    assert time.process_time() - began < 1
    assert len(told.findings) == 400
    assert told.findings[7].message.endswith("resp_7 had ended 1.58 s before")
