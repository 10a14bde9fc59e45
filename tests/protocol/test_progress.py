"""What the server's events mean to a client that waits."""

from typing import Any

import orjson
import pytest

from rtdebug.protocol.event import Event, EventReader
from rtdebug.protocol.progress import (
    Call,
    begins_speech_ms,
    calls_in,
    finds_turns,
    for_call,
    heard_later,
    is_moment,
    place_of,
    refusal_in,
    refusal_words,
    server_ids,
    speaks,
)
from rtdebug.recording.format import Entry


def event(type_: str, /, **fields: Any) -> Event:
    text = orjson.dumps({"type": type_, **fields})
    return EventReader().read(Entry(2, 0, "server", "message", {}, text))


@pytest.mark.parametrize(
    ("told", "is_so"),
    [
        (event("response.output_text.delta", delta="Hi"), True),
        (event("response.text.delta", delta="Hi"), True),
        (event("response.function_call_arguments.delta", delta="{"), True),
        (event("response.created"), False),
        (event("conversation.item.input_audio_transcription.delta", delta="Hi"), False),
    ],
)
def test_what_brings_a_piece_of_an_answer(told: Event, is_so: bool) -> None:
    assert speaks(told) is is_so


def test_calls_are_found_in_an_item_and_in_a_whole_response() -> None:
    item = {"type": "function_call", "id": "item_1", "call_id": "call_1", "name": "look", "arguments": "{}"}
    call = Call("call_1", "item_1", "look", "{}", "resp_1")
    assert list(calls_in(event("response.output_item.done", response_id="resp_1", item=item))) == [call]
    output = [{"type": "message"}, item, {"type": "function_call"}, 3]
    assert list(calls_in(event("response.done", response={"id": "resp_1", "output": output}))) == [call]
    assert list(calls_in(event("response.output_item.added", response_id="resp_1", item=item))) == []


def test_who_finds_the_end_of_a_turn() -> None:
    vad, hand = {"turn_detection": {"type": "server_vad"}}, {"turn_detection": None}
    assert finds_turns(event("session.updated", session={"audio": {"input": vad}})) is True
    assert finds_turns(event("session.updated", session={"audio": {"input": hand}})) is False
    assert finds_turns(event("session.created", session={"modalities": ["text"], **vad})) is True
    assert finds_turns(event("session.updated", session={})) is None
    assert finds_turns(event("response.done")) is None


def test_speech_is_heard_later_where_something_was_put_in_before_it() -> None:
    begun = event("input_audio_buffer.speech_started", audio_start_ms=500)
    assert is_moment(begun)
    assert begins_speech_ms(heard_later(begun, 400, 250)) == 750
    assert heard_later(begun, 500, 250) is begun
    other = event("response.created")
    assert heard_later(other, 0, 250) is other


def test_refusals_are_read_from_events_and_from_bodies() -> None:
    assert refusal_words(event("error", error={"message": "No\nway."})) == "No way."
    assert refusal_words(event("error", error={"code": "no_way"})) == "no_way"
    assert refusal_in(b'{"error": {"message": "No way."}}') == "No way."
    assert [refusal_in(body) for body in (b"", b"<html>", b"[]", b'{"error": "no"}')] == ["", "", "", ""]


def test_an_event_has_its_place_and_its_ids() -> None:
    item = {"id": "item_1", "type": "function_call", "role": "assistant", "call_id": "call_1"}
    added = event("response.output_item.added", event_id="event_1", response_id="resp_1", output_index=1, item=item)
    assert place_of(added, "resp_0") == ("response.output_item.added", "resp_0", "1")
    assert place_of(added, "") == ("response.output_item.added", "function_call", "assistant")
    assert server_ids(added) == {"response_id": "resp_1", "item.id": "item_1"}
    assert server_ids(event("response.output_text.delta", response_id="resp_1")) == {}


def test_an_item_can_be_left_to_the_server_to_be_named() -> None:
    item = {"id": "item_1", "type": "function_call_output", "call_id": "call_1"}
    told = {"type": "conversation.item.create", "event_id": "event_1", "previous_item_id": "item_0", "item": item}
    assert for_call(told, "call_2") == {
        "type": "conversation.item.create",
        "item": {"type": "function_call_output", "call_id": "call_2"},
    }
