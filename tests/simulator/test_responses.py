from base64 import b64decode

import pytest

from .client import TOOL, Client, assert_in_order, assert_usage_adds_up, hum, kinds

MESSAGE_HEAD = [
    "response.created",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
]
ITEM_TAIL = ["conversation.item.done", "response.output_item.done", "response.done", "rate_limits.updated"]


def test_a_spoken_response_comes_in_the_wires_order(client: Client) -> None:
    told = client.say("response.create")
    assert kinds(told) == [
        *MESSAGE_HEAD,
        "response.output_audio_transcript.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        *ITEM_TAIL,
    ]
    deltas = [event for event in told if event["type"].endswith(".delta")]
    sound = [place for place, event in enumerate(deltas) if event["type"] == "response.output_audio.delta"]
    words = [place for place, event in enumerate(deltas) if "transcript" in event["type"]]
    assert words[0] < sound[0]
    assert words[-1] < sound[-1]
    assert b"".join(b64decode(deltas[place]["delta"]) for place in sound) == hum("Hello there!")
    assert "".join(deltas[place]["delta"] for place in words) == "Hello there!"
    (item,) = client.the("response.done")["response"]["output"]
    assert item["content"] == [{"type": "output_audio", "transcript": "Hello there!"}]


def test_a_written_response_has_no_audio(client: Client) -> None:
    client.configure(output_modalities=["text"])
    told = client.say("response.create")
    assert kinds(told) == [
        *MESSAGE_HEAD,
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        *ITEM_TAIL,
    ]
    assert client.the("response.output_text.done")["text"] == "Hello there!"
    assert client.the("response.done")["response"]["usage"]["output_token_details"]["audio_tokens"] == 0


def test_what_is_created_is_what_is_done(client: Client) -> None:
    client.say("response.create")
    created, done = client.the("response.created")["response"], client.the("response.done")["response"]
    assert list(created) == list(done)
    assert (created["status"], created["usage"], created["output"]) == ("in_progress", None, [])
    assert (done["status"], done["status_details"]) == ("completed", None)
    assert created["conversation_id"] == done["conversation_id"]


def test_a_tool_is_called_and_its_output_answered(client: Client) -> None:
    client.configure(tools=[TOOL])
    client.write("Look it up.")
    told = client.say("response.create")
    assert kinds(told) == [
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        *ITEM_TAIL,
    ]
    done = client.the("response.function_call_arguments.done")
    assert (done["name"], done["arguments"]) == ("look", '{"at": "sky"}')
    answer = {"type": "function_call_output", "call_id": done["call_id"], "output": "blue"}
    client.say("conversation.item.create", item=answer)
    client.say("response.create")
    assert client.the("response.output_audio_transcript.done")["transcript"] == "It is there."


@pytest.mark.parametrize(
    ("session", "calls"),
    [
        ({}, False),
        ({"tools": [TOOL], "tool_choice": "none"}, False),
        ({"tools": [{**TOOL, "name": "other"}]}, False),
        ({"tools": [{**TOOL, "name": "other"}], "tool_choice": "required"}, True),
        ({"tools": [TOOL], "tool_choice": {"type": "function", "name": "look"}}, True),
    ],
)
def test_tools_are_called_as_the_session_has_it(client: Client, session: dict[str, object], calls: bool) -> None:
    client.configure(**session)
    client.write("Look it up.")
    client.say("response.create")
    assert bool(client.all("response.function_call_arguments.done")) is calls


def test_overrides_hold_for_one_response(client: Client) -> None:
    output = {"format": {"type": "audio/pcmu"}, "voice": "alloy"}
    client.say("response.create", response={"audio": {"output": output}, "metadata": {"a": "b"}})
    response = client.the("response.done")["response"]
    assert response["audio"]["output"] == output
    assert response["metadata"] == {"a": "b"}
    sound = b"".join(b64decode(event["delta"]) for event in client.all("response.output_audio.delta"))
    assert len(sound) == len(hum("Hello there!")) // 6
    client.say("response.create")
    assert client.the("response.done")["response"]["audio"]["output"]["format"]["type"] == "audio/pcm"
    assert client.the("response.done")["response"]["metadata"] is None


@pytest.mark.parametrize(
    ("override", "param"),
    [
        ({"modalities": ["text"]}, "response.modalities"),
        ({"metadata": {"k": "v" * 513}}, "response.metadata.k"),
        ({"metadata": {str(n): "" for n in range(17)}}, "response.metadata"),
        ({"conversation": "other"}, "response.conversation"),
        ({"input": [{"type": "item_reference", "id": "none"}]}, "response.input[0].id"),
        ({"input": [{"id": "none"}]}, "response.input[0].type"),
        ([], "response"),
    ],
)
def test_odd_overrides_are_refused(client: Client, override: object, param: str) -> None:
    assert kinds(client.say("response.create", response=override)) == ["error"]
    assert client.error()["param"] == param


def test_the_default_conversation_has_room_for_one() -> None:
    client = Client(pace=1.0)
    client.say("response.create")
    client.say("response.create", event_id="mine")
    running = client.the("response.created")["response"]["id"]
    assert client.error()["message"] == (
        f"Conversation already has an active response in progress: {running}. "
        "Wait until the response is finished before creating a new one."
    )
    assert client.error()["event_id"] == "mine"
    client.wait_for("rate_limits.updated")
    assert len(client.all("response.created")) == len(client.all("response.done")) == 1


def test_out_of_band_responses_run_beside_it_and_leave_no_trace() -> None:
    client = Client(pace=1.0)
    client.say("response.create")
    for topic in "ab":
        client.say("response.create", response={"conversation": "none", "input": [], "metadata": {"topic": topic}})
    client.wait(10_000)
    done = [event["response"] for event in client.all("response.done")]
    assert sorted(str(response["metadata"]) for response in done) == ["None", "{'topic': 'a'}", "{'topic': 'b'}"]
    assert sum(response["conversation_id"] is None for response in done) == 2
    assert len(client.all("conversation.item.added")) == 1
    assert_in_order(client.events)


def test_a_response_may_read_its_own_input(client: Client) -> None:
    client.write("Two.")
    item_id = client.the("conversation.item.done")["item"]["id"]
    own = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "More?"}]}
    client.say("response.create", response={"conversation": "none", "input": [own]})
    assert client.the("response.output_audio_transcript.done")["transcript"] == "There is more."
    reference = {"type": "item_reference", "id": item_id}
    client.say("response.create", response={"conversation": "none", "input": [reference]})
    assert client.the("response.output_audio_transcript.done")["transcript"].startswith("A second reply")


def test_a_cancelled_response_is_closed_out() -> None:
    client = Client(pace=1.0)
    client.write("Two.")
    client.say("response.create")
    client.wait(700)
    told = client.say("response.cancel")
    assert kinds(told) == [
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        *ITEM_TAIL,
    ]
    response = client.the("response.done")["response"]
    assert response["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
    assert response["output"][0]["status"] == "incomplete"
    assert 0 < response["usage"]["output_token_details"]["audio_tokens"] < 40
    assert client.wait(10_000) == []
    assert_in_order(client.events)


def test_cancelled_before_any_output_there_is_nothing_between() -> None:
    client = Client(pace=1.0)
    client.say("response.create")
    assert kinds(client.say("response.cancel")) == ["response.done"]
    response = client.the("response.done")["response"]
    assert (response["output"], response["usage"]["total_tokens"]) == ([], 0)
    client.say("response.cancel")
    assert client.error()["code"] == "response_cancel_not_active"


def test_an_out_of_band_response_is_cancelled_by_its_id() -> None:
    client = Client(pace=1.0)
    client.say("response.create", response={"conversation": "none"})
    client.say("response.cancel")
    assert client.error()["code"] == "response_cancel_not_active"
    client.say("response.cancel", response_id=client.the("response.created")["response"]["id"])
    assert client.events[-1]["response"]["status"] == "cancelled"


def test_a_response_stops_at_its_token_limit(client: Client) -> None:
    client.write("Two.")
    client.say("response.create", response={"max_output_tokens": 10})
    response = client.the("response.done")["response"]
    assert response["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
    assert response["output"][0]["status"] == "incomplete"
    assert response["usage"]["output_tokens"] == 10


@pytest.mark.parametrize("modality", ["text", "audio"])
@pytest.mark.parametrize("limit", [1, 2, 30, 41, 55])
def test_no_more_tokens_are_made_than_the_limit_allows(client: Client, modality: str, limit: int) -> None:
    client.write("Two.")
    client.say("response.create", response={"max_output_tokens": limit, "output_modalities": [modality]})
    response = client.the("response.done")["response"]
    assert response["usage"]["output_tokens"] <= limit
    made_ms = sum(len(b64decode(event["delta"])) for event in client.all("response.output_audio.delta")) / 48
    assert response["usage"]["output_token_details"]["audio_tokens"] == made_ms / 50
    assert_in_order(client.events)


def test_a_cancel_names_a_response_with_a_string(client: Client) -> None:
    client.say("response.cancel", response_id=4)
    assert (client.error()["code"], client.error()["param"]) == ("invalid_type", "response_id")


def test_usage_grows_with_the_conversation_and_is_partly_cached(client: Client) -> None:
    client.configure(instructions="Be brief. " * 50)
    read = []
    for _ in range(4):
        client.write("Two.")
        client.say("response.create")
        usage = client.the("response.done")["response"]["usage"]
        assert_usage_adds_up(usage)
        read.append(usage["input_tokens"])
        made_ms = len(hum("A second reply, a little longer than the first one.")) / 48
        assert usage["output_token_details"]["audio_tokens"] == made_ms / 50
    assert read == sorted(set(read))
    assert usage["input_token_details"]["cached_tokens"] >= 128
    assert usage["input_token_details"]["cached_tokens_details"]["audio_tokens"] >= 64


def test_a_change_at_the_beginning_empties_the_cache(client: Client) -> None:
    client.configure(instructions="Be brief. " * 50)
    client.say("response.create")
    client.configure(instructions="Be long. " * 50)
    client.say("response.create")
    assert client.the("response.done")["response"]["usage"]["input_token_details"]["cached_tokens"] == 0
