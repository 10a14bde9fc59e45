"""Calls without a result, and results that were meant for them: one mistake is told once, by the rule that knows."""

from typing import Any

import pytest

from rtdebug.diagnosis.rules import tool_order, tools
from rtdebug.diagnosis.unanswered import strays
from tests.diagnosis.telling import Talk

RULES = (*tool_order.RULES, *tools.RULES)


def sent(talk: Talk, at_ms: float, call_id: str, *, refused: bool = True) -> None:
    """Let the client send a result that bears this id; the server does not know it."""
    item = {"type": "function_call_output", "call_id": call_id, "output": "{}"}
    event_id = f"event_of_{call_id}"
    talk.client(at_ms, "conversation.item.create", event_id=event_id, item=item)
    if refused:
        told = f"Tool call ID '{call_id}' not found in conversation."
        talk.error(at_ms + 20, told, "invalid_tool_call_id", event_id)


def meant(talk: Talk) -> list[tuple[str, str]]:
    return [(output.call_id, one.item.call_id if one else "") for output, one in strays(talk.subject())]


def told(talk: Talk, **more: Any) -> list[tuple[str, str, str]]:
    return [(found.code, found.severity, found.message) for found in talk.findings(*RULES, **more)]


def test_a_wrong_call_id_is_one_finding_as_grave_as_the_silence_behind_it() -> None:
    talk = Talk()
    talk.call(1000, 1, "look")
    sent(talk, 1500, "item_1_look")
    talk.hang_up(15_100)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.response_id, found.item_id) == ("RT134", "error", "resp_1", "item_1_look")
    assert found.message == (
        "the client sent a tool's result for item_1_look, which no call has; it was refused, "
        "and look (call_1_look) got none"
    )
    assert len(found.seqs) == 3


def test_a_conversation_that_went_on_makes_it_a_warning() -> None:
    talk = Talk()
    talk.call(1000, 1, "look")
    sent(talk, 1500, "x", refused=False)
    talk.answer(1600, 2, 1000)
    talk.hang_up(15_100)
    words = "the client sent a tool's result for x, which no call has; look (call_1_look) got none"
    assert told(talk) == [("RT134", "warning", words)]


def test_a_mistake_that_is_mended_leaves_no_call_open() -> None:
    talk = Talk()
    talk.call(1000, 1, "look")
    sent(talk, 1500, "x")
    talk.output(1600, "call_1_look")
    talk.answer(1700, 2, 1000)
    talk.hang_up(15_100)
    words = "the client sent a tool's result for x, which no call has; it was refused"
    assert told(talk) == [("RT134", "warning", words)]


def test_a_call_that_no_result_was_meant_for_is_still_told() -> None:
    talk = Talk()
    talk.call(1000, 1, "look", "book")
    sent(talk, 1500, "item_1_book")
    talk.hang_up(15_100)
    assert [(code, severity) for code, severity, _ in told(talk)] == [("RT130", "error"), ("RT134", "error")]
    assert meant(talk) == [("item_1_book", "call_1_book")]


@pytest.mark.parametrize("results", [("x", "y"), ("x", "y", "z")])
def test_results_are_meant_for_the_calls_of_the_last_response_in_their_order(results: tuple[str, ...]) -> None:
    talk = Talk()
    talk.call(1000, 1, "old")
    talk.call(3000, 2, "look", "book")
    for number, call_id in enumerate(results):
        sent(talk, 3500 + 100 * number, call_id)
    assert meant(talk) == list(zip(results, ("call_2_look", "call_2_book", "call_1_old"), strict=False))


def test_a_result_from_before_the_call_is_not_meant_for_it() -> None:
    talk = Talk()
    sent(talk, 500, "call_0_before")
    talk.call(1000, 1, "look")
    assert meant(talk) == [("call_0_before", "")]
