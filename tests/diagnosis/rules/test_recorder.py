"""Limits that are nearly reached, and gaps."""

from typing import Any

from rtdebug.diagnosis.rules.recorder import RULES
from tests.diagnosis.telling import Talk


def limited(*remaining: Any) -> Talk:
    talk = Talk()
    for number, left in enumerate(remaining):
        told = [{"name": "tokens", "limit": 40_000, "remaining": left, "reset_seconds": 3.5}]
        talk.server(1000 + number, "rate_limits.updated", rate_limits=told)
    return talk


def test_a_limit_that_is_nearly_reached_is_found_where_least_is_left() -> None:
    (found,) = limited(30_000, 3000, 1200, 39_000).findings(*RULES)
    assert (found.code, found.severity, found.seqs) == ("RT230", "warning", (5, 4))
    assert found.message == "1,200 of 40,000 tokens were left of the rate limit (3 %); whole again in 3.5 s"


def test_enough_is_none_and_so_is_nonsense() -> None:
    assert limited(39_000, 4000, "none", -1, None, True).findings(*RULES) == []


def test_gaps_are_one_finding() -> None:
    talk = Talk()
    talk.lines += [(100, "server", "gap", {"reason": "the disk is full"}), (200, "server", "gap", {})]
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.seqs) == ("RT231", "warning", (3, 4))
    assert found.message == "the recording has 2 gaps: the disk is full"
