"""The rate limits that a server told of, read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rtdebug.protocol.reading import text_in
from rtdebug.session.model import Mark, Session

_LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class Limit:
    """How much of one limit was left at one time."""

    mark: Mark
    name: str
    """requests or tokens."""
    limit: float
    remaining: float
    reset_s: float | None = None
    """Seconds until it is whole again."""


def limits_told(session: Session) -> list[Limit]:
    """Return all that make sense, in the order in which they were told."""
    found = (_read(mark, told) for mark, told in session.rate_limits)
    return [one for one in found if one is not None]


def _read(mark: Mark, told: Mapping[str, Any]) -> Limit | None:
    limit, remaining = _number(told.get("limit")), _number(told.get("remaining"))
    if not limit or remaining is None:
        return None
    return Limit(mark, text_in(told, "name"), limit, remaining, _number(told.get("reset_seconds")))


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < _LARGEST else None
