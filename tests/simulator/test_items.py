from base64 import b64decode, b64encode
from typing import Any

import pytest

from .client import Client, kinds


def create(client: Client, item: dict[str, Any], **fields: Any) -> None:
    client.say("conversation.item.create", item=item, **fields)


def text(words: str, **fields: Any) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": words}], **fields}


def test_a_created_item_is_added_and_done_behind_the_one_before(client: Client) -> None:
    client.write("One")
    first = client.the("conversation.item.done")
    assert first["previous_item_id"] is None
    assert kinds(client.write("Two")) == ["conversation.item.added", "conversation.item.done"]
    assert client.the("conversation.item.added")["previous_item_id"] == first["item"]["id"]
    assert client.the("conversation.item.done")["item"] == {
        "id": client.the("conversation.item.added")["item"]["id"],
        "type": "message",
        "status": "completed",
        "role": "user",
        "content": [{"type": "input_text", "text": "Two"}],
    }


def test_items_go_where_they_are_put(client: Client) -> None:
    create(client, text("a", id="a"))
    create(client, text("b", id="b"))
    create(client, text("c", id="c"), previous_item_id="a")
    assert client.the("conversation.item.added")["previous_item_id"] == "a"
    create(client, text("d", id="d"), previous_item_id="root")
    assert client.the("conversation.item.added")["previous_item_id"] is None
    create(client, text("e", id="e"))
    assert client.the("conversation.item.added")["previous_item_id"] == "b"


@pytest.mark.parametrize(
    ("item", "code", "param"),
    [
        ({}, "missing_required_parameter", "item.type"),
        ({"type": "mcp_call"}, "invalid_value", "item.type"),
        ({"type": "message", "role": "robot"}, "invalid_value", "item.role"),
        ({"type": "message", "role": "user"}, "missing_required_parameter", "item.content"),
        ({"type": "message", "role": "user", "content": ["hi"]}, "invalid_type", "item.content[0]"),
        (
            {"type": "message", "role": "assistant", "content": [{"type": "output_audio"}]},
            "invalid_value",
            "item.content[0].type",
        ),
        (
            {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": "?"}]},
            "invalid_value",
            "item.content[0].audio",
        ),
        ({"type": "function_call_output", "call_id": "call_1", "output": "x"}, "invalid_tool_call_id", None),
        (text("x", id=3), "invalid_type", "item.id"),
        (text("x", id="known"), "item_create_duplicate_item_id", "item.id"),
    ],
)
def test_odd_items_are_refused(client: Client, item: dict[str, Any], code: str, param: str | None) -> None:
    create(client, text("x", id="known"))
    told = client.say("conversation.item.create", item=item)
    assert kinds(told) == ["error"]
    assert (client.error()["code"], client.error()["param"]) == (code, param)


def test_a_place_behind_nothing_is_refused(client: Client) -> None:
    create(client, text("x"), previous_item_id="nowhere")
    assert client.error()["code"] == "item_create_invalid_previous_item_id"


def test_a_deleted_item_is_gone(client: Client) -> None:
    create(client, text("x", id="x"))
    client.say("conversation.item.delete", item_id="x")
    assert client.events[-1]["type"] == "conversation.item.deleted"
    client.say("conversation.item.retrieve", item_id="x")
    assert client.error()["code"] == "item_retrieve_invalid_item_id"
    client.say("conversation.item.delete", item_id="x")
    assert client.error()["code"] == "item_delete_invalid_item_id"


def test_users_audio_can_be_retrieved(client: Client) -> None:
    audio = b64encode(b"\1\0" * 4800).decode()
    create(client, {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": audio}]})
    shown = client.the("conversation.item.added")["item"]
    assert shown["content"] == [{"type": "input_audio", "transcript": None}]
    client.say("conversation.item.retrieve", item_id=shown["id"])
    assert client.the("conversation.item.retrieved")["item"]["content"][0]["audio"] == audio


def test_truncation_cuts_the_audio_and_takes_the_transcript(client: Client) -> None:
    client.say("response.create")
    item_id = client.the("response.output_item.done")["item"]["id"]
    where = {"item_id": item_id, "content_index": 0}
    client.say("conversation.item.truncate", **where, audio_end_ms=250)
    assert client.the("conversation.item.truncated")["audio_end_ms"] == 250
    client.say("conversation.item.retrieve", item_id=item_id)
    (part,) = client.the("conversation.item.retrieved")["item"]["content"]
    assert len(b64decode(part["audio"])) == 250 * 48
    assert "transcript" not in part
    client.say("conversation.item.truncate", **where, audio_end_ms=251)
    assert client.error()["message"] == "Audio content of 250ms is already shorter than 251ms"


def test_truncation_is_refused_where_there_is_nothing_to_cut(client: Client) -> None:
    create(client, text("x", id="x"))
    where = {"item_id": "x", "content_index": 0}
    client.say("conversation.item.truncate", **where, audio_end_ms=100)
    assert client.error()["message"] == "Only model output audio messages can be truncated"
    client.say("conversation.item.truncate", **{**where, "item_id": "y"}, audio_end_ms=100)
    assert client.error()["code"] == "item_truncate_invalid_item_id"
    client.say("conversation.item.truncate", **where, audio_end_ms=1.5)
    assert client.error()["code"] == "invalid_type"
    client.say("response.create")
    item_id = client.the("response.output_item.done")["item"]["id"]
    for end_ms, code in ((0, "unsupported_content_type"), (-1, "invalid_value")):
        client.say("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=end_ms)
        assert client.error()["code"] == code
    client.say("conversation.item.truncate", item_id=item_id, content_index=1, audio_end_ms=10)
    assert client.error()["param"] == "content_index"
