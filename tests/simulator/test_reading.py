from .client import Client

CALL = {"type": "function_call", "name": "look", "call_id": "call_1", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "{}"}


def ask(client: Client, *items: dict[str, object]) -> None:
    client.say("response.create", response={"conversation": "none", "input": list(items)})


def test_an_input_may_hold_a_call_and_its_output(client: Client) -> None:
    ask(client, CALL, OUTPUT)
    assert client.the("response.done")["response"]["status"] == "completed"
    assert not client.machine._state.conversation.items


def test_an_output_to_no_call_is_refused(client: Client) -> None:
    ask(client, OUTPUT, CALL)
    assert client.error()["code"] == "invalid_tool_call_id"
    assert not client.all("response.created")


def test_a_call_in_the_conversation_is_known(client: Client) -> None:
    client.say("conversation.item.create", item=CALL)
    ask(client, OUTPUT)
    assert client.all("response.done")


def test_an_item_can_be_named(client: Client) -> None:
    client.write("Two.")
    item_id = client.the("conversation.item.added")["item"]["id"]
    ask(client, {"type": "item_reference", "id": item_id})
    assert client.the("response.output_audio_transcript.done")["transcript"].startswith("A second reply")
    ask(client, {"type": "item_reference", "id": "item_unknown"})
    assert client.error()["param"] == "response.input[0].id"


def test_a_call_id_is_a_string(client: Client) -> None:
    client.say("conversation.item.create", item={**CALL, "call_id": ["call_1"]})
    assert client.error()["param"] == "item.call_id"
