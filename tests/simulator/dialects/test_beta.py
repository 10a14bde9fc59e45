import pytest

from rtdebug.simulator.options import Manner

from ..client import TOOL, Client, kinds

VOICE = b"\x00\x40\x00\xc0" * 12


@pytest.fixture
def beta() -> Client:
    return Client(manner=Manner(shape="beta"))


def ask(client: Client, **response: object) -> list[dict[str, object]]:
    return client.say("response.create", response=response)


def test_a_session_is_flat(beta: Client) -> None:
    session = beta.the("session.created")["session"]
    assert session["object"] == "realtime.session"
    assert session["modalities"] == ["audio", "text"]
    assert (session["input_audio_format"], session["output_audio_format"]) == ("pcm16", "pcm16")
    assert (session["temperature"], session["max_response_output_tokens"], session["voice"]) == (0.8, "inf", "alloy")
    assert "idle_timeout_ms" not in session["turn_detection"]
    assert not {"type", "audio", "output_modalities", "truncation"} & set(session)


def test_a_spoken_answer_comes_under_the_old_names_and_in_the_old_order(beta: Client) -> None:
    assert kinds(beta.write("Two.")) == ["conversation.item.created"]
    assert kinds(ask(beta)) == [
        "response.created",
        "rate_limits.updated",
        "response.output_item.added",
        "conversation.item.created",
        "response.content_part.added",
        "response.audio_transcript.delta",
        "response.audio.done",
        "response.audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.done",
    ]
    assert [limit["name"] for limit in beta.the("rate_limits.updated")["rate_limits"]] == ["requests", "tokens"]


def test_a_response_and_its_items_are_shaped_as_they_were(beta: Client) -> None:
    ask(beta, modalities=["text"], temperature=0.7, max_response_output_tokens=200)
    response = beta.the("response.done")["response"]
    assert (response["modalities"], response["temperature"], response["max_output_tokens"]) == (["text"], 0.7, 200)
    assert (response["voice"], response["output_audio_format"]) == ("alloy", "pcm16")
    assert not {"audio", "output_modalities"} & set(response)
    (item,) = response["output"]
    assert (item["object"], item["content"]) == ("realtime.item", [{"type": "text", "text": "Hello there!"}])
    assert "image_tokens" not in response["usage"]["input_token_details"]
    assert "image_tokens" not in response["usage"]["input_token_details"]["cached_tokens_details"]
    assert beta.all("response.text.delta")


def test_a_response_cancelled_early_used_nothing() -> None:
    beta = Client(manner=Manner(shape="beta"), pace=1.0)
    beta.say("response.create")
    assert kinds(beta.say("response.cancel")) == ["response.done"]
    assert beta.the("response.done")["response"]["usage"]["total_tokens"] == 0


def test_a_call_says_its_name_in_its_item_only(beta: Client) -> None:
    beta.say("session.update", session={"tools": [TOOL]})
    beta.write("Look it up.")
    ask(beta)
    assert "name" not in beta.the("response.function_call_arguments.done")
    assert beta.the("response.output_item.done")["item"]["name"] == "look"


def test_an_update_is_flat_and_needs_no_type(beta: Client) -> None:
    beta.say(
        "session.update",
        session={
            "modalities": ["text"],
            "input_audio_format": "g711_ulaw",
            "turn_detection": None,
            "temperature": 1.2,
            "voice": "sage",
            "max_response_output_tokens": 50,
        },
    )
    session = beta.the("session.updated")["session"]
    assert (session["modalities"], session["input_audio_format"]) == (["text"], "g711_ulaw")
    assert (session["turn_detection"], session["temperature"], session["voice"]) == (None, 1.2, "sage")


@pytest.mark.parametrize(
    ("update", "code", "param"),
    [
        ({"temperature": 1.3}, "invalid_value", "session.temperature"),
        ({"temperature": 0.5}, "invalid_value", "session.temperature"),
        ({"type": "realtime"}, "unknown_parameter", "session.type"),
        ({"audio": {}}, "unknown_parameter", "session.audio"),
        ({"id": "sess_1"}, "unknown_parameter", "session.id"),
        ({"modalities": ["audio"]}, "invalid_value", "session.modalities"),
        ({"input_audio_format": "mp3"}, "invalid_value", "session.input_audio_format"),
        ({"voice": 1}, "invalid_type", "session.voice"),
        ({"turn_detection": {"type": "x"}}, "invalid_value", "session.turn_detection.type"),
        ({"max_response_output_tokens": 0}, "invalid_value", "session.max_response_output_tokens"),
    ],
)
def test_refusals_name_the_flat_field_and_change_nothing(
    beta: Client, update: dict[str, object], code: str, param: str
) -> None:
    beta.say("session.update", session={"instructions": "Changed!", **update})
    error = beta.error()
    assert (error["code"], error["param"]) == (code, param)
    assert param in error["message"] or error["message"].startswith("Invalid value")
    beta.say("session.update", session={})
    assert beta.the("session.updated")["session"] == beta.the("session.created")["session"]


def test_the_assistants_history_is_written_as_text(beta: Client) -> None:
    item = {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "Before."}]}
    beta.say("conversation.item.create", item=item)
    assert beta.the("conversation.item.created")["item"]["content"] == [{"type": "text", "text": "Before."}]
    beta.say("response.create", response={"conversation": "none", "input": [item], "modalities": ["text"]})
    assert beta.the("response.done")["response"]["conversation_id"] is None


def test_a_heard_item_is_retrieved_under_its_old_name(beta: Client) -> None:
    ask(beta)
    item_id = beta.the("response.output_item.done")["item"]["id"]
    beta.say("conversation.item.retrieve", item_id=item_id)
    assert beta.the("conversation.item.retrieved")["item"]["content"][0]["type"] == "audio"


@pytest.mark.parametrize("event", [{"type": ["x"]}, {}, {"type": "session.update"}, {"type": "response.create"}])
def test_odd_events_are_left_to_the_machine(beta: Client, event: dict[str, object]) -> None:
    assert beta.send(event)


def test_a_transcription_session_has_events_of_its_own() -> None:
    beta = Client(manner=Manner(shape="beta", transcribes=True))
    assert beta.events[0]["type"] == "transcription_session.created"
    beta.say("transcription_session.update", session={"input_audio_transcription": {"model": "whisper-1"}})
    session = beta.the("transcription_session.updated")["session"]
    assert session["input_audio_transcription"]["model"] == "whisper-1"
    assert "voice" not in session
    beta.speak(VOICE * 300 + bytes(48 * 1000))
    beta.wait(3000)
    assert kinds(beta.events)[2:] == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.created",
        "conversation.item.input_audio_transcription.delta",
        "conversation.item.input_audio_transcription.completed",
    ]
