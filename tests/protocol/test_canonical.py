import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.protocol.catalog import CATALOG
from rtdebug.protocol.dialects import canonical, canonical_type

from .odd import JSON, WORDS
from .shared import REAL, needs_real, told

TYPES = st.sampled_from(sorted(CATALOG))
DETECTION = {"type": "server_vad", "threshold": 0.5}
GA = {"type": "realtime", "output_modalities": ["audio"], "audio": {}}


# One telling in two shapes.

FORMATS = {
    "pcm16": {"type": "audio/pcm", "rate": 24000},
    "g711_ulaw": {"type": "audio/pcmu"},
    "g711_alaw": {"type": "audio/pcma"},
}
NESTED = {
    "input_audio_format": ("input", "format"),
    "input_audio_transcription": ("input", "transcription"),
    "input_audio_noise_reduction": ("input", "noise_reduction"),
    "turn_detection": ("input", "turn_detection"),
    "output_audio_format": ("output", "format"),
    "voice": ("output", "voice"),
    "speed": ("output", "speed"),
}
RESPONSE_FIELDS = ("modalities", "voice", "output_audio_format", "max_response_output_tokens")
FLAT = st.fixed_dictionaries(
    {"modalities": st.sampled_from([["text"], ["text", "audio"], ["audio", "text"], ["audio"]])},
    optional={
        "voice": st.sampled_from(["alloy", {"id": "voice_1"}]),
        "speed": st.floats(0.25, 1.5),
        "input_audio_format": st.sampled_from(sorted(FORMATS)),
        "output_audio_format": st.sampled_from(sorted(FORMATS)),
        "input_audio_transcription": st.none() | st.just({"model": "whisper-1"}),
        "input_audio_noise_reduction": st.none() | st.just({"type": "near_field"}),
        "turn_detection": st.none() | st.just(DETECTION),
        "max_response_output_tokens": st.just("inf") | st.integers(1, 4096),
        "instructions": st.text(max_size=5),
        "tools": st.just([{"type": "function", "name": "f"}]),
    },
)


def in_ga(flat: dict) -> dict:
    """Tell a flat configuration as GA does."""
    told: dict = {}
    for name, value in flat.items():
        if name in NESTED:
            side, key = NESTED[name]
            known = FORMATS[value] if name.endswith("_format") else value
            told.setdefault("audio", {}).setdefault(side, {})[key] = known
        elif name == "modalities":
            told["output_modalities"] = ["audio"] if "audio" in value else ["text"]
        else:
            told[name.replace("max_response_output_tokens", "max_output_tokens")] = value
    return told


@given(FLAT)
def test_a_session_reads_the_same_in_both_tellings(flat: dict) -> None:
    new = {"type": "realtime", **in_ga(flat)}
    for kind in ("session.update", "session.created", "session.updated"):
        of_old = canonical(kind, {"type": kind, "session": flat})
        assert of_old == canonical(kind, {"type": kind, "session": new}) == {"type": kind, "session": new}


@given(FLAT)
def test_a_transcription_session_reads_the_same_in_both_tellings(flat: dict) -> None:
    new = {"type": "transcription", **in_ga(flat)}
    for name in ("update", "created", "updated"):
        of_old = canonical(f"transcription_session.{name}", {"type": f"transcription_session.{name}", "session": flat})
        assert of_old == {"type": f"session.{name}", "session": new}


ITEMS = st.lists(
    st.sampled_from(
        [
            ({"type": "text", "text": "hi"}, {"type": "output_text", "text": "hi"}),
            ({"type": "audio", "transcript": "hi"}, {"type": "output_audio", "transcript": "hi"}),
        ]
    ),
    max_size=3,
)


@given(FLAT, ITEMS)
def test_a_response_reads_the_same_in_both_tellings(flat: dict, parts: list) -> None:
    flat = {name: value for name, value in flat.items() if name in RESPONSE_FIELDS}
    old, new = ({"type": "message", "role": "assistant", "content": [part[side] for part in parts]} for side in (0, 1))
    shared = {"id": "resp_1", "status": "completed", "status_details": None, "usage": None}
    for kind, key in (("response.created", "output"), ("response.done", "output"), ("response.create", "input")):
        of_old = canonical(kind, {"type": kind, "response": {**shared, **flat, key: [old]}})
        assert of_old == {"type": kind, "response": {**shared, **in_ga(flat), key: [new]}}


@given(ITEMS, st.sampled_from(["conversation.item.created", "response.output_item.done", "conversation.item.create"]))
def test_an_item_reads_the_same_in_both_tellings(parts: list, kind: str) -> None:
    old, new = ({"role": "assistant", "content": [part[side] for part in parts]} for side in (0, 1))
    assert canonical(kind, {"type": kind, "item": old}) == {"type": canonical_type(kind), "item": new}


@pytest.mark.parametrize(
    ("of_old", "today"),
    [
        ("response.audio.delta", "response.output_audio.delta"),
        ("response.text.done", "response.output_text.done"),
        ("conversation.item.created", "conversation.item.added"),
        ("transcription_session.updated", "session.updated"),
        ("response.done", "response.done"),
        ("somebody.elses", "somebody.elses"),
    ],
)
def test_names_of_old_are_read_as_those_of_today(of_old: str, today: str) -> None:
    assert canonical_type(of_old) == today
    data = {"type": of_old, "delta": "x", "more": 1}
    assert canonical(of_old, data) == {"type": today, "delta": "x", "more": 1}
    assert data["type"] == of_old


# What stays as it is.


@given(TYPES, st.dictionaries(WORDS, JSON, max_size=5))
def test_any_json_is_taken_and_left_as_it_is(kind: str, data: dict) -> None:
    before = copy.deepcopy(data)
    once = canonical(kind, data)
    assert data == before
    assert canonical(canonical_type(kind), once) == once


@pytest.mark.parametrize("known", [known for known in CATALOG.values() if known.canonical == known.type], ids=str)
def test_what_is_in_todays_shape_comes_back_as_the_same_object(known: object) -> None:
    kind = getattr(known, "type", "")
    item = {"role": "assistant", "content": [{"type": "output_audio"}], "id": "item_1"}
    response = {"output": [item], "status_details": {"type": "failed"}, "usage": {"total_tokens": 1}}
    data = {"type": kind, "session": GA, "item": item, "response": response, "part": {"type": "audio"}}
    assert canonical(kind, data) is data


def test_depth_that_python_cannot_compare_is_no_trouble() -> None:
    deep: list = []
    for _ in range(1000):
        deep = [deep]
    other = json.loads("[" * 900 + "]" * 900)
    session = {"voice": deep, "audio": {"output": {"voice": other}}}
    assert canonical("session.updated", {"session": session})["session"]["voice"] is deep


def test_what_stands_in_its_place_already_stays_there() -> None:
    session = {"type": "realtime", "voice": "flat", "audio": {"output": {"voice": "nested"}}}
    assert canonical("session.updated", {"session": session})["session"] == session
    session["audio"] = "nonsense"
    assert canonical("session.updated", {"session": session})["session"] == session
    twin = {"type": "realtime", "voice": "same", "audio": {"output": {"voice": "same"}}}
    read = canonical("session.updated", {"session": twin})["session"]
    assert read == {"type": "realtime", "audio": {"output": {"voice": "same"}}}


def test_a_users_words_keep_their_types() -> None:
    item = {"role": "user", "content": [{"type": "input_text"}, {"type": "text"}, {"type": ["odd"]}, "odd"]}
    data = {"type": "conversation.item.added", "item": item}
    assert canonical("conversation.item.added", data) is data


def test_an_update_that_says_nothing_of_audio_is_not_given_a_type() -> None:
    data = {"type": "session.update", "session": {"instructions": "be brief"}}
    assert canonical("session.update", data) is data


# What vendors do.


def test_xais_word_without_a_meaning_is_put_away() -> None:
    data = {"type": "response.created", "response": {"status_details": "unimplemented", "usage": {}}}
    read = canonical("response.created", data)["response"]
    assert read == {"status_details": None, "_wire_status_details": "unimplemented", "usage": None}


@pytest.mark.parametrize("empty", [{}, None])
def test_xais_usage_beside_the_response_is_put_into_it(empty: object) -> None:
    data = {"type": "response.done", "response": {"usage": empty}, "usage": {"total_tokens": 3}}
    read = canonical("response.done", data)
    assert read == {"type": "response.done", "response": {"usage": {"total_tokens": 3}}}
    whole = {"type": "response.done", "response": {"usage": {"total_tokens": 1}}, "usage": {"total_tokens": 3}}
    assert canonical("response.done", whole) is whole


def test_xais_flat_session_finds_its_place() -> None:
    flat = {
        "voice": "ara",
        "turn_detection": {"type": None},
        "tools": [{"type": "function", "function": {"name": "f"}}],
    }
    read = canonical("session.created", {"session": flat})["session"]
    assert read["audio"] == {"input": {"turn_detection": None}, "output": {"voice": "ara"}}
    assert read["tools"] == [{"type": "function", "name": "f"}]
    assert canonical("session.updated", {"session": {"input_audio_format": "not specified"}})["session"] == {
        "type": "realtime",
        "input_audio_format": "not specified",
    }


def test_voice_live_says_the_rate_apart() -> None:
    flat = {"input_audio_format": "pcm16", "input_audio_sampling_rate": 16000, "output_audio_format": None}
    read = canonical("session.updated", {"session": flat})["session"]["audio"]
    assert read == {"input": {"format": {"type": "audio/pcm", "rate": 16000}}, "output": {"format": None}}


def test_azures_twin_of_a_part_is_let_be() -> None:
    data = {"type": "response.content_part.done", "part": {"type": "audio"}, "content": {"type": "audio"}}
    assert canonical("response.content_part.done", data) is data


@needs_real
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_every_real_session_reads_in_todays_shape(path: object) -> None:
    for _, event in told(path):
        read = canonical(event["type"], event)
        assert set(CATALOG[read["type"]].shapes) & {"ga", "xai"}
        for config in (read.get("session"), read.get("response")):
            if isinstance(config, dict):
                assert not {"modalities", "voice", "turn_detection", "max_response_output_tokens"} & set(config)
                assert isinstance(config.get("status_details"), dict | None)
        items = [read.get("item"), *(read.get("response") or {}).get("output", ())]
        parts = [part for item in items if item and item.get("role") == "assistant" for part in item.get("content", ())]
        assert {part["type"] for part in parts} <= {"output_text", "output_audio"}
        if read["type"] in ("session.created", "session.updated"):
            assert read["session"]["type"] == "realtime"
        if event["type"] == "response.done":
            assert read["response"]["usage"]["total_tokens"] > 0
