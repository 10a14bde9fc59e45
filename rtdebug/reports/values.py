"""Values fit for JSON: what every JSON report writes in the same way."""

from collections.abc import Mapping
from typing import Any

from rtdebug.session.model import Mark
from rtdebug.session.prices import Price

_LARGEST = 1 << 63

Json = dict[str, Any]


def clean(value: Any, depth: int = 0) -> Any:
    """Make values fit for JSON: what the wire says may hold any number and any text."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, int) and not isinstance(value, bool):
        return value if -_LARGEST <= value < _LARGEST else float(value) if abs(value) < 10**300 else str(value)
    if isinstance(value, Mapping):
        return {clean(str(key)): clean(inner, depth + 1) for key, inner in value.items()} if depth < 100 else "…"
    if isinstance(value, list | tuple):
        return [clean(inner, depth + 1) for inner in value] if depth < 100 else "…"
    return value


def price_values(paid: Price | None) -> Json | None:
    """Write what a response cost."""
    if paid is None:
        return None
    return {
        "input": amount(paid.input),
        "output": amount(paid.output),
        "total": amount(paid.total),
        "model": paid.model,
        "unknown": list(paid.unknown),
    }


def amount(value: Any) -> str | None:
    """Write an amount of USD to the last digit: as text, so that no reader rounds it."""
    return None if value is None else f"{value.normalize():f}"


def at(where: Mark | None) -> Json:
    """Write where something was; null where it was not."""
    return {"seq": where.seq if where else None, "at_ns": where.at_ns if where else None}


def mark(where: Mark | None) -> Json | None:
    """Write where something was, as a value of its own."""
    return at(where) if where else None
