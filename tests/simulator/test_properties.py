"""Whatever a client sends, in whatever order: no exception, and the ordering rules hold."""

from base64 import b64encode
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rtdebug.simulator.machine import HANDLERS
from rtdebug.simulator.options import Manner

from .client import TOOL, Client, assert_in_order
from .judging import breaches

LOUD, QUIET, SENTENCE, SILENCE = "loud", "quiet", "sentence", "silence"
SOUNDS = {
    LOUD: b64encode(b"\x00\x40\x00\xc0" * 12 * 200).decode(),
    QUIET: b64encode(bytes(48 * 300)).decode(),
    SILENCE: b64encode(bytes(48 * 5500)).decode(),
    SENTENCE: b64encode(b"\x00\x40\x00\xc0" * 12 * 200 + bytes(48 * 400)).decode(),
}
"""What the names of sounds in events stand for: hypothesis shows its strategies, and sound is long."""
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=False, width=16)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ITEM_IDS = st.sampled_from(["a", "b", "root", "c"])
RESPONSES = st.fixed_dictionaries(
    {},
    optional={
        "conversation": st.sampled_from(["auto", "none"]),
        "output_modalities": st.sampled_from([["text"], ["audio"]]),
        "max_output_tokens": st.sampled_from([1, 30, "inf"]),
        "tool_choice": st.sampled_from(["none", "auto", "required"]),
        "audio": st.sampled_from([{"output": {"format": {"type": "audio/pcma"}}}, {"output": {}}]),
        "input": st.lists(st.fixed_dictionaries({"type": st.just("item_reference"), "id": ITEM_IDS}), max_size=1),
    },
)
DETECTIONS = st.none() | st.fixed_dictionaries(
    {"type": st.just("server_vad")},
    optional={
        "create_response": st.booleans(),
        "interrupt_response": st.booleans(),
        "idle_timeout_ms": st.sampled_from([None, 5000]),
    },
)
GOOD = st.one_of(
    st.sampled_from([LOUD, QUIET, SILENCE]).map(lambda audio: {"type": "input_audio_buffer.append", "audio": audio}),
    st.sampled_from(["commit", "clear"]).map(lambda verb: {"type": f"input_audio_buffer.{verb}"}),
    RESPONSES.map(lambda response: {"type": "response.create", "response": response}),
    st.just({"type": "response.create"}),
    st.just({"type": "response.cancel"}),
    st.builds(
        lambda item_id, after: {
            "type": "conversation.item.create",
            "previous_item_id": after,
            "item": {
                "id": item_id,
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": "Look it up."}],
            },
        },
        ITEM_IDS,
        st.none() | ITEM_IDS,
    ),
    ITEM_IDS.map(lambda item_id: {"type": "conversation.item.delete", "item_id": item_id}),
    DETECTIONS.map(
        lambda detection: {
            "type": "session.update",
            "session": {"type": "realtime", "tools": [TOOL], "audio": {"input": {"turn_detection": detection}}},
        }
    ),
    st.sampled_from(["delete", "truncate"]).map(lambda verb: {"type": f"last.{verb}"}),
)
TALK = st.sampled_from(
    [
        {"type": "response.create"},
        {"type": "response.cancel"},
        {"type": "input_audio_buffer.append", "audio": LOUD},
        {"type": "input_audio_buffer.append", "audio": SENTENCE},
        {"type": "input_audio_buffer.append", "audio": SILENCE},
        {"type": "last.truncate"},
    ]
)
"""What a call is made of, so that calls get far."""
FIELDS = ["session", "item", "item_id", "audio", "response", "previous_item_id", "audio_end_ms", "content_index"]
ODD = st.builds(
    lambda kind, fields: {"type": kind, **fields},
    st.sampled_from(sorted(HANDLERS)),
    st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3),
)
MANNERS = [Manner(), Manner(shape="beta"), Manner("azure"), Manner("xai")]
FLAT = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "modalities": st.sampled_from([["text"], ["audio", "text"], ["audio"]]),
            "input_audio_format": st.sampled_from(["pcm16", "g711_ulaw", "mp3"]),
            "turn_detection": st.none() | st.just({"type": "server_vad"}),
            "temperature": st.sampled_from([0.6, 1.2, 2, "warm"]),
            "max_response_output_tokens": st.sampled_from([1, "inf", 0]),
            "tools": st.just([TOOL]),
        },
    ).flatmap(
        lambda fields: st.sampled_from(
            [
                {"type": "session.update", "session": fields},
                {"type": "response.create", "response": fields},
                {"type": "transcription_session.update", "session": fields},
            ]
        )
    )
)
"""What a client of the beta says."""
WAITS = st.sampled_from([0, 0, 50, 350, 500, 3000])


def meant(client: Client, event: dict[str, Any]) -> dict[str, Any]:
    """Put in the sounds; turn `last.delete` and `last.truncate` into events about an item the assistant made."""
    audio = event.get("audio")
    if isinstance(audio, str) and audio in SOUNDS:
        return {**event, "audio": SOUNDS[audio]}
    if not event["type"].startswith("last."):
        return event
    made = [told["item"]["id"] for told in client.all("response.output_item.added")]
    where = {"item_id": made[-1] if made else "a", "content_index": 0, "audio_end_ms": 100}
    return {**event, **where, "type": event["type"].replace("last.", "conversation.item.")}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.one_of(TALK, GOOD, ODD), WAITS), min_size=8, max_size=40))
def test_no_client_breaks_the_order(said: list[tuple[dict[str, Any], int]]) -> None:
    client = Client(pace=1.0)
    for event, wait_ms in said:
        client.send(meant(client, event))
        client.wait(wait_ms)
    client.wait(60_000)
    assert_in_order(client.events)
    assert not breaches(client)
    assert client.machine.next_ns is None
    assert len(client.all("response.created")) == len(client.all("response.done"))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(MANNERS[1:]),
    st.lists(st.tuples(st.one_of(TALK, GOOD, ODD, FLAT), WAITS), min_size=8, max_size=30),
)
def test_no_client_breaks_the_order_in_another_dialect(manner: Manner, said: list[tuple[dict[str, Any], int]]) -> None:
    client = Client(pace=1.0, manner=manner)
    for event, wait_ms in said:
        client.send(meant(client, event))
        client.wait(wait_ms)
    client.wait(60_000)
    assert not breaches(client)
    assert len(client.all("response.created")) == len(client.all("response.done"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.one_of(TALK, GOOD, ODD), WAITS), min_size=8, max_size=30), st.booleans())
def test_no_client_makes_a_listener_talk(said: list[tuple[dict[str, Any], int]], beta: bool) -> None:
    client = Client(pace=1.0, manner=Manner(shape="beta" if beta else "ga", transcribes=True))
    for event, wait_ms in said:
        client.send(meant(client, event))
        client.wait(wait_ms)
    client.wait(60_000)
    assert not breaches(client)
    assert not [event for event in client.events if event["type"].startswith("response.")]


@given(st.text() | st.binary() | JSON.map(str))
def test_no_text_raises(text: str | bytes) -> None:
    client = Client()
    client.send(text)
    assert client.events[-1]["type"] == "error"


def standing(client: Client) -> tuple[Any, ...]:
    state = client.machine._state
    items = [(dict(item.body), item.audio_ms, item.turn) for item in state.conversation.items]
    return state.session, items, state.ear.held_ms, state.active, len(state.running), state.turns_heard


@settings(max_examples=200, deadline=None)
@given(st.lists(GOOD, max_size=5), st.lists(ODD | FLAT, max_size=10), st.sampled_from(MANNERS))
def test_a_refused_event_changes_nothing(
    before: list[dict[str, Any]], odd: list[dict[str, Any]], manner: Manner
) -> None:
    client = Client(pace=1.0, manner=manner)
    for event in before:
        client.send(meant(client, event))
    for event in odd:
        stood = standing(client)
        told = client.send(event)
        if any(answer["type"] == "error" for answer in told):
            assert len(told) == 1
            assert standing(client) == stood
