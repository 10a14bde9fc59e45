from typing import Any

import pytest

from .client import Client

HUGE = "x" * 1_000_000
HELLO = {"type": "message", "role": "user", "content": []}


@pytest.mark.parametrize(
    "event",
    [
        {"type": HUGE},
        {"type": "session.update", "session": {"type": "realtime", HUGE: 1}},
        {"type": "session.update", "session": {"type": "realtime", "output_modalities": [HUGE]}},
        {"type": "session.update", "session": {"type": "realtime", "tools": [{"type": HUGE}]}},
        {"type": "conversation.item.retrieve", "item_id": HUGE},
        {"type": "conversation.item.create", "item": HELLO, "previous_item_id": HUGE},
        {"type": "conversation.item.create", "item": {"type": "function_call_output", "call_id": HUGE, "output": ""}},
        {"type": "conversation.item.create", "item": {**HELLO, HUGE: 1}},
        {"type": "response.create", "response": {"input": [{"type": "item_reference", "id": HUGE}]}},
        {"type": "response.create", "response": {"metadata": {HUGE: 1}}},
    ],
    ids=lambda event: event["type"][:40],
)
def test_what_is_repeated_of_the_client_is_short(client: Client, event: dict[str, Any]) -> None:
    client.send(event)
    error = client.error()
    assert len(str(error)) < 1200
    assert "…" in error["message"]


def test_an_id_in_use_is_repeated_in_short(client: Client) -> None:
    for _ in range(2):
        client.say("conversation.item.create", item={**HELLO, "id": HUGE})
    assert len(client.error()["message"]) < 400


def test_an_unlisted_null_is_called_what_json_calls_it(client: Client) -> None:
    client.say("session.update", session={"type": None})
    assert client.error()["message"] == "Invalid type for 'session.type': expected a string, but got null instead."


def test_what_is_short_is_repeated_as_it_is(client: Client) -> None:
    client.send({"type": "no.such.event"})
    assert client.error()["message"].startswith(
        "Invalid value: 'no.such.event'. Supported values are: 'session.update',"
    )
