"""What of an event is the call's own and differs when the call is made again: ids, times, secrets.

And what a client may say in another way and still mean the same. Tables, and looking things up in them.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from rtdebug.protocol.catalog import CATALOG
from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import inside, text_in

TIMES: Final = re.compile(rb'("(?:expires_at|created_at|received_at|timestamp)"\s*:\s*)(\d{9,13})\b')
"""Points in time, as they stand in a message: seconds since the epoch, or milliseconds."""
EXPIRES: Final = b'"expires_at"'
"""The one of them that clients look at."""
UNESSENTIAL: Final = frozenset(
    {"event_id", "item.id", "item.object", "item.status", "previous_item_id", "session.object", "audio_end_ms"}
)
"""Fields of client events that may differ, or be left out, without the conversation being another one."""
JSON_TEXTS: Final = frozenset({"item.output", "item.arguments"})
"""Fields that hold JSON as text: spelled differently, it says the same."""
_NO_IDS: Final = frozenset({"root", "none", "auto", ""})
"""Words that stand where ids do."""
_STEP: Final = re.compile(r"[^.\[\]]+|\[\]")


def ids_in(event: Event) -> Iterator[tuple[str, str]]:
    """Yield where an event holds ids, and these; of an event that nobody knows, those at its top."""
    row = CATALOG.get(event.type)
    paths = row.ids if row else [name for name in event.data if name == "id" or name.endswith("_id")]
    for path in ("event_id", *paths):
        for found in _at(event.data, _steps(path)):
            if isinstance(found, str) and found not in _NO_IDS:
                yield path, found


@lru_cache(maxsize=1024)
def _steps(path: str) -> list[str]:
    return _STEP.findall(path)


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield value
    elif path[0] == "[]":
        for inner in value if isinstance(value, list) else ():
            yield from _at(inner, path[1:])
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _at(value[path[0]], path[1:])


def made_item(event: Event) -> str:
    """Return the id of the item that an event is about, "" where it names none."""
    return text_in(event.data, "item", "id") or text_in(event.data, "item_id")


def kind_of(event: Event) -> tuple[str, str, str]:
    """Say what a client event asks for, as far as two of them have to agree to be compared at all."""
    return event.type, text_in(event.data, "item", "type"), text_in(event.data, "item", "role")


def asked_model(event: Event) -> str:
    """Return the model that a session runs on, "" where an event does not say."""
    return text_in(event.data, "session", "model")


def tool_call(event: Event) -> str:
    """Return the call that a client event answers, "" where it answers none."""
    return text_in(event.data, "item", "call_id") or text_in(event.data, "item", "approval_request_id")


def is_tool_output(event: Event) -> bool:
    """Say whether a client event hands in what a tool gave."""
    return text_in(event.data, "item", "type") in ("function_call_output", "mcp_approval_response")


def summary(event: Event) -> str:
    """Say in a few words which event this is, among others of its type."""
    item = inside(event.data, "item")
    if isinstance(item, Mapping):
        call = tool_call(event)
        words = text_in(item, "output") if call else " ".join(_words(item))
        return " ".join(part for part in (text_in(item, "type"), text_in(item, "role"), call, words) if part)
    session = inside(event.data, "session")
    if isinstance(session, Mapping):
        return ", ".join(str(name) for name in session if name != "type")
    return text_in(event.data, "item_id") or text_in(event.data, "response_id")


def _words(item: Mapping[str, Any]) -> Iterator[str]:
    content = item.get("content")
    for part in content if isinstance(content, list) else ():
        yield text_in(part, "text") or text_in(part, "transcript")


def replay_error(code: str, message: str) -> dict[str, Any]:
    """Return an `error` event that tells a client why a replay does not go on."""
    told = {"type": "replay_error", "code": code, "message": message, "param": None, "event_id": None}
    return {"type": "error", "event_id": f"event_{code}", "error": told}


def service_error(code: str, message: str) -> dict[str, Any]:
    """Return an `error` event as a server in trouble sends it."""
    told = {"type": "server_error", "code": code, "message": message, "param": None, "event_id": None}
    return {"type": "error", "event_id": f"event_fault_{code}", "error": told}


def response_of(event: Event) -> str:
    """Return the response that a server event belongs to, "" where it belongs to none."""
    return text_in(event.data, "response_id") or text_in(event.data, "response", "id")
