from typing import Any

import pytest

from rtdebug.simulator.options import Manner

from .client import Client

HELLO = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello."}]}
CALL = {"type": "function_call", "name": "look", "call_id": "call_1", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "{}"}
ALIKE = {"object": "realtime.item", "status": "completed"}


def part(**fields: Any) -> dict[str, Any]:
    return {**HELLO, "content": [{"type": "input_text", "text": "Hello.", **fields}]}


@pytest.mark.parametrize(
    "item",
    [
        {**HELLO, **ALIKE, "id": "mine"},
        part(transcript=None),
        {**HELLO, "role": "assistant", "phase": "commentary", "content": [{"type": "output_text", "text": "Hi."}]},
        {**CALL, **ALIKE, "id": "mine"},
    ],
)
def test_all_that_an_item_may_have_is_taken(client: Client, item: dict[str, Any]) -> None:
    client.say("conversation.item.create", item=item)
    assert client.all("error") == []


@pytest.mark.parametrize(
    ("item", "param"),
    [
        ({**HELLO, "name": "Ann"}, "item.name"),
        ({**HELLO, "metadata": {}}, "item.metadata"),
        (part(cache=True), "item.content[0].cache"),
        (
            {**HELLO, "role": "system", "content": [{"type": "input_text", "text": "", "audio": ""}]},
            "item.content[0].audio",
        ),
        ({**CALL, "output": ""}, "item.output"),
        ({**OUTPUT, "name": "look"}, "item.name"),
    ],
)
def test_a_field_that_an_item_does_not_have_is_refused(client: Client, item: dict[str, Any], param: str) -> None:
    client.say("conversation.item.create", item=item)
    assert (client.error()["code"], client.error()["param"]) == ("unknown_parameter", param)
    assert client.error()["message"] == f"Unknown parameter: '{param}'."
    assert client.all("conversation.item.added") == []


IMAGE = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}


@pytest.mark.parametrize(
    ("item", "param"),
    [
        ({**HELLO, "status": "finished"}, "item.status"),
        ({**CALL, "object": "thing"}, "item.object"),
        ({**HELLO, "content": [{**IMAGE, "detail": "great"}]}, "item.content[0].detail"),
    ],
)
def test_a_word_that_a_field_does_not_know_is_refused(client: Client, item: dict[str, Any], param: str) -> None:
    client.say("conversation.item.create", item=item)
    assert (client.error()["code"], client.error()["param"]) == ("invalid_value", param)
    assert client.all("conversation.item.added") == []


def test_an_image_keeps_its_detail(client: Client) -> None:
    client.say("conversation.item.create", item={**HELLO, "content": [{**IMAGE, "detail": "high"}, IMAGE]})
    assert client.the("conversation.item.added")["item"]["content"] == [{**IMAGE, "detail": "high"}, IMAGE]


def test_an_id_has_32_characters_at_most() -> None:
    client = Client()
    client.say("conversation.item.create", item={**HELLO, "id": "x" * 32})
    client.say("conversation.item.create", item={**HELLO, "id": "y" * 36})
    assert [event["item"]["id"] for event in client.all("conversation.item.added")] == ["x" * 32]
    assert (client.error()["code"], client.error()["param"]) == ("string_above_max_length", "item.id")
    assert client.error()["message"] == (
        "Invalid 'item.id': string too long. Expected a string with maximum length 32, "
        "but got a string with length 36 instead."
    )
    xai = Client(manner=Manner("xai"))
    xai.say("conversation.item.create", item={**HELLO, "id": "y" * 36})
    assert xai.all("error") == []


def test_so_it_is_in_what_a_response_reads(client: Client) -> None:
    for number, item in enumerate([{**HELLO, "x": 1}, {"type": "item_reference", "id": "a", "x": 1}]):
        client.say("response.create", response={"input": [HELLO] * number + [item]})
        assert (client.error()["code"], client.error()["param"]) == ("unknown_parameter", f"response.input[{number}].x")
    assert client.all("response.created") == []


def test_beta_had_one_type_for_all_items() -> None:
    client = Client(manner=Manner(shape="beta"))
    client.say("conversation.item.create", item={**part(id="part_1"), "name": None, "call_id": None})
    assert client.all("error") == []
    client.say("conversation.item.create", item={**HELLO, "phase": "commentary"})
    assert client.error()["param"] == "item.phase"
