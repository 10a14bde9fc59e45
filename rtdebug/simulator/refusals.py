"""What the service says when it refuses an event: its codes and its words."""

from collections.abc import Container, Iterable
from typing import Any, TypeVar

from rtdebug.simulator.script_reply import Fault

Json = dict[str, Any]
"""An object of the API, as JSON."""

_T = TypeVar("_T")
_LONGEST_QUOTE = 200
_INVALID = "invalid_request_error"
_KINDS: dict[type, str] = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


class Refused(Exception):
    """An event is refused: nothing changes but that an `error` event goes out."""

    def __init__(self, message: str, *, code: str, param: str | None = None, kind: str = _INVALID) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param if param is None else quoted(param)
        self.kind = kind

    def error(self, event_id: str | None) -> Json:
        """Return the `error` object that tells the client."""
        return {
            "type": self.kind,
            "code": self.code,
            "message": self.message,
            "param": self.param,
            "event_id": event_id,
        }


def named(value: object) -> str:
    """Return what a value's JSON type is called in messages."""
    return _KINDS.get(type(value), "something else")


def quoted(said: object) -> str:
    """Return what a client said as a message repeats it: no more than its beginning where it is long."""
    text = str(said)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


def not_json() -> Refused:
    """Refuse a message that is not a JSON object."""
    return Refused("The message is not a valid JSON object.", code="invalid_json")


def not_text() -> Refused:
    """Refuse a binary frame."""
    return Refused("The message is a binary frame. Send each event as JSON in a text frame.", code="invalid_event")


def type_missing() -> Refused:
    """Refuse an event without a type."""
    return Refused("The 'type' field is missing.", code="invalid_event")


def missing(path: str) -> Refused:
    """Refuse an event that lacks a field."""
    return Refused(f"Missing required parameter: '{quoted(path)}'.", code="missing_required_parameter", param=path)


def unknown(path: str) -> Refused:
    """Refuse a field the API does not have."""
    return Refused(f"Unknown parameter: '{quoted(path)}'.", code="unknown_parameter", param=path)


def wrong_type(value: object, path: str, expected: str) -> Refused:
    """Refuse a value of the wrong JSON type."""
    message = f"Invalid type for '{quoted(path)}': expected {expected}, but got {named(value)} instead."
    return Refused(message, code="invalid_type", param=path)


def not_supported(value: object, supported: Iterable[str], path: str) -> Refused:
    """Refuse a value that is not on the list."""
    names = ", ".join(f"'{name}'" for name in supported)
    message = f"Invalid value: '{quoted(value)}'. Supported values are: {names}."
    return Refused(message, code="invalid_value", param=path)


def out_of_range(value: object, path: str, wanted: str) -> Refused:
    """Refuse a number outside its range."""
    return Refused(f"Invalid '{quoted(path)}': {quoted(value)}. Expected {wanted}.", code="invalid_value", param=path)


def bad_audio(path: str, got: str) -> Refused:
    """Refuse audio that cannot be decoded."""
    return Refused(
        f"Invalid '{path}'. Expected base64-encoded audio bytes but got {got}.",
        code="invalid_value",
        param=path,
    )


def no_such_item(verb: str, item_id: str) -> Refused:
    """Refuse to do something to an item that is not there."""
    doing = {"delete": "deleting", "truncate": "truncating", "retrieve": "retrieving"}[verb]
    return Refused(
        f"Error {doing} item: the item with id '{quoted(item_id)}' does not exist.",
        code=f"item_{verb}_invalid_item_id",
        param="item_id",
    )


def no_such_model(model: str | None, path: str | None = None) -> Refused:
    """Refuse a model with which no session can be had."""
    return Refused(f"Model '{quoted(model)}' is not supported in realtime mode.", code="invalid_model", param=path)


def too_long(text: str, path: str, longest: int) -> Refused:
    """Refuse a string that has too many characters."""
    message = f"Invalid '{path}': string too long. Expected a string with maximum length {longest}, "
    return Refused(
        f"{message}but got a string with length {len(text)} instead.", code="string_above_max_length", param=path
    )


def already_active(response_id: str) -> Refused:
    """Refuse a second response in the default conversation."""
    return Refused(
        f"Conversation already has an active response in progress: {response_id}. "
        "Wait until the response is finished before creating a new one.",
        code="conversation_already_has_active_response",
    )


def not_active() -> Refused:
    """Refuse to cancel when nothing is running."""
    return Refused("Cancellation failed: no active response found", code="response_cancel_not_active")


def buffer_too_small(ms: float) -> Refused:
    """Refuse to commit less than a tenth of a second."""
    return Refused(
        "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
        f"but buffer only has {ms:.2f}ms of audio.",
        code="input_audio_buffer_commit_empty",
    )


def voice_is_fixed(path: str) -> Refused:
    """Refuse another voice once one was heard."""
    return Refused(
        "Cannot update a conversation's voice if assistant audio is present",
        code="cannot_update_voice",
        param=path,
    )


def faulty(fault: Fault) -> Refused:
    """Refuse as the script says."""
    return Refused(fault.message, code=fault.code, param=fault.param, kind=fault.type)


def session_expired(limit_s: float) -> Refused:
    """Say that a session has lasted as long as it may."""
    lasted = f"{limit_s / 60:g} minutes" if limit_s >= 60 else f"{limit_s:g} seconds"
    return Refused(f"Your session hit the maximum duration of {lasted}.", code="session_expired")


def only(given: Json, known: Container[str], path: str = "") -> None:
    """Refuse fields that are not known at that place; "" is the top."""
    for name in given:
        if name not in known:
            raise unknown(f"{path}.{name}" if path else name)


def need(event: Json, key: str, kind: type[_T], *, path: str | None = None) -> _T:
    """Return a field that must be there and of that type."""
    place = path or key
    if key not in event:
        raise missing(place)
    value = event[key]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise wrong_type(value, place, _KINDS[kind])
    return value
