import pytest

from .client import TOOL, Client


def test_only_the_fields_present_change(client: Client) -> None:
    before = client.the("session.created")["session"]
    client.configure(instructions="Be brief.", audio={"output": {"voice": "cedar"}})
    after = client.the("session.updated")["session"]
    assert after["instructions"] == "Be brief."
    assert after["audio"]["output"] == {**before["audio"]["output"], "voice": "cedar"}
    assert after["audio"]["input"] == before["audio"]["input"]
    assert after["id"] == before["id"]


def test_an_object_of_the_same_type_keeps_what_is_not_named(client: Client) -> None:
    client.configure(audio={"input": {"turn_detection": {"type": "server_vad", "threshold": 0.7}}})
    detection = client.the("session.updated")["session"]["audio"]["input"]["turn_detection"]
    assert (detection["threshold"], detection["silence_duration_ms"]) == (0.7, 200)


def test_another_type_begins_from_its_own_defaults(client: Client) -> None:
    client.configure(audio={"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "high"}}})
    assert client.the("session.updated")["session"]["audio"]["input"]["turn_detection"] == {
        "type": "semantic_vad",
        "eagerness": "high",
        "create_response": True,
        "interrupt_response": True,
    }
    client.configure(audio={"input": {"format": {"type": "audio/pcmu"}}})
    assert client.the("session.updated")["session"]["audio"]["input"]["format"] == {"type": "audio/pcmu"}


def test_null_and_empty_values_clear(client: Client) -> None:
    client.configure(tools=[TOOL], audio={"input": {"transcription": {"model": "whisper-1"}}})
    transcription = client.the("session.updated")["session"]["audio"]["input"]["transcription"]
    assert transcription == {"model": "whisper-1", "language": None, "prompt": None}
    client.configure(instructions="", tools=[], audio={"input": {"turn_detection": None, "transcription": None}})
    session = client.the("session.updated")["session"]
    assert (session["instructions"], session["tools"]) == ("", [])
    assert session["audio"]["input"]["turn_detection"] is session["audio"]["input"]["transcription"] is None


@pytest.mark.parametrize(
    ("update", "code", "param"),
    [
        ({"instructions": "?"}, "missing_required_parameter", "session.type"),
        ({"type": "transcription"}, "invalid_value", "session.type"),
        ({"type": "realtime", "turn_detection": None}, "unknown_parameter", "session.turn_detection"),
        ({"type": "realtime", "audio": {"in": {}}}, "unknown_parameter", "session.audio.in"),
        ({"type": "realtime", "audio": []}, "invalid_type", "session.audio"),
        ({"type": "realtime", "output_modalities": ["text", "audio"]}, "invalid_value", "session.output_modalities"),
        ({"type": "realtime", "max_output_tokens": 0}, "invalid_value", "session.max_output_tokens"),
        ({"type": "realtime", "max_output_tokens": True}, "invalid_type", "session.max_output_tokens"),
        ({"type": "realtime", "tools": [{}]}, "missing_required_parameter", "session.tools[0].type"),
        ({"type": "realtime", "audio": {"output": {"speed": 2}}}, "invalid_value", "session.audio.output.speed"),
        ({"type": "realtime", "audio": {"output": {"voice": 1}}}, "invalid_type", "session.audio.output.voice"),
        (
            {"type": "realtime", "audio": {"input": {"format": {"type": "audio/mp3"}}}},
            "invalid_value",
            "session.audio.input.format.type",
        ),
        (
            {"type": "realtime", "audio": {"input": {"turn_detection": {"threshold": 1}}}},
            "missing_required_parameter",
            "session.audio.input.turn_detection.type",
        ),
    ],
)
def test_a_refused_update_changes_nothing(client: Client, update: dict[str, object], code: str, param: str) -> None:
    client.say("session.update", session={"instructions": "Changed!", **update})
    assert (client.error()["code"], client.error()["param"]) == (code, param)
    client.configure()
    assert client.the("session.updated")["session"] == client.the("session.created")["session"]


def test_a_session_update_needs_a_session(client: Client) -> None:
    client.say("session.update")
    assert client.error()["message"] == "Missing required parameter: 'session'."


def test_the_voice_is_fixed_once_it_was_heard(client: Client) -> None:
    client.configure(audio={"output": {"voice": "cedar"}})
    client.say("response.create")
    client.configure(audio={"output": {"voice": "marin"}})
    assert client.error()["code"] == "cannot_update_voice"
    client.configure(audio={"output": {"voice": "cedar", "speed": 1.2}})
    assert client.events[-1]["type"] == "session.updated"


def test_the_voice_stays_when_all_that_was_heard_is_deleted(client: Client) -> None:
    client.say("response.create")
    client.say("conversation.item.delete", item_id=client.the("conversation.item.done")["item"]["id"])
    assert client.events[-1]["type"] == "conversation.item.deleted"
    client.configure(audio={"output": {"voice": "verse"}})
    assert (client.error()["code"], client.error()["param"]) == ("cannot_update_voice", "session.audio.output.voice")


def test_a_response_has_the_voice_that_was_heard_before(client: Client) -> None:
    verse = {"audio": {"output": {"voice": "verse"}}}
    client.say("response.create", response=verse)
    client.say("response.create")
    assert client.the("response.done")["response"]["audio"] == {
        "output": {"voice": "verse", "format": {"type": "audio/pcm", "rate": 24000}}
    }
    client.say("response.create", response=verse)
    assert client.events[-2]["type"] == "response.done"
    client.say("response.create", response={"audio": {"output": {"voice": "alloy"}}})
    assert (client.error()["code"], client.error()["param"]) == ("cannot_update_voice", "response.audio.output.voice")
    assert len(client.all("response.created")) == 3


def test_writing_does_not_fix_the_voice(client: Client) -> None:
    client.say("response.create", response={"output_modalities": ["text"]})
    client.configure(audio={"output": {"voice": "verse"}})
    assert client.events[-1]["type"] == "session.updated"


def test_a_response_cut_before_its_first_sound_does_not_fix_the_voice() -> None:
    client = Client(pace=1.0)
    client.say("response.create")
    client.wait(350)
    assert client.events[-1]["type"] == "response.output_audio_transcript.delta"
    client.say("response.cancel")
    client.configure(audio={"output": {"voice": "verse"}})
    assert client.events[-1]["type"] == "session.updated"


def test_the_model_never_changes(client: Client) -> None:
    client.configure(model="gpt-5")
    assert client.the("session.updated")["session"]["model"] == "gpt-realtime"
