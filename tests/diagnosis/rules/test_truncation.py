"""Truncations at impossible places, of the wrong item, or not at all, and truncations as they should be."""

import pytest

from rtdebug.diagnosis.rules.truncation import RULES
from tests.diagnosis.telling import Talk

SHORTER = ("Audio content of 4000ms is already shorter than 9000ms", "invalid_value")
NO_AUDIO = ("Only model output audio messages can be truncated", "unsupported_content_type")
GONE = ("Error truncating item: the item with id 'item_9' does not exist.", "item_truncate_invalid_item_id")


def answered() -> Talk:
    """An answer of 4 s whose audio begins to come at 1.30 s."""
    talk = Talk()
    talk.answer(1000, 1, 4000)
    return talk


def test_a_truncation_to_what_was_heard_is_in_order() -> None:
    talk = answered()
    talk.truncate(3300, "item_1", 1900)
    talk.hang_up(9000)
    assert talk.findings(*RULES) == []


@pytest.mark.parametrize("refused", [True, False])
def test_a_position_beyond_the_audio_is_found(refused: bool) -> None:
    talk = answered()
    talk.truncate(5400, "item_1", 9000, taken=False)
    if refused:
        talk.error(5430, *SHORTER)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.item_id) == ("RT160", "warning", "item_1")
    words = "the client truncated item_1 at 9.00 s, 5.00 s beyond the end of its 4.00 s of audio"
    assert found.message == words + ("; it was refused" if refused else "")
    assert len(found.seqs) == 1 + refused


def test_a_position_of_nothing_is_found() -> None:
    talk = answered()
    talk.truncate(5400, "item_1", 0, taken=False)
    talk.error(5430, *NO_AUDIO)
    (found,) = talk.findings(*RULES)
    assert found.message == ("the client truncated item_1 at 0 ms, when nothing of it had been played; it was refused")


def test_a_position_that_cannot_have_been_reached_yet_is_found() -> None:
    talk = answered()
    talk.truncate(2300, "item_1", 3600)
    (found,) = talk.findings(*RULES)
    assert found.code == "RT160"
    assert found.message == (
        "the client truncated item_1 at 3.60 s, 2.60 s more than can have been played since its first audio came"
    )


def test_a_refused_position_that_is_corrected_is_told_once() -> None:
    talk = answered()
    talk.truncate(2300, "item_1", 9000, taken=False)
    talk.error(2330, *SHORTER)
    talk.truncate(2400, "item_1", 1000)
    talk.hang_up(9000)
    assert [one.code for one in talk.findings(*RULES)] == ["RT160"]


def test_what_a_refused_truncation_leaves_is_remembered() -> None:
    talk = Talk()
    talk.answer(1000, 1, 8000)
    talk.truncate(2300, "item_1", 9000, taken=False)
    talk.error(2330, *SHORTER)
    talk.hang_up(9000)
    position, memory = talk.findings(*RULES)
    assert (position.code, memory.code) == ("RT160", "RT161")
    assert memory.message == (
        "item_1 was not truncated: the server refused it, though about 7.0 s of its 8.0 s had not been heard"
    )


def cancelled(audio_ms: int) -> Talk:
    talk = Talk()
    over = talk.answer(1000, 1, audio_ms, status="cancelled", status_details={"reason": "client_cancelled"})
    talk.client(over - 20, "response.cancel")
    talk.hang_up(20_000)
    return talk


def test_a_cancelled_answer_that_is_not_truncated_is_remembered() -> None:
    (found,) = cancelled(6000).findings(*RULES)
    assert (found.code, found.severity, found.response_id) == ("RT161", "warning", "resp_1")
    assert found.message == (
        "item_1 was cancelled and not truncated, though about 4.8 s of its 6.0 s had not been heard"
    )


def test_a_cancelled_answer_that_was_nearly_heard_or_is_truncated_is_none() -> None:
    assert cancelled(3000).findings(*RULES) == []
    talk = cancelled(6000)
    talk.truncate(2600, "item_1", 1200)
    assert talk.findings(*RULES) == []


def test_an_item_that_does_not_exist_is_found() -> None:
    talk = answered()
    talk.truncate(3300, "item_9", 1900, taken=False)
    talk.error(3330, *GONE)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.item_id) == ("RT162", "item_9")
    assert found.message == "the client truncated item_9, which does not exist; it was refused"


def test_an_item_of_the_users_is_found() -> None:
    talk = answered()
    talk.write(900, "item_u")
    talk.truncate(3300, "item_u", 1900, taken=False)
    talk.error(3330, *NO_AUDIO)
    (found,) = talk.findings(*RULES)
    assert found.message == "the client truncated item_u, which is the user's, not an answer; it was refused"


def test_an_answer_that_has_been_heard_is_the_wrong_one() -> None:
    talk = answered()
    talk.answer(6000, 2, 8000)
    talk.truncate(8300, "item_1", 2000)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.item_id) == ("RT162", "item_1")
    assert found.message == (
        "the client truncated item_1, which had been heard to its end 3.00 s before, while item_2 was being played"
    )
