"""The fold: what happened in a call, with who did what and where it stands in the recording."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.protocol.shared import REAL, needs_real

from .telling import Call, events_of, folded, recorded, session_of, told

SESSION = {"id": "sess_1", "type": "realtime", "object": "realtime.session", "model": "gpt-realtime", "expires_at": 5}
VAD = {"audio": {"input": {"turn_detection": {"type": "server_vad", "create_response": True}}}}


def begun(**config: object) -> Call:
    call = Call()
    call.server("session.created", session={**SESSION, **config})
    return call


def test_the_session_begins() -> None:
    session = begun(**VAD).session()
    assert (session.id, session.model, session.kind, session.expires_at) == ("sess_1", "gpt-realtime", "realtime", 5)
    assert session.config["audio"] == VAD["audio"]
    assert "id" not in session.config


def test_only_what_an_update_changes_is_a_change() -> None:
    call = begun(instructions="a", tools=[{"name": "f"}], audio={"output": {"voice": "ash"}})
    call.client("session.update", event_id="e1", session={"type": "realtime", "instructions": ""})
    call.server(
        "session.updated",
        session={**SESSION, "instructions": "", "tools": [{"name": "f"}], "audio": {"output": {"voice": "ash"}}},
    )
    (change,) = call.session().changes
    assert (change.answer, change.changed) == ("updated", {"instructions": ("a", "")})
    assert change.mark.seq == 3
    assert change.answered is not None
    assert change.answered.seq == 4


def test_a_refused_update_changes_nothing_and_says_why() -> None:
    call = begun(instructions="a")
    call.client("session.update", event_id="e1", session={"voice": "x"})
    call.server(
        "error",
        error={
            "type": "invalid_request_error",
            "code": "unknown_parameter",
            "message": "Unknown parameter",
            "param": "session.voice",
            "event_id": "e1",
        },
    )
    session = call.session()
    (change,) = session.changes
    assert (change.answer, change.error) == ("refused", "Unknown parameter")
    assert session.config["instructions"] == "a"
    assert session.errors[0].about == change.mark.seq


def test_a_response_knows_what_asked_for_it_and_its_overrides() -> None:
    call = begun()
    call.client("response.create", response={"instructions": "be brief", "metadata": {"k": "1"}})
    call.answer("resp_1", "item_1", "Hello", metadata={"k": "1"})
    response = call.session().responses["resp_1"]
    assert response.asked.by == "response.create"
    assert response.asked.overrides["instructions"] == "be brief"
    assert (response.status, response.item_ids, response.in_conversation) == ("completed", ["item_1"], True)
    assert response.config == {"type": "realtime", "model": "gpt-realtime"}


def test_metadata_tells_parallel_responses_apart() -> None:
    call = begun()
    call.client("response.create", response={"conversation": "none", "metadata": {"n": "1"}})
    call.client("response.create", response={"conversation": "none", "metadata": {"n": "2"}})
    for number in ("2", "1"):
        shown = {"id": f"resp_{number}", "status": "in_progress", "conversation_id": None, "metadata": {"n": number}}
        call.server("response.created", response=shown)
    session = call.session()
    asked = {name: response.asked.mark.seq for name, response in session.responses.items() if response.asked.mark}
    assert asked == {"resp_2": 4, "resp_1": 3}
    assert not any(response.in_conversation for response in session.responses.values())


def spoken(call: Call, item: str, start: int, end: int) -> None:
    for _ in range(50):
        call.client("input_audio_buffer.append", after=20, audio="AAAA" * 320)
    call.server("input_audio_buffer.speech_started", item_id=item, audio_start_ms=start)
    call.server("input_audio_buffer.speech_stopped", after=500, item_id=item, audio_end_ms=end)
    call.server("input_audio_buffer.committed", item_id=item, previous_item_id=None)
    shown = {
        "id": item,
        "type": "message",
        "role": "user",
        "status": "completed",
        "content": [{"type": "input_audio", "transcript": None}],
    }
    call.server("conversation.item.added", item=shown)
    call.server("conversation.item.done", item=shown)


def test_a_turn_by_voice() -> None:
    call = begun(**VAD)
    spoken(call, "item_u", 100, 900)
    call.answer("resp_1", "item_a", "Hello")
    call.server(
        "conversation.item.input_audio_transcription.completed",
        item_id="item_u",
        content_index=0,
        transcript="Hi",
        usage={"type": "duration", "seconds": 1},
    )
    session = call.session()
    user, response = session.items["item_u"], session.responses["resp_1"]
    assert response.asked.by == "turn_detection"
    assert user.committed is not None
    assert response.asked.mark == user.committed
    assert (user.text, user.input_start_ms, user.input_end_ms) == ("Hi", 100.0, 900.0)
    assert session.order == ["item_u", "item_a"]
    (turn,) = session.turns
    assert (turn.item_ids, turn.response_ids) == (["item_u"], ["resp_1"])
    (cut,) = session.input.cut(100, 900)
    assert cut.frames == 800 * 24
    assert session.input.length_ms == pytest.approx(50 * 20)


def test_a_barge_in_cancels_and_begins_a_turn() -> None:
    call = begun(**VAD)
    spoken(call, "item_u", 100, 900)
    call.server("response.created", response={"id": "resp_1", "status": "in_progress", "conversation_id": "conv"})
    call.server("input_audio_buffer.speech_started", item_id="item_v", audio_start_ms=1500)
    details = {"type": "cancelled", "reason": "turn_detected"}
    call.server(
        "response.done", response={"id": "resp_1", "status": "cancelled", "status_details": details, "output": []}
    )
    call.server("input_audio_buffer.committed", item_id="item_v")
    session = call.session()
    response = session.responses["resp_1"]
    assert response.reason == "turn_detected"
    assert response.cancellation is not None
    assert response.cancellation.by == "turn_detection"
    second = session.turns[1]
    assert second.barge_in is not None
    assert (second.barge_in.response_id, second.barge_in.during) == ("resp_1", "generation")


def test_speech_over_an_answer_that_is_complete_but_still_heard_is_a_barge_in_too() -> None:
    call = begun(**VAD)
    spoken(call, "item_u", 100, 900)
    call.answer("resp_1", "item_a", "Hello")  # 0.1 s of audio
    call.lines[-1] = (*call.lines[-1][:2], call.lines[-6][2] + 20)
    call.now_ms = call.lines[-1][2]
    call.server("input_audio_buffer.speech_started", after=1, item_id="item_v", audio_start_ms=1500)
    call.client("conversation.item.truncate", item_id="item_a", content_index=0, audio_end_ms=40)
    call.server("conversation.item.truncated", item_id="item_a", content_index=0, audio_end_ms=40)
    call.server("input_audio_buffer.committed", item_id="item_v")
    session = call.session()
    assert session.turns[1].barge_in is not None
    assert session.turns[1].barge_in.during == "playback"
    cut = session.items["item_a"].truncation
    assert cut is not None
    assert (cut.audio_end_ms, cut.asked is not None, cut.done is not None) == (40, True, True)


def test_who_cancelled() -> None:
    call = begun()
    call.client("response.create")
    call.server("response.created", response={"id": "resp_1", "status": "in_progress", "conversation_id": "conv"})
    call.client("response.cancel")
    details = {"type": "cancelled", "reason": "client_cancelled"}
    call.server("response.done", response={"id": "resp_1", "status": "cancelled", "status_details": details})
    cancellation = call.session().responses["resp_1"].cancellation
    assert cancellation is not None
    assert cancellation.mark is not None
    assert (cancellation.by, cancellation.mark.seq) == ("client", 5)


def test_a_refused_response_leaves_a_trace() -> None:
    call = begun()
    call.client("response.create")
    call.server("response.created", response={"id": "resp_1", "status": "in_progress", "conversation_id": "conv"})
    call.client("response.create")
    call.server("error", error={"code": "conversation_already_has_active_response", "message": "…", "event_id": None})
    session = call.session()
    assert [mark.seq for mark in session.refused] == [5]


def test_a_tool_round() -> None:
    call = begun()
    call.client("response.create")
    call.server("response.created", response={"id": "resp_1", "status": "in_progress", "conversation_id": "conv"})
    item = {
        "id": "item_f",
        "type": "function_call",
        "name": "weather",
        "call_id": "call_1",
        "arguments": "",
        "status": "in_progress",
    }
    call.server("response.output_item.added", response_id="resp_1", output_index=0, item=item)
    call.server("conversation.item.added", previous_item_id=None, item=item)
    at = {"response_id": "resp_1", "item_id": "item_f", "output_index": 0, "call_id": "call_1"}
    call.server("response.function_call_arguments.delta", **at, delta='{"c')
    call.server("response.function_call_arguments.delta", **at, delta='":1}')
    call.server("response.function_call_arguments.done", **at, arguments='{"c":1}', name="weather")
    call.server(
        "response.done", response={"id": "resp_1", "status": "completed", "output": [{**item, "arguments": '{"c":1}'}]}
    )
    output = {"type": "function_call_output", "call_id": "call_1", "output": "sunny"}
    call.client("conversation.item.create", item=output)
    call.server("conversation.item.added", previous_item_id="item_f", item={**output, "id": "item_o"})
    call.client("response.create")
    call.answer("resp_2", "item_a", "Sunny")
    session = call.session()
    assert (session.items["item_f"].name, session.items["item_f"].arguments) == ("weather", '{"c":1}')
    assert session.items["item_o"].output == "sunny"
    assert session.items["item_o"].asked is not None
    assert session.responses["resp_2"].tool_outputs == ["item_o"]
    assert len(session.turns) == 1
    assert session.order == ["item_f", "item_o", "item_a"]


def test_items_stand_where_they_belong() -> None:
    call = begun()
    for item, previous in (("a", None), ("b", "a"), ("c", "a"), ("d", "root"), ("e", "gone")):
        call.server(
            "conversation.item.added", previous_item_id=previous, item={"id": item, "type": "message", "role": "user"}
        )
    call.server("conversation.item.deleted", item_id="b")
    session = call.session()
    assert session.order == ["d", "a", "c", "b", "e"]
    assert session.items["b"].deleted is not None


def test_an_unknown_event_is_kept() -> None:
    call = begun()
    call.server("session.dreamt", dream="sheep")
    assert call.session().unknown == {"session.dreamt": [3]}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats()
    | st.sampled_from(["", "a", "r", "none", "audio", "AAAA"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "item", "session", "response", "content", "output", "status", "error", "delta"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)
TYPES = sorted(
    {
        *__import__("rtdebug.session.fold", fromlist=["x"]).SERVER,
        *__import__("rtdebug.session.fold", fromlist=["x"]).CLIENT,
    }
)
FIELDS = ["item", "item_id", "response", "response_id", "session", "error", "delta", "transcript", "content_index"]
EVENTS = st.tuples(
    st.sampled_from(["client", "server"]),
    st.builds(
        lambda type_, fields: {**fields, "type": type_},
        st.sampled_from([*TYPES, "conversation.item.created", "response.audio.delta", "odd"]),
        st.dictionaries(
            st.sampled_from([*FIELDS, "output_index", "part", "usage", "audio_start_ms", "audio_end_ms"]), JSON
        ),
    ),
)


@given(st.lists(EVENTS, max_size=12))
def test_nothing_makes_it_raise(lines: list) -> None:
    session = session_of(*lines)
    assert session.events == len(lines)


@needs_real
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_every_prefix_of_a_real_session_folds(path) -> None:  # type: ignore[no-untyped-def]
    events = events_of(recorded(path), has_times=False)
    for end in range(len(events)):
        folded(events[:end])
    session = folded(events)
    assert not session.notes
    assert not session.unknown
    assert folded(events) == session


def test_one_by_one_is_all_at_once() -> None:
    call = begun(**VAD)
    spoken(call, "item_u", 100, 900)
    call.answer("resp_1", "item_a", "Hello")
    assert folded(events_of(told(call.lines))) == session_of(*call.lines)
