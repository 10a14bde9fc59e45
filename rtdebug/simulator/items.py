"""Client events about conversation items: create, delete, truncate, retrieve."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Container

from rtdebug.simulator.audio import Format, format_of
from rtdebug.simulator.conversation import Item
from rtdebug.simulator.item_fields import CONTENT, check_item, check_part
from rtdebug.simulator.refusals import (
    Json,
    Refused,
    bad_audio,
    need,
    no_such_item,
    not_supported,
    out_of_range,
    quoted,
    too_long,
    wrong_type,
)
from rtdebug.simulator.state import Handler, State

_LONGEST_ID = 32
_BEFORE_AUDIO = "Only model output audio messages can be truncated"
_FORMAT_NAMES = {"audio/pcm": "pcm16", "audio/pcmu": "g711_ulaw", "audio/pcma": "g711_alaw"}


def new_item(state: State, body: Json, path: str) -> Item:
    """Make an item of what a client wrote, or refuse it."""
    kind = need(body, "type", str, path=f"{path}.type")
    if kind not in _MAKERS:
        raise not_supported(kind, _MAKERS, f"{path}.type")
    check_item(body, kind, state.manner.shape, path)
    item = _MAKERS[kind](state, body, path)
    given = body.get("id")
    if given is not None and not isinstance(given, str):
        raise wrong_type(given, f"{path}.id", "a string")
    # xAI's own ids are longer than OpenAI takes any.
    if given is not None and len(given) > _LONGEST_ID and state.manner.flavour != "xai":
        raise too_long(given, f"{path}.id", _LONGEST_ID)
    item.body = {"id": given or state.ids.item(), "type": kind, **item.body}
    return item


def check_call(item: Item, known: Container[str]) -> None:
    """Refuse an output that answers none of the calls known."""
    if item.body["type"] == "function_call_output" and item.body["call_id"] not in known:
        message = f"Tool call ID '{quoted(item.body['call_id'])}' not found in conversation."
        raise Refused(message, code="invalid_tool_call_id")


def said(body: Json) -> str | None:
    """Return the words in a message, if there are any."""
    return " ".join(part["text"] for part in body["content"] if "text" in part) or None


def input_format(state: State) -> Format:
    """Return how the session's input audio is written."""
    return format_of(state.session["audio"]["input"]["format"])


def decoded(text: str, path: str) -> bytearray:
    """Decode base64 audio, or refuse it."""
    try:
        data = bytearray(b64decode(text, validate=True))
    except (Base64Error, ValueError):
        raise bad_audio(path, "an invalid value") from None
    if not data:
        raise bad_audio(path, "empty bytes")
    return data


def _message(state: State, body: Json, path: str) -> Item:
    role = need(body, "role", str, path=f"{path}.role")
    if role not in CONTENT:
        raise not_supported(role, CONTENT, f"{path}.role")
    item = Item({"status": "completed", "role": role, "content": []})
    for place, part in enumerate(need(body, "content", list, path=f"{path}.content")):
        item.body["content"].append(_part(state, item, part, role, f"{path}.content[{place}]"))
    return item


def _part(state: State, item: Item, part: object, role: str, path: str) -> Json:
    if not isinstance(part, dict):
        raise wrong_type(part, path, "an object")
    kind = need(part, "type", str, path=f"{path}.type")
    if kind not in CONTENT[role]:
        raise not_supported(kind, CONTENT[role], f"{path}.type")
    check_part(part, role, state.manner.shape, path)
    if kind.endswith("_text"):
        return {"type": kind, "text": need(part, "text", str, path=f"{path}.text")}
    if kind == "input_image":
        detail = {"detail": part["detail"]} if part.get("detail") is not None else {}
        return {"type": kind, "image_url": need(part, "image_url", str, path=f"{path}.image_url"), **detail}
    item.format = input_format(state)
    item.audio += decoded(need(part, "audio", str, path=f"{path}.audio"), f"{path}.audio")
    return {"type": kind, "transcript": part.get("transcript")}


def _function_call(state: State, body: Json, path: str) -> Item:
    name = need(body, "name", str, path=f"{path}.name")
    arguments = need(body, "arguments", str, path=f"{path}.arguments")
    call_id = body.get("call_id")
    if call_id is not None and not isinstance(call_id, str):
        raise wrong_type(call_id, f"{path}.call_id", "a string")
    call_id = call_id or state.ids.call()
    return Item({"status": "completed", "name": name, "call_id": call_id, "arguments": arguments})


def _function_call_output(state: State, body: Json, path: str) -> Item:
    call_id = need(body, "call_id", str, path=f"{path}.call_id")
    output = need(body, "output", str, path=f"{path}.output")
    return Item({"call_id": call_id, "output": output})


_MAKERS = {
    "message": _message,
    "function_call": _function_call,
    "function_call_output": _function_call_output,
}


def _create(state: State, event: Json) -> None:
    item = new_item(state, need(event, "item", dict), "item")
    check_call(item, state.conversation.call_ids())
    if state.conversation.find(item.id) is not None:
        raise Refused(
            f"Error creating item: an item with id '{quoted(item.id)}' already exists.",
            code="item_create_duplicate_item_id",
            param="item.id",
        )
    after = event.get("previous_item_id")
    if after is not None and not isinstance(after, str):
        raise wrong_type(after, "previous_item_id", "a string")
    previous = state.conversation.add(item, after)
    if item.body.get("role") == "user":
        item.turn = state.next_turn(said(item.body))
    state.send("conversation.item.added", previous_item_id=previous, item=dict(item.body))
    state.send("conversation.item.done", previous_item_id=previous, item=dict(item.body))


def _delete(state: State, event: Json) -> None:
    item = _named(state, event, "delete")
    state.conversation.remove(item)
    state.send("conversation.item.deleted", item_id=item.id)


def _truncate(state: State, event: Json) -> None:
    end_ms = need(event, "audio_end_ms", int)
    content_index = need(event, "content_index", int)
    item = _named(state, event, "truncate")
    if not item.is_output_audio or item.audio_ms == 0 or end_ms == 0:
        raise Refused(_BEFORE_AUDIO, code="unsupported_content_type")
    if content_index != 0:
        raise out_of_range(content_index, "content_index", "the index of an audio content part")
    if end_ms < 0:
        raise out_of_range(end_ms, "audio_end_ms", "a value of at least 0")
    if end_ms > item.audio_ms:
        message = f"Audio content of {item.audio_ms}ms is already shorter than {end_ms}ms"
        raise Refused(message, code="invalid_value", param="audio_end_ms")
    item.heard_ms = end_ms
    state.send("conversation.item.truncated", item_id=item.id, content_index=0, audio_end_ms=end_ms)


def _retrieve(state: State, event: Json) -> None:
    state.send("conversation.item.retrieved", item=_shown(_named(state, event, "retrieve")))


def _named(state: State, event: Json, verb: str) -> Item:
    item_id = need(event, "item_id", str)
    item = state.conversation.find(item_id)
    if item is None:
        raise no_such_item(verb, item_id)
    return item


def _shown(item: Item) -> Json:
    """Return an item with its audio, and without the words a truncation took."""
    if item.format is None or not item.body["content"]:
        return dict(item.body)
    size = None if item.heard_ms is None else item.format.size(item.heard_ms)
    audio = b64encode(item.audio[:size]).decode()
    sound = {"audio": audio, "format": _FORMAT_NAMES[item.format.type]}
    content = [part if part["type"].endswith("_text") else {**part, **sound} for part in item.body["content"]]
    if item.heard_ms is not None:
        content = [{key: value for key, value in part.items() if key != "transcript"} for part in content]
    return {**item.body, "content": content}


HANDLERS: dict[str, Handler] = {
    "conversation.item.create": _create,
    "conversation.item.delete": _delete,
    "conversation.item.truncate": _truncate,
    "conversation.item.retrieve": _retrieve,
}
