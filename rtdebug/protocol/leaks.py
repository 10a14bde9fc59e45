"""Looking for credentials that were left in what is kept: told by their form, never by a place alone."""

import re
from collections.abc import Iterator
from typing import Any, Final

import orjson

_NEEDLES: Final = (b"ek_", b"sk-", b"xai-", b"Bearer ")
_KEY: Final = re.compile(
    r"(?<![A-Za-z0-9_-])(?P<form>ek_|sk-|xai-|Bearer )(?!client-secret\.)(?P<rest>[A-Za-z0-9._~+/=-]{20,})"
)
_NAMES: Final = {"ek_": "an ephemeral key (ek_…)", "sk-": "an API key (sk-…)", "xai-": "an API key (xai-…)"}
_DEEPEST = 50


def leaks(data: Any) -> Iterator[tuple[str, str]]:
    """Yield where in a message something stands that has the form of a key, and what it is; never the key."""
    try:
        text = orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)
    except (TypeError, ValueError, RecursionError):
        return
    if any(needle in text for needle in _NEEDLES):
        yield from _inside(data, "", 0)


def _inside(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        for match in _KEY.finditer(value):
            if _is_random(match["rest"]):
                yield path or "text", _NAMES.get(match["form"], "a bearer token")
    elif isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            yield from _inside(inner, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST:
        for index, inner in enumerate(value):
            yield from _inside(inner, f"{path}[{index}]", depth + 1)


def _is_random(text: str) -> bool:
    """Say whether it looks made by a machine: letters of both cases, or letters and several digits."""
    digits = sum(char.isdigit() for char in text)
    cases = any(char.islower() for char in text) and any(char.isupper() for char in text)
    return digits >= 2 and (cases or digits >= 4)
