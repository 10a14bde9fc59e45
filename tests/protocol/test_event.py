import json
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.protocol.event import Event, EventReader, Sound
from rtdebug.recording.format import AudioPlace, Entry
from rtdebug.wire.messages import Sender

from .odd import JSON
from .shared import REAL, needs_real, told

APPEND = b'{"type":"input_audio_buffer.append","audio":""}'
DELTA = b'{"type":"response.audio.delta","event_id":"event_1","response_id":"resp_1","delta":""}'


@dataclass
class Line:
    """An entry that no recording format knows."""

    text: bytes | None
    sender: Sender | None = "server"
    kind: str = "message"
    fields: Mapping[str, Any] = field(default_factory=dict)
    audio: AudioPlace | None = None
    seq: int = 2
    at_ns: int = 1_000


def read(text: bytes | None, sender: Sender | None = "server", **more: Any) -> Event:
    return EventReader().read(Line(text, sender, **more))


def test_a_message_becomes_an_event() -> None:
    text = b'{"type":"response.audio.done","response_id":"resp_1"}'
    event = EventReader().read(Entry(7, 5_000, "server", "message", {}, text))
    assert (event.seq, event.at_ns, event.sender, event.kind) == (7, 5_000, "server", "message")
    assert (event.type, event.wire_type) == ("response.output_audio.done", "response.audio.done")
    assert event.data == {"type": "response.output_audio.done", "response_id": "resp_1"}
    assert (event.sound, event.size, event.problem) == (None, len(text), "")
    with pytest.raises(FrozenInstanceError):
        event.seq = 8  # type: ignore[misc]


def test_audio_that_moved_out_is_pointed_at() -> None:
    event = read(DELTA, audio=AudioPlace("server.wav", 480, 960, 70))
    assert event.sound == Sound("server.wav", 480, 960)
    assert (event.type, event.data["delta"], event.problem) == ("response.output_audio.delta", "", "")


def test_a_text_that_comes_again_is_read_once() -> None:
    reader = EventReader()
    first, second = (
        reader.read(Line(APPEND, "client", audio=AudioPlace("client.wav", start, 480, 46), seq=seq, at_ns=seq * 20))
        for start, seq in ((0, 2), (480, 3))
    )
    assert second.data is first.data
    assert (second.seq, second.at_ns, second.sound) == (3, 60, Sound("client.wav", 480, 480))
    assert (second.type, second.wire_type) == ("input_audio_buffer.append", "input_audio_buffer.append")
    other = bytes(bytearray(APPEND))
    assert reader.read(Line(other, "client", audio=AudioPlace("client.wav", 960, 480, 46))).data == first.data


def test_a_recording_without_times_has_none() -> None:
    reader = EventReader(has_times=False)
    assert reader.read(Line(APPEND, "client")).at_ns is None
    assert reader.read(Line(None, kind="gap")).at_ns is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"hello", "it is not JSON"),
        (b"", "it is not JSON"),
        (b"\x00\xff", "it is not JSON"),
        (b'{"type":NaN}', "it has no type"),
        (b"[" * 2000, "it is not JSON"),
        (b"[1]", "it is no JSON object"),
        (b'{"a":1}', "it has no type"),
        (b'{"type":["a"]}', "it has no type"),
        (b'{"type":""}', "it has no type"),
        (None, "its text is missing"),
        (b'{"type":"input_audio_buffer.append"}', "it carries no audio"),
        (b'{"type":"input_audio_buffer.append","audio":"a b"}', "its audio is not base64"),
        ('{"type":"response.audio.delta","delta":"é"}'.encode(), "its audio is not base64"),
        (b'{"type":"response.audio.delta","delta":"AAA="}', ""),
        (b'{"type":"somebody.elses"}', ""),
    ],
)
def test_what_is_odd_is_said(text: bytes | None, problem: str) -> None:
    event = read(text)
    assert event.problem.startswith(problem)
    assert bool(event.problem) == bool(problem)
    assert event.kind == "message"


def test_an_object_without_a_type_keeps_its_fields() -> None:
    event = read(b'{"a":1}')
    assert (event.type, event.wire_type, event.data) == ("", "", {"a": 1})


def test_a_binary_message_is_read_and_pointed_out() -> None:
    event = read(b'{"type":"ping"}', fields={"binary": True})
    assert (event.type, event.problem) == ("ping", "it is a binary message")
    assert read(b"\x00\xff", fields={"binary": True}).problem.startswith("it is not JSON")


@pytest.mark.parametrize(
    "kind", ["opened", "close", "closed", "ping", "pong", "gap", "track", "stopped", "end", "http"]
)
def test_what_is_no_message_keeps_its_fields(kind: str) -> None:
    fields = {"code": 1000}
    event = read(None, None, kind=kind, fields=fields)
    assert (event.kind, event.type, event.wire_type, event.problem) == (kind, "", "", "")
    assert event.data is fields


def test_a_sign_of_life_from_xai_is_an_event_and_one_of_the_connection_is_not() -> None:
    assert read(b'{"type":"ping","timestamp":1}').type == "ping"
    assert read(None, kind="ping").type == ""


def test_the_dialect_is_found_on_the_way() -> None:
    reader = EventReader(target="/v1/realtime?model=m", upstream="wss://api.openai.com")
    assert str(reader.dialect) == "unknown (OpenAI)"
    reader.read(Line(None, None, "opened", {"request": {"head": ["GET / HTTP/1.1", "OpenAI-Beta: realtime=v1", 5]}}))
    assert str(reader.dialect) == "beta (OpenAI)"
    reader.read(Line(b'{"type":"session.created","session":{"audio":{}}}'))
    assert str(reader.dialect) == "GA (OpenAI)"
    bare = EventReader()
    bare.read(Line(None, None, "opened", {"request": {"head": ["GET /v1/realtime/translations HTTP/1.1"]}}))
    assert bare.dialect.shape == "translation"
    for odd in ({}, {"request": 5}, {"request": {"head": ["odd"]}}, {"request": {"head": 5}}):
        EventReader().read(Line(None, None, "opened", odd))


@given(JSON, st.sampled_from(["client", "server", None]), st.booleans())
def test_any_json_is_read(value: object, sender: Sender | None, moved_out: bool) -> None:
    event = read(json.dumps(value).encode(), sender, audio=AudioPlace("client.wav", 0, 1, 0) if moved_out else None)
    assert event.type or event.problem


@given(st.binary(max_size=60), st.dictionaries(st.sampled_from(["binary", "like", "type", "request"]), JSON))
def test_any_bytes_are_read(text: bytes, fields: dict) -> None:
    for kind in ("message", "opened", "odd"):
        assert read(text, kind=kind, fields=fields).kind == kind


@needs_real
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_sessions_are_read_without_a_problem(path: object) -> None:
    reader = EventReader(has_times=False)
    for number, (sender, event) in enumerate(told(path), 2):
        assert sender in ("client", "server")
        got = reader.read(Line(json.dumps(event).encode(), sender, seq=number))  # type: ignore[arg-type]
        assert (got.problem, got.wire_type) == ("", event["type"])
        assert got.data.get("event_id") == event.get("event_id")


def test_half_a_surrogate_pair_is_no_reason_not_to_read() -> None:
    text = rb'{"type":"response.output_text.delta","delta":"\ud83d"}'
    event = EventReader().read(Entry(2, 0, "server", "message", {}, text))
    assert (event.type, event.data["delta"], event.problem) == ("response.output_text.delta", "\ufffd", "")
