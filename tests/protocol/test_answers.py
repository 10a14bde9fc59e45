"""Which server event answers which client event."""

import pytest

from rtdebug.protocol.answers import ANSWERS, answers, bare_answer, event_id_of, hears, stops_answer
from rtdebug.protocol.catalog import CATALOG
from rtdebug.protocol.event import Event

from .test_identity import event

TOLD = {"type": "message", "role": "user"}
OUTPUT = {"type": "function_call_output", "call_id": "c"}


def test_all_types_are_known() -> None:
    assert set(ANSWERS) <= set(CATALOG)
    assert {type_ for row in ANSWERS.values() for type_ in row.types} <= set(CATALOG)


@pytest.mark.parametrize(
    ("asked", "told", "is_answer"),
    [
        (event("session.update"), event("session.updated"), True),
        (event("session.update"), event("session.created"), False),
        (event("transcription_session.update"), event("transcription_session.updated"), True),
        (
            event("conversation.item.create", item=TOLD),
            event("conversation.item.created", item={**TOLD, "id": "i"}),
            True,
        ),
        (event("conversation.item.create", item=TOLD), event("conversation.item.added", item=OUTPUT), False),
        (
            event("conversation.item.create", item={**TOLD, "id": "a"}),
            event("conversation.item.added", item=TOLD),
            False,
        ),
        (event("conversation.item.truncate", item_id="a"), event("conversation.item.truncated", item_id="b"), False),
        (event("response.cancel"), event("response.done", response={"status": "completed"}), False),
        (event("response.cancel"), event("response.done", response={"status": "cancelled"}), True),
        (event("vendor.ask"), event("vendor.tell"), True),
        (event("vendor.ask"), event("response.created"), False),
    ],
)
def test_answers(asked: Event, told: Event, is_answer: bool) -> None:
    assert answers(asked, told) is is_answer


def test_what_comes_of_audio() -> None:
    assert hears(event("input_audio_buffer.speech_started"))
    assert not hears(event("input_audio_buffer.cleared"))


def test_what_answers_and_tells_nothing_more() -> None:
    for type_ in ANSWERS.keys() - {"response.cancel"}:
        asked = event(type_, item={}, item_id="")
        assert answers(asked, event(bare_answer(asked)["type"]))


def test_the_name_that_a_client_gave_its_event() -> None:
    assert event_id_of(event("response.create", event_id="mine")) == "mine"
    assert event_id_of(event("response.create", event_id=7)) == ""


def test_what_an_answer_that_is_over_refuses() -> None:
    assert [one for one in ANSWERS if stops_answer(event(one))] == ["conversation.item.truncate", "response.cancel"]
