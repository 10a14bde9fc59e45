"""A configuration in words: its settings as dotted paths, and their values on one line."""

from typing import Any

import orjson

from rtdebug.session.settings import Ignored, ignored, leaves

__all__ = ["Ignored", "ignored", "leaves", "written"]


def written(value: Any, most: int = 0) -> str:
    """Write a value as JSON on one line."""
    try:
        text = orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except (TypeError, ValueError, RecursionError):
        text = repr(value)
    return text if not most or len(text) <= most else text[: most - 1] + "…"
