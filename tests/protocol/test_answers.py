"""Which server event answers which client event."""

from typing import Any

import pytest

from rtdebug.protocol.answers import ANSWERS, answers, hears, unrelated
from rtdebug.protocol.catalog import CATALOG
from rtdebug.protocol.event import Event

from .test_identity import event

TOLD = {"type": "message", "role": "user"}
OUTPUT = {"type": "function_call_output", "call_id": "c"}


def test_all_types_are_known() -> None:
    assert set(ANSWERS) <= set(CATALOG)
    assert {type_ for types, _ in ANSWERS.values() for type_ in types} <= set(CATALOG)


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


@pytest.mark.parametrize(
    ("one", "other", "is_unrelated"),
    [
        ({"item": OUTPUT}, {"item": {**OUTPUT, "call_id": "d"}}, True),
        ({"item": TOLD}, {"item": TOLD}, False),
    ],
)
def test_what_may_change_places(one: dict[str, Any], other: dict[str, Any], is_unrelated: bool) -> None:
    first, second = (event("conversation.item.create", **fields) for fields in (one, other))
    assert unrelated(first, second) is is_unrelated
    assert unrelated(event("response.cancel"), second)
    assert not unrelated(event("response.create"), second)


def test_what_comes_of_audio() -> None:
    assert hears(event("input_audio_buffer.speech_started"))
    assert not hears(event("input_audio_buffer.cleared"))


def test_an_update_of_tracing_alone_may_come_at_any_moment() -> None:
    alone = event("session.update", session={"type": "realtime", "model": "m", "tracing": "auto"})
    more = event("session.update", session={"tracing": "auto", "instructions": "x"})
    create = event("response.create")
    assert unrelated(alone, create)
    assert not unrelated(more, create)
