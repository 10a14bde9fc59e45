"""One JSON value of a log in, what it tells out: records around a message, bare events, lists of either. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from pybase64 import b64decode

from rtdebug.imports.jsontext import dumps, find, loads
from rtdebug.imports.times import moment_in, moment_in_text
from rtdebug.imports.told import CAT, EVENTS, LINES, RECORDS, Form, Moment, Told, Word, is_event
from rtdebug.imports.words import Said, who, who_in_text
from rtdebug.wire.messages import BINARY, CONTROL_NAMES

_PAYLOADS: Final = ("event", "data", "message", "payload", "msg", "body", "text", "raw", "json", "frame", "content")
_LISTS: Final = ("events", "messages", "entries", "records", "frames", "log", "logs", "items", "data")
_LEVELS: Final = ("level", "levelname", "severity", "lvl", "log_level")
_CONTROLS: Final = {
    **dict.fromkeys(("close", "closed", "closing", "disconnect", "disconnected", "websocket.close"), "close"),
    **dict.fromkeys(("open", "opened", "connect", "connected", "websocket.connect"), "open"),
}
_MESSAGE_KINDS: Final = ("message", "event", "text")
_NAMES: Final = ("type", "event", "name", "message", "msg")
_DEEPEST: Final = 4
"""Wrappers around a message that are looked into."""


class Around(NamedTuple):
    """What the text around a value says: who spoke and when."""

    form: Form
    word: Word = ""
    moment: Moment | None = None


ALONE: Final = Around(RECORDS)


def around(before: str) -> Around:
    """Read the text before a value."""
    return Around(LINES, who_in_text(before), moment_in_text(before)) if before else ALONE


def members(value: object) -> list[Any] | None:
    """Return the messages of a list, or of an object that holds one; None where it is neither."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and not is_event(value):
        for key in _LISTS:
            held = value.get(key)
            if isinstance(held, list) and held and isinstance(held[0], dict | str):
                return held
    return None


def tell(value: object, text: bytes | None = None, hint: Around = ALONE, depth: int = 0) -> Told | None:
    """Return what one value tells, None where it tells nothing. `text` is its JSON where the log holds that."""
    if isinstance(value, str):
        return _tell_text(value, hint, depth)
    if not isinstance(value, dict) or depth > _DEEPEST:
        return None
    said = who(value)
    try:
        told = _tell_object(value, text, said, depth)
    except ValueError:
        return None  # it holds what JSON cannot say
    if told is None:
        return None
    moment, _ = moment_in(value) if told.moment is None or told.inner else (told.moment, "")
    if moment is not None and told.event is not value:
        told = replace(told, inner=False)
    if said.word and (told.weak or not told.word):
        told = replace(told, word=said.word, weak=False)
    elif hint.word and not told.word:
        told = replace(told, word=hint.word, weak=True)
    if hint.moment is not None and (moment is None or told.inner):
        told = replace(told, moment=hint.moment, inner=False)
    elif moment is not None:
        told = replace(told, moment=moment)
    return replace(told, form=hint.form) if hint.form != RECORDS else told


def _tell_object(value: dict[str, Any], text: bytes | None, said: Said, depth: int) -> Told | None:
    if is_event(value) and not said.word:
        if (same := _same_inside(value)) is not None:
            return Told(RECORDS, dumps(same), same)
        return Told(EVENTS, dumps(value) if text is None else text, value, inner=True)
    opcode, kind = value.get("opcode"), value.get("kind")
    if type(opcode) is int and opcode in CONTROL_NAMES:
        return _control(value, CONTROL_NAMES[opcode])
    if opcode == BINARY and isinstance(value.get("data"), str):
        return Told(RECORDS, b64decode(value["data"], validate=True), binary=True)
    if isinstance(value.get("base64"), str):
        return Told(_form(value), b64decode(value["base64"], validate=True), binary=True)
    told = _payload(value, said, depth)
    if isinstance(kind, str) and said.key != "kind" and kind not in _MESSAGE_KINDS and (told is None or not told.event):
        return _control(value, _CONTROLS.get(kind.lower(), kind[:40]))
    if told is not None:
        return told
    if is_event(value):
        _, clock = moment_in(value)
        kept = {key: held for key, held in value.items() if key not in (said.key, clock)} if said.plain else value
        return Told(RECORDS, dumps(kept), kept)
    names = [value.get(name) for name in _NAMES]
    kinds = [_CONTROLS[name.lower()] for name in names if isinstance(name, str) and name.lower() in _CONTROLS]
    return _control(value, kinds[0]) if kinds else None


def _same_inside(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the event inside a record that repeats its type."""
    for key in _PAYLOADS:
        held = value.get(key)
        if isinstance(held, dict) and held.get("type") == value["type"]:
            return held
    return None


def _payload(value: Mapping[str, Any], said: Said, depth: int) -> Told | None:
    """Find the message in a record: an object, JSON in a string, or, where the record says who spoke, any string."""
    plain: str | None = None
    for key in _PAYLOADS:
        held = value.get(key)
        if isinstance(held, dict) and held:
            if not is_event(held) and (inner := tell(held, depth=depth + 1)) is not None:
                return inner
            if is_event(held) or (said.word and not is_event(value)):
                return Told(RECORDS, dumps(held), held)
        elif isinstance(held, str) and key != said.key:
            if (event := event_in(held)) is not None:
                return Told(_form(value), held.encode("utf-8", "surrogatepass"), event)
            if not said.word and (told := _tell_text(held, ALONE, depth)) is not None:
                return told
            plain = held if plain is None else plain
    if plain is None or not said.word or is_event(value) or any(level in value for level in _LEVELS):
        return None
    form = _form(value)
    return None if plain in _CONTROLS and form != CAT else Told(form, plain.encode("utf-8", "surrogatepass"))


def _form(value: Mapping[str, Any]) -> Form:
    return CAT if {"seq", "at_ns", "from"} <= value.keys() else RECORDS


def event_in(text: str) -> dict[str, Any] | None:
    """Read a message's text as a JSON object, None where it is none."""
    if text.lstrip()[:1] != "{":
        return None
    try:
        event = loads(text)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _tell_text(text: str, hint: Around, depth: int) -> Told | None:
    """Read a string in which an event stands, alone or behind words."""
    for found in find(text.encode("utf-8", "replace")):
        return tell(found.value, found.text, around(found.before) if found.before else hint, depth + 1)
    return None


def _control(value: Mapping[str, Any], kind: str) -> Told:
    """Take what is no message: its code and its words where there are some, else all of it as JSON."""
    if kind not in CONTROL_NAMES.values():
        return Told(RECORDS, dumps(value), kind=kind)
    code = value.get("code", value.get("close_code", value.get("status")))
    words = [value.get(key) for key in ("reason", "text", "message", "data", "payload")]
    said = next((word for word in words if isinstance(word, str) and word.lower() not in _CONTROLS), "")
    known = type(code) is int and 1000 <= code < 5000
    return Told(RECORDS, said.encode("utf-8", "replace"), kind=kind, code=code if known else None)


def tell_all(value: object, text: bytes | None, hint: Around, depth: int = 0) -> Iterator[Told | None]:
    """Yield what a value tells, or each member of a list; None for each that tells nothing."""
    held = members(value) if depth < _DEEPEST else None
    if held is None or (isinstance(value, dict) and who(value).word):
        yield tell(value, text, hint)
        return
    for member in held:
        yield from tell_all(member, None, hint, depth + 1)
