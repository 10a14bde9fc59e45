"""What a response reads: the conversation, or the `input` that stands in for it."""

from rtdebug.simulator.conversation import Item
from rtdebug.simulator.item_fields import check_item
from rtdebug.simulator.items import check_call, new_item, said
from rtdebug.simulator.refusals import Json, Refused, need, quoted
from rtdebug.simulator.state import State


def read(state: State, settings: Json) -> list[Item]:
    """Return the items a response reads, in order."""
    if settings.get("input") is None:
        return list(state.conversation.items)
    items: list[Item] = []
    known = state.conversation.call_ids()
    for number, body in enumerate(settings["input"]):
        item = _referenced(state, body, f"response.input[{number}]")
        if item.body["type"] == "function_call":
            known.add(item.body["call_id"])
        check_call(item, known)
        items.append(item)
    return items


def _referenced(state: State, body: Json, path: str) -> Item:
    """Return the item that is named, or the one that is spelled out."""
    if body["type"] == "item_reference":
        check_item(body, "item_reference", state.manner.shape, path)
        item_id = need(body, "id", str, path=f"{path}.id")
        found = state.conversation.find(item_id)
        if found is None:
            raise Refused(f"Item with id '{quoted(item_id)}' not found.", code="invalid_value", param=f"{path}.id")
        return found
    item = new_item(state, body, path)
    if item.body.get("role") == "user":
        item.turn = state.script.turn(state.turns_heard, said(item.body))
    return item
