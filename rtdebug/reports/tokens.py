"""What responses used, as reports tell it: in GA's shape, what else the service told kept, and no zero for unknown."""

from collections.abc import Iterable, Mapping
from typing import Any

from rtdebug.protocol.reading import object_in
from rtdebug.reports.values import Json
from rtdebug.session.model import Response
from rtdebug.session.usage import Usage


def knows_cached(responses: Iterable[Response]) -> bool:
    """Say whether the service told how much of the input was cached; where nothing was used, nothing was cached."""
    used = [one for one in responses if one.usage]
    return not used or any(_tells_cached(one) for one in used)


def hit_rate(usage: Usage | None, responses: Iterable[Response]) -> float | None:
    """Return the part of these responses' input that was cached; None where nobody knows."""
    return usage.cache_hit_rate if usage and knows_cached(responses) else None


def usage_values(response: Response) -> Json | None:
    """Write what a response used, with the keys that only its service has."""
    if response.usage is None:
        return None
    return _with(sum_values(response.usage, [response]), object_in(response.wire, "usage"))


def sum_values(usage: Usage, responses: Iterable[Response]) -> Json:
    """Write what these responses used together."""
    values = usage.wire()
    if not knows_cached(responses):
        values["input_token_details"] |= {"cached_tokens": None, "cached_tokens_details": None}
    return values


def _tells_cached(response: Response) -> bool:
    told = object_in(response.wire, "usage", "input_token_details")
    known = response.usage is not None and response.usage.cached_tokens > 0
    return known or any(told.get(key) is not None for key in ("cached_tokens", "cached_tokens_details"))


def _with(values: Json, told: Mapping[str, Any]) -> Json:
    """Add the keys that we do not know."""
    more = {key: value for key, value in told.items() if key not in values}
    inner = {
        key: _with(value, told[key])
        for key, value in values.items()
        if isinstance(value, dict) and isinstance(told.get(key), Mapping)
    }
    return {**values, **inner, **more}
