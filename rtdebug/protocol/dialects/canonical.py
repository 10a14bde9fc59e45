"""Events in GA's shape, whichever dialect told them."""

from collections.abc import Callable
from typing import Any, Final

from rtdebug.protocol.catalog import CATALOG
from rtdebug.protocol.dialects.configuration import Json, each, nested, session, within

WIRE_STATUS_DETAILS: Final = "_wire_status_details"
"""Where a response keeps `status_details` that are no object: xAI sends a word without a meaning."""

_RENAMED: Final = {row.type: row.canonical for row in CATALOG.values() if row.canonical != row.type}
_SPOKEN_PARTS: Final = {"text": "output_text", "audio": "output_audio"}


def canonical_type(wire_type: str) -> str:
    """Return the GA name of an event type; itself where it has none."""
    return _RENAMED.get(wire_type, wire_type)


def canonical(wire_type: str, data: Json) -> Json:
    """Return an event in GA's shape: the same object where it is in that shape already."""
    reshape = _RESHAPERS.get(wire_type)
    if reshape is not None:
        data = reshape(data)
    name = _RENAMED.get(wire_type)
    return data if name is None else {**data, "type": name}


def _objects(change: Callable[[Json], Json]) -> Callable[[Any], Any]:
    return lambda value: change(value) if isinstance(value, dict) else value


def _item(item: Json) -> Json:
    """What an assistant says is `output_…` in GA, as what a user says is `input_…` everywhere."""
    if item.get("role") != "assistant":
        return item
    return within(item, "content", lambda parts: each(parts, _part))


def _part(part: Json) -> Json:
    kind = part.get("type")
    spoken = _SPOKEN_PARTS.get(kind) if isinstance(kind, str) else None
    return part if spoken is None else {**part, "type": spoken}


def _options(response: Json) -> Json:
    return within(nested(response), "input", lambda items: each(items, _item))


def _response(response: Json) -> Json:
    new = within(nested(response), "output", lambda items: each(items, _item))
    details = new.get("status_details")
    if details is not None and not isinstance(details, dict):
        new = {**new, "status_details": None, WIRE_STATUS_DETAILS: details}
    return within(new, "usage", lambda usage: None if usage == {} else usage)


def _done(data: Json) -> Json:
    """Take a response's end; where xAI says beside the response what it used, put that into it."""
    new = _with_response(data)
    response, usage = new.get("response"), new.get("usage")
    if not isinstance(response, dict) or not isinstance(usage, dict) or not usage or response.get("usage"):
        return new
    rest = {name: held for name, held in new.items() if name != "usage"}
    return {**rest, "response": {**response, "usage": usage}}


def _with_session(kind: str, *, always: bool) -> Callable[[Json], Json]:
    change = _objects(lambda config: session(config, kind=kind, always=always))
    return lambda data: within(data, "session", change)


def _with_item(data: Json) -> Json:
    return within(data, "item", _objects(_item))


def _with_response(data: Json) -> Json:
    return within(data, "response", _objects(_response))


_RESHAPERS: Final[dict[str, Callable[[Json], Json]]] = {
    "session.update": _with_session("realtime", always=False),
    "session.created": _with_session("realtime", always=True),
    "session.updated": _with_session("realtime", always=True),
    "transcription_session.update": _with_session("transcription", always=True),
    "transcription_session.created": _with_session("transcription", always=True),
    "transcription_session.updated": _with_session("transcription", always=True),
    "conversation.item.create": _with_item,
    "conversation.item.added": _with_item,
    "conversation.item.created": _with_item,
    "conversation.item.done": _with_item,
    "conversation.item.retrieved": _with_item,
    "response.create": lambda data: within(data, "response", _objects(_options)),
    "response.created": _with_response,
    "response.output_item.added": _with_item,
    "response.output_item.done": _with_item,
    "response.done": _done,
}
