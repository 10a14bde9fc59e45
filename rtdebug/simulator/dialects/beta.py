"""The beta shape: client events read as GA's, and GA's server events retold. The flat fields are in `flat`."""

from collections.abc import Callable

from rtdebug.simulator.dialects.flat import LISTENER, RESPONSE, SESSION, flat, nested, retold
from rtdebug.simulator.dialects.plain import Plain, Tell
from rtdebug.simulator.ids import Ids
from rtdebug.simulator.refusals import Json

_PARTS = {"text": "output_text", "audio": "output_audio"}
_SPOKEN = {ga: beta for beta, ga in _PARTS.items()}
_RESPONSE_KEYS = ("object", "id", "status", "status_details", "output", "conversation_id")
_LIMITS = (("requests", 5000, 4999), ("tokens", 40_000, 39_500))
_RESET_S = 0.75


class Beta(Plain):
    """Tells and reads events in the shape of the beta."""

    def __init__(self, ids: Ids, *, transcribes: bool = False) -> None:
        super().__init__(ids)
        self._fields = LISTENER if transcribes else SESSION
        self._kind = "transcription" if transcribes else "realtime"
        self._update = "transcription_session.update" if transcribes else "session.update"
        self._readers: dict[str, Callable[[Json], Json]] = {
            self._update: self._read_session,
            "conversation.item.create": _read_item,
            "response.create": _read_response,
        }
        self._tellers: dict[str, Tell] = {
            "session.created": self._session,
            "session.updated": self._session,
            "response.created": self._begun,
            "response.done": _with_response,
            "rate_limits.updated": _silence,
            "error": self._error,
            "conversation.item.added": lambda event: _with_item({**event, "type": "conversation.item.created"}),
            "conversation.item.done": _silence,
            "conversation.item.retrieved": _with_item,
            "response.output_item.added": _with_item,
            "response.output_item.done": _with_item,
            "response.function_call_arguments.done": lambda event: [_without(event, "name")],
        }

    def read(self, event: Json) -> Json:
        """Return a client event in the machine's shape, or refuse it."""
        kind = event.get("type")
        reader = self._readers.get(kind) if isinstance(kind, str) else None
        return event if reader is None else reader(event)

    def tell(self, event: Json) -> list[Json]:
        """Return what the client is told of a server event."""
        teller = self._tellers.get(event["type"])
        return [_renamed_event(event)] if teller is None else teller(event)

    def _read_session(self, event: Json) -> Json:
        asked = event.get("session")
        if not isinstance(asked, dict):
            return event
        session = {"type": self._kind, **nested(asked, self._fields, "session")}
        return {**event, "type": "session.update", "session": session}

    def _session(self, event: Json) -> list[Json]:
        kind = event["type"] if self._kind == "realtime" else f"transcription_{event['type']}"
        return [{**event, "type": kind, "session": flat(event["session"], self._fields)}]

    def _begun(self, event: Json) -> list[Json]:
        limits = [
            {"name": name, "limit": limit, "remaining": left, "reset_seconds": _RESET_S}
            for name, limit, left in _LIMITS
        ]
        return [*_with_response(event), self.said("rate_limits.updated", rate_limits=limits)]

    def _error(self, event: Json) -> list[Json]:
        return [{**event, "error": retold(event["error"], self._fields)}]


def _read_item(event: Json) -> Json:
    item = event.get("item")
    return {**event, "item": _read_content(item)} if isinstance(item, dict) else event


def _read_response(event: Json) -> Json:
    asked = event.get("response")
    if not isinstance(asked, dict):
        return event
    response = nested(asked, RESPONSE, "response")
    if isinstance(response.get("input"), list):
        response["input"] = [_read_content(one) if isinstance(one, dict) else one for one in response["input"]]
    return {**event, "response": response}


def _read_content(item: Json) -> Json:
    parts = item.get("content")
    if item.get("role") != "assistant" or not isinstance(parts, list):
        return item
    return {**item, "content": [_renamed(part, _PARTS) if isinstance(part, dict) else part for part in parts]}


def _renamed(part: Json, names: dict[str, str]) -> Json:
    kind = part.get("type")
    return {**part, "type": names.get(kind, kind)} if isinstance(kind, str) else part


def _told(item: Json) -> Json:
    """Return an item as beta shows it."""
    told = {"id": item["id"], "object": "realtime.item", **item}
    if item.get("role") == "assistant":
        told["content"] = [_renamed(part, _SPOKEN) for part in item["content"]]
    return told


def _with_item(event: Json) -> list[Json]:
    return [{**event, "item": _told(event["item"])}]


def _with_response(event: Json) -> list[Json]:
    response = event["response"]
    told = {name: response[name] for name in _RESPONSE_KEYS}
    told["output"] = [_told(item) for item in response["output"]]
    told |= flat({key: response[key] for key in ("output_modalities", "audio")}, RESPONSE)
    told |= {"temperature": response.get("temperature"), "max_output_tokens": response["max_output_tokens"]}
    told |= {"usage": _usage(response["usage"]), "metadata": response["metadata"]}
    return [{**event, "response": told}]


def _usage(usage: Json | None) -> Json | None:
    """Return usage without images, which beta could not see."""
    if usage is None:
        return None
    read = _without(usage["input_token_details"], "image_tokens")
    read["cached_tokens_details"] = _without(read["cached_tokens_details"], "image_tokens")
    return {**usage, "input_token_details": read}


def _renamed_event(event: Json) -> Json:
    """Return an event under the name it had before what a model says was called output."""
    kind = (
        event["type"]
        .replace("response.output_audio", "response.audio")
        .replace("response.output_text", "response.text")
    )
    return {**_without(event, "obfuscation"), "type": kind}


def _without(held: Json, name: str) -> Json:
    return {key: value for key, value in held.items() if key != name}


def _silence(_event: Json) -> list[Json]:
    return []
