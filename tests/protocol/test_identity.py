"""Which fields hold ids, and which hold what differs from call to call."""

from typing import Any

import orjson
import pytest

from rtdebug.protocol.event import Event, EventReader
from rtdebug.protocol.identity import TIMES, ids_in, kind_of, made_item, summary
from rtdebug.recording.format import Entry
from rtdebug.wire.messages import Sender


def event(type_: str, sender: Sender = "server", **fields: Any) -> Event:
    return EventReader().read(Entry(2, 0, sender, "message", {}, orjson.dumps({"type": type_, **fields})))


@pytest.mark.parametrize(
    ("told", "ids"),
    [
        (event("session.created", event_id="e", session={"id": "s", "prompt": {"id": "p"}}), {"e", "s"}),
        (event("conversation.item.added", previous_item_id="a", item={"id": "b", "call_id": "c"}), {"a", "b", "c"}),
        (event("conversation.item.added", previous_item_id="root", item={"id": None}), set()),
        (event("response.done", response={"id": "r", "output": [{"id": "i"}, {"call_id": "c"}]}), {"r", "i", "c"}),
        (event("response.create", response={"input": [{"type": "item_reference", "id": "i"}]}), {"i"}),
        (event("error", error={"event_id": "mine"}), {"mine"}),
        (event("vendor.news", id="v", thing_id="t", name="n", inner={"id": "x"}), {"v", "t"}),
        (event("conversation.item.added", item=["no", "object"]), set()),
    ],
)
def test_ids_are_found_where_they_stand(told: Event, ids: set[str]) -> None:
    assert {found for _, found in ids_in(told)} == ids


def test_times_are_found_and_other_numbers_are_not() -> None:
    text = b'{"expires_at":1700000000,"created_at" : 1700000000,"total":1700000000,"timestamp":1700000000000}'
    assert len(TIMES.findall(text)) == 3


def test_events_are_told_apart_in_a_few_words() -> None:
    said = event(
        "conversation.item.create", "client", item={"type": "message", "role": "user", "content": [{"text": "Hi"}]}
    )
    assert (kind_of(said), summary(said)) == (("conversation.item.create", "message", "user"), "message user Hi")
    given = event(
        "conversation.item.create", "client", item={"type": "function_call_output", "call_id": "c", "output": "1"}
    )
    assert summary(given) == "function_call_output c 1"
    assert made_item(event("conversation.item.truncate", "client", item_id="i")) == "i"
