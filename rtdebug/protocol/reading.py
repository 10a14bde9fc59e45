"""Reading JSON that may have any shape."""

from typing import Any


def inside(value: Any, *keys: str) -> Any:
    """Return what stands under a path of keys, None where there is no such place."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
