from typing import Any

import pytest

from rtdebug.session.limits import limits_told

from .telling import session_of


def told(**limit: Any) -> Any:
    return session_of(("server", {"type": "rate_limits.updated", "rate_limits": [limit]}))


def test_a_limit_is_read() -> None:
    (one,) = limits_told(told(name="tokens", limit=100, remaining=5, reset_seconds=1.5))
    assert (one.name, one.limit, one.remaining, one.reset_s, one.mark.seq) == ("tokens", 100, 5, 1.5, 2)


@pytest.mark.parametrize("value", [None, "5", -1, True, 10**18, [], float("nan")])
def test_nonsense_is_left_out(value: Any) -> None:
    assert limits_told(told(limit=100, remaining=value)) == []
    assert limits_told(told(limit=value, remaining=5)) == []
