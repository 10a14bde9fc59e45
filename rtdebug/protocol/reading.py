"""Reading JSON that may have any shape."""

import json
from collections.abc import Mapping
from typing import Any

import orjson

_LIMIT = 1 << 63


def loads(text: bytes) -> Any:
    """Read JSON, also what orjson refuses and others send; raise ValueError.

    Half a surrogate pair is read as U+FFFD: no text could hold it. NaN is a number.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        try:
            return _mended(json.loads(text))
        except (ValueError, RecursionError):
            raise error from None


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_mended(key): _mended(inner) for key, inner in value.items()}
    return [_mended(inner) for inner in value] if isinstance(value, list) else value


def inside(value: Any, *keys: str) -> Any:
    """Return what stands under a path of keys, None where there is no such place."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text_in(value: Any, *keys: str) -> str:
    """Return the text under a path of keys, "" where there is none."""
    found = inside(value, *keys)
    return found if isinstance(found, str) else ""


def whole_in(value: Any, *keys: str) -> int | None:
    """Return the whole number under a path of keys, None where there is none, or none of 64 bits."""
    found = inside(value, *keys)
    if type(found) is float and found.is_integer():
        found = int(found)
    return found if type(found) is int and abs(found) < _LIMIT else None


def object_in(value: Any, *keys: str) -> Mapping[str, Any]:
    """Return the object under a path of keys, an empty one where there is none."""
    found = inside(value, *keys)
    return found if isinstance(found, Mapping) else {}


def list_in(value: Any, *keys: str) -> list[Any]:
    """Return the list under a path of keys, an empty one where there is none."""
    found = inside(value, *keys)
    return found if isinstance(found, list) else []
