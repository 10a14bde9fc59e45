"""Results that come too early, answers before them, calls that do not fit, and calls in good order."""

import pytest

from rtdebug.diagnosis.rules.tool_order import RULES
from tests.diagnosis.telling import Talk

ACTIVE = "conversation_already_has_active_response"


def called(*names: str, tools: tuple[str, ...] = (), arguments: str = "{}") -> Talk:
    talk = Talk(tools=tools)
    talk.call(1000, 1, *names or ("look",), arguments=arguments, done_ms=200)
    return talk


def test_a_result_after_the_response_is_in_order() -> None:
    talk = called(tools=("look",), arguments='{"at": "sky"}')
    talk.output(1500, "call_1_look")
    talk.answer(1600, 2, 1000)
    assert talk.findings(*RULES) == []


def test_an_early_result_is_information() -> None:
    talk = called()
    talk.output(1150, "call_1_look")
    talk.answer(1400, 2, 1000)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.item_id) == ("RT131", "info", "item_1_look")
    assert found.message == "the client sent the result of look (call_1_look) 150 ms before resp_1 was done"


def test_an_early_result_whose_answer_is_refused_is_a_warning() -> None:
    talk = called()
    talk.output(1150, "call_1_look")
    talk.client(1151, "response.create")
    talk.error(1180, "Conversation already has an active response in progress: resp_1.", ACTIVE)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT131", "warning")
    assert found.message.endswith("150 ms before resp_1 was done, and its response.create was refused")
    assert len(found.seqs) == 3


def test_an_answer_before_the_result_is_found_once() -> None:
    talk = called("look", "book")
    talk.answer(1500, 2, 1000)
    talk.output(2400, "call_1_look")
    talk.output(2500, "call_1_book")
    talk.answer(2600, 3, 1000)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.response_id) == ("RT132", "warning", "resp_2")
    assert (
        found.message == "resp_2 began 800 ms before the result of look (call_1_look) was sent, and speaks without it"
    )


def test_an_answer_to_what_the_user_said_meanwhile_is_information() -> None:
    talk = called()
    talk.speech(1400, "item_u", 600)
    talk.answer(2000, 2, 1000, by="turn_detection")
    talk.output(3400, "call_1_look")
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT132", "info")


@pytest.mark.parametrize("arguments", ['{"at": "sk', "look at the sky"])
def test_arguments_that_are_not_json_are_found(arguments: str) -> None:
    talk = called(arguments=arguments)
    talk.output(1500, "call_1_look")
    (found,) = talk.findings(*RULES)
    assert (found.code, found.item_id) == ("RT134", "item_1_look")
    assert found.message == f"look (call_1_look) was called with arguments that are not JSON: {arguments}"


def test_a_function_that_was_not_offered_is_found() -> None:
    talk = called("look", tools=("book",))
    talk.output(1500, "call_1_look")
    (found,) = talk.findings(*RULES)
    assert (found.code, found.confidence) == ("RT134", "medium")
    assert found.message == "resp_1 calls look (call_1_look), a function that it was not offered"


def test_a_result_for_no_call_is_found() -> None:
    talk = called()
    talk.output(1500, "call_1_look")
    talk.client(1600, "conversation.item.create", event_id="e1", item={"type": "function_call_output", "call_id": "x"})
    talk.error(1620, "Tool call ID 'x' not found in conversation.", "invalid_tool_call_id", "e1")
    (found,) = talk.findings(*RULES)
    assert found.message == "the client sent a tool's result for x, which no call has; it was refused"
    assert len(found.seqs) == 2


def test_a_sideband_does_not_know_every_call() -> None:
    talk = Talk()
    del talk.lines[0]
    talk.output(1500, "call_before")
    assert talk.findings(*RULES) == []
