"""What an event is about, and what it says in a few words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.protocol.catalog import CATALOG
from rtdebug.protocol.gist import about, gist

ITEM = {"id": "item_1", "type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello there"}]}
CALL = {"id": "item_2", "type": "function_call", "name": "weather", "call_id": "call_9", "arguments": '{"city":"Rome"}'}
DONE = {
    "id": "resp_1",
    "status": "cancelled",
    "status_details": {"reason": "turn_detected"},
    "usage": {"input_tokens": 120, "output_tokens": 8},
}


@pytest.mark.parametrize(
    ("type_", "data", "words"),
    [
        ("conversation.item.create", {"item": ITEM}, "user “hello there”"),
        ("conversation.item.added", {"item": {"id": "item_3", "type": "message", "role": "user"}}, "user item_3"),
        ("response.output_item.done", {"item": CALL}, 'weather({"city":"Rome"})'),
        ("response.done", {"response": DONE}, "cancelled (turn_detected)  120→8 tokens"),
        ("response.output_audio_transcript.delta", {"delta": "Good mor"}, "“Good mor”"),
        ("response.create", {}, "no overrides"),
        ("response.create", {"response": {"instructions": "x", "tools": []}}, "instructions, tools"),
        ("error", {"error": {"code": "bad", "message": "No such thing"}}, "bad — No such thing"),
        ("input_audio_buffer.speech_started", {"audio_start_ms": 320, "item_id": "i"}, "at 320 ms  i"),
        ("conversation.item.truncate", {"item_id": "i", "audio_end_ms": 1500}, "1500 ms heard  i"),
        ("response.content_part.done", {"part": {"type": "text", "text": "yes"}}, "text “yes”"),
        ("vendor.new_thing", {"item_id": "i"}, "i"),
        ("response.created", {"response": {"id": "resp_6BVexjJdu0K3DqNzXhEma"}}, "resp_…zXhEma"),
        ("conversation.item.done", {"item": {"id": "item_N7KokwIVgsR9ul6UIX", "role": "user"}}, "user item_…ul6UIX"),
    ],
)
def test_an_event_says_what_it_carries(type_: str, data: dict, words: str) -> None:
    assert gist(type_, data) == words


def test_ids_are_found_wherever_an_event_keeps_them() -> None:
    assert about({"response_id": "r", "item_id": "i", "call_id": "c"}) == ("r", "i", "c")
    assert about({"response": {"id": "r"}}) == ("r", "", "")
    assert about({"response_id": "r", "item": CALL}) == ("r", "item_2", "call_9")
    assert about({"item_id": 5, "item": "no"}) == ("", "", "")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["response", "item", "error", "part", "session", "status_details", "rate_limits", "type"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    type_=st.sampled_from(sorted(CATALOG)), data=st.dictionaries(st.text(max_size=8), anything, max_size=4) | anything
)
def test_whatever_comes_it_is_told_in_text(type_: str, data: object) -> None:
    if isinstance(data, dict):
        assert isinstance(gist(type_, data), str)
        assert all(isinstance(part, str) for part in about(data))
