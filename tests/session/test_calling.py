"""Which functions were called, by whom, and when the client gave each its result."""

import pytest

from rtdebug.session.calling import function_calls, known_calls, speaks
from rtdebug.session.model import Session
from tests.diagnosis.telling import MS, Talk


def session_of(talk: Talk) -> Session:
    return talk.subject().session


def test_a_call_has_its_response_its_moment_and_its_result() -> None:
    talk = Talk(tools=("look",))
    talk.call(1000, 1, "look", "book")
    talk.output(1500, "call_1_look")
    look, book = function_calls(session_of(talk))
    assert (look.named, look.response.id, look.made.at_ns) == ("look (call_1_look)", "resp_1", 1100 * MS)
    assert look.answered is not None
    assert look.answered.at_ns == 1500 * MS
    assert (look.is_known, book.is_known, book.answered) == (True, False, None)
    assert known_calls(session_of(talk)) == {"call_1_look", "call_1_book"}


def test_without_tools_in_sight_nobody_knows_what_was_offered() -> None:
    talk = Talk()
    talk.call(1000, 1, "look")
    (one,) = function_calls(session_of(talk))
    assert one.is_known is None


@pytest.mark.parametrize("shown", [{"status": "cancelled"}, {"status": "in_progress"}])
def test_a_response_that_did_not_complete_has_no_calls(shown: dict[str, str]) -> None:
    talk = Talk()
    talk.call(1000, 1, "look")
    talk.lines[-1][3]["response"] |= shown
    assert function_calls(session_of(talk)) == []


def test_a_call_out_of_band_is_answered_out_of_band() -> None:
    talk = Talk()
    talk.call(1000, 1, "look")
    for line in talk.lines[-4:]:
        if "response" in line[3]:
            line[3]["response"]["conversation_id"] = None
    assert function_calls(session_of(talk)) == []


def test_a_result_that_was_refused_is_none() -> None:
    talk = Talk()
    talk.call(1000, 1, "look")
    sent = {"type": "function_call_output", "call_id": "call_1_look", "output": "{}"}
    talk.client(1500, "conversation.item.create", event_id="mine", item=sent)
    talk.error(1520, "Invalid item.", "invalid_value", "mine")
    (one,) = function_calls(session_of(talk))
    assert one.answered is None
    talk.output(1700, "call_1_look")
    (one,) = function_calls(session_of(talk))
    assert one.answered is not None
    assert one.answered.at_ns == 1700 * MS


def test_a_result_from_another_connection_counts_when_it_is_seen() -> None:
    talk = Talk()
    talk.call(1000, 1, "look")
    talk.output(1500, "call_1_look")
    talk.lines = [one for one in talk.lines if one[3]["type"] != "conversation.item.create"]
    (one,) = function_calls(session_of(talk))
    assert one.answered is not None
    assert one.answered.at_ns == 1520 * MS


def test_a_response_speaks_where_it_has_words() -> None:
    talk = Talk()
    talk.call(1000, 1, "look")
    talk.answer(2000, 2, 1000)
    session = session_of(talk)
    assert [speaks(session, one) for one in session.responses.values()] == [False, True]
