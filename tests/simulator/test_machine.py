import json

import pytest

from rtdebug.simulator.ids import Ids
from rtdebug.simulator.machine import Machine
from rtdebug.simulator.session import new_session
from rtdebug.simulator.state import Closing

from .client import Client, kinds


def test_a_session_begins_with_its_whole_configuration(client: Client) -> None:
    session = client.the("session.created")["session"]
    assert session["object"] == "realtime.session"
    assert session["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 200
    assert session["audio"]["output"] == {
        "format": {"type": "audio/pcm", "rate": 24000},
        "voice": "alloy",
        "speed": 1.0,
    }
    assert list(session) == [
        "type",
        "object",
        "id",
        "model",
        "output_modalities",
        "instructions",
        "tools",
        "tool_choice",
        "max_output_tokens",
        "tracing",
        "truncation",
        "prompt",
        "expires_at",
        "audio",
        "include",
    ]


def test_later_models_wait_longer_and_speak_with_another_voice() -> None:
    session = Client(model="gpt-realtime-2.1").the("session.created")["session"]
    assert session["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 500
    assert session["audio"]["output"]["voice"] == "marin"


@pytest.mark.parametrize("message", ["{", "", "[]", '"session.update"', "null"])
def test_what_is_no_json_object_is_refused(client: Client, message: str) -> None:
    client.send(message)
    assert client.error()["code"] == "invalid_json"


def test_a_missing_type_is_refused_in_the_services_words(client: Client) -> None:
    client.send(json.dumps({"event_id": "mine"}))
    assert client.error() == {
        "type": "invalid_request_error",
        "code": "invalid_event",
        "message": "The 'type' field is missing.",
        "param": None,
        "event_id": "mine",
    }


def test_an_unknown_type_is_answered_with_the_known_ones(client: Client) -> None:
    client.say("response.make", event_id="mine")
    error = client.error()
    assert (error["code"], error["param"], error["event_id"]) == ("invalid_value", "type", "mine")
    assert error["message"].startswith("Invalid value: 'response.make'. Supported values are: 'session.update', ")


def test_text_and_dict_are_understood_alike(client: Client) -> None:
    client.send('{"type": "input_audio_buffer.clear"}')
    client.say("input_audio_buffer.clear")
    assert len(client.all("input_audio_buffer.cleared")) == 2


def test_a_binary_frame_is_refused(client: Client) -> None:
    client._take(client.machine.receive(b'{"type": "input_audio_buffer.clear"}', 0))
    assert (client.error()["code"], client.error()["event_id"]) == ("invalid_event", None)
    assert "text frame" in client.error()["message"]
    assert client.all("input_audio_buffer.cleared") == []


def test_the_same_seed_tells_the_same_story() -> None:
    stories = []
    for _ in range(2):
        client = Client(seed=7)
        client.write("Two.")
        client.say("response.create")
        stories.append(client.events)
    assert stories[0] == stories[1]
    assert Ids(1).item() != Ids(2).item()


def test_deltas_come_faster_than_they_play_and_not_before_they_are_due() -> None:
    client = Client(pace=1.0)
    client.write("Two.")
    client.say("response.create")
    assert kinds(client.events)[-1] == "response.created"
    assert client.wait(290) == []
    assert client.wait(20)[0]["type"] == "response.output_item.added"
    begun_ns = client.now_ns
    client.wait_for("response.output_audio.delta")
    assert client.now_ns - begun_ns < 200_000_000
    client.wait_for("response.done")
    usage = client.the("response.done")["response"]["usage"]
    played_ms = usage["output_token_details"]["audio_tokens"] * 50
    assert (client.now_ns - begun_ns) / 1e6 < played_ms / 2
    assert client.machine.next_ns is None


def test_a_session_is_over_when_its_time_is_up() -> None:
    client = Client(pace=1.0, limit_s=90)
    client.say("response.create")
    client.wait(89_000)
    assert client.machine.closing is None and client.the("response.done")
    client.say("response.create")
    assert client.wait(1000)[-1]["type"] != "error"
    assert client.machine.closing == Closing(1001, "Your session hit the maximum duration of 1.5 minutes.")
    assert client.say("response.create") == client.wait(9000) == []
    assert client.machine.next_ns is None


def test_a_session_begins_as_it_was_configured_beforehand() -> None:
    configured = {**new_session("sess_other", "gpt-realtime", 0), "instructions": "Hi"}
    machine = Machine(speak=lambda _text: b"", session=configured, expires_at=7)
    (created,) = machine.open(0)
    assert created["session"] == {**configured, "expires_at": 7, "id": created["session"]["id"]}
    assert created["session"]["id"] != "sess_other"
