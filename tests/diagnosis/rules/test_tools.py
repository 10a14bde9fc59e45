"""Tool calls that are not answered, late, or followed by nothing, and calls that are answered."""

from rtdebug.diagnosis.rules.tools import RULES, nothing_after
from tests.diagnosis.telling import Talk


def answered(after_ms: float = 300, *, create: bool = True) -> Talk:
    talk = Talk()
    over = talk.call(1000, 1, "look")
    talk.output(over + after_ms, "call_1_look")
    if create:
        talk.answer(over + after_ms + 30, 2, 1000)
    talk.hang_up(20_000)
    return talk


def test_a_call_that_is_answered_is_none() -> None:
    assert answered().findings(*RULES) == []


def test_a_call_without_a_result_is_found() -> None:
    talk = Talk()
    talk.call(1000, 1, "look")
    talk.hang_up(15_100)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.item_id) == ("RT130", "error", "item_1_look")
    assert found.message == "look (call_1_look) was called, and no result came in the 14.0 s until the recording ends"
    assert found.at_ns == 1_100_000_000


def test_a_call_right_before_the_end_is_none() -> None:
    talk = Talk()
    talk.call(1000, 1, "hang_up")
    talk.hang_up(9000)
    assert talk.findings(*RULES) == []


def test_a_call_that_the_conversation_left_behind_is_a_warning() -> None:
    talk = Talk()
    talk.call(1000, 1, "look", "book")
    talk.output(1500, "call_1_book")
    talk.answer(1600, 2, 1000)
    talk.hang_up(4000)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT130", "warning")
    assert found.message.endswith("until the recording ends, and resp_2 was made without it")


def test_a_call_of_a_cancelled_response_wants_no_result() -> None:
    talk = Talk()
    talk.call(1000, 1, "look")
    talk.lines[-1][3]["response"] |= {"status": "cancelled", "status_details": {"reason": "client_cancelled"}}
    talk.hang_up(15_100)
    assert talk.findings(*RULES) == []


def test_a_result_that_nobody_asks_an_answer_for_is_found() -> None:
    (found,) = answered(create=False).findings(*RULES)
    assert (found.code, found.severity, found.response_id) == ("RT133", "error", "resp_1")
    assert found.message == (
        "the client sent the result of look (call_1_look) and asked for no response: nothing came for 18.6 s"
    )


def test_a_result_that_is_answered_late_is_a_warning() -> None:
    talk = answered(create=False)
    talk.answer(6000, 2, 1000)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT133", "warning")


def test_a_user_who_speaks_is_answered_by_the_server() -> None:
    for at_ms in (1200, 3000):  # already when the result comes, or soon after
        talk = answered(create=False)
        talk.speech(at_ms, "item_u", 4000)
        talk.answer(at_ms + 4000, 2, 1000, by="turn_detection")
        assert talk.findings(*RULES) == []


def test_only_the_last_result_waits_for_an_answer() -> None:
    talk = Talk()
    talk.call(1000, 1, "look", "book")
    talk.output(1500, "call_1_look")
    talk.output(5500, "call_1_book")
    talk.answer(5600, 2, 1000)
    talk.hang_up(20_000)
    assert talk.findings(*RULES) == []


def test_a_slow_tool_is_found() -> None:
    (found,) = answered(7000).findings(*RULES)
    assert (found.code, found.severity) == ("RT135", "warning")
    assert found.message == "look (call_1_look) took 7.05 s, and the user heard nothing"
    assert (found.until_ns or 0) - (found.at_ns or 0) == 7_050_000_000


def test_a_slow_tool_that_is_talked_over_is_information() -> None:
    talk = answered(7000)
    talk.answer(2000, 7, 2000)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT135", "info")


def test_a_tool_that_needs_no_more_words_is_told_as_information() -> None:
    talk = Talk(tools=("end_call",))
    talk.client(100, "response.create")
    talk.begin(200, "resp_1")
    over = talk.say(300, "resp_1", "item_1", 2000)
    call = {"id": "item_c", "type": "function_call", "status": "completed", "call_id": "call_c", "name": "end_call"}
    talk.server(
        over, "response.output_item.added", response_id="resp_1", output_index=1, item={**call, "arguments": ""}
    )
    talk.end(over + 10, "resp_1", {"id": "item_1", "type": "message", "role": "assistant"}, {**call, "arguments": "{}"})
    talk.output(over + 50, "call_c")
    talk.hang_up(over + 12_000)
    (found,) = talk.findings(nothing_after)
    assert (found.code, found.severity) == ("RT133", "info")
    assert found.message.endswith(", after words of the assistant's")
