"""Who speaks of the end of a session: the rule on its age or the one on refusals, and never both of one entry."""

import pytest

from rtdebug.diagnosis.expiry import is_refusing
from rtdebug.diagnosis.rules import admission, connection
from tests.diagnosis.telling import Talk

RULES = (*admission.RULES, *connection.RULES)
HOUR_MS = 3_600_000


def closed(at_ms: float, code: int | None, reason: str, *errors: str, sender: str = "server") -> Talk:
    """Let a call end with a close frame, and errors of these codes just before it."""
    talk = Talk()
    for number, error in enumerate(errors):
        talk.error(at_ms - 20 + number, "No.", error)
    talk.lines.append((at_ms, sender, "close", {"code": code, "text": reason}))
    return talk


def codes(talk: Talk, *lacks: str) -> list[str]:
    found = talk.findings(*RULES, lacks=lacks)
    seqs = [seq for one in found for seq in one.seqs]
    assert len(seqs) == len(set(seqs))
    return [one.code for one in found]


@pytest.mark.parametrize("code", [1000, 1001, 1008, 3000, 4000])
@pytest.mark.parametrize("at_ms", [600, HOUR_MS])
def test_the_maximum_duration_is_a_matter_of_age(code: int, at_ms: float) -> None:
    assert codes(closed(at_ms, code, "Your session hit the maximum duration of 60 minutes.")) == ["RT200"]


@pytest.mark.parametrize(
    ("at_ms", "code", "told"),
    [(600, 4000, "RT204"), (600, 3000, "RT204"), (HOUR_MS, 4000, "RT200"), (600, 1008, "RT200"), (600, 1001, "RT200")],
)
def test_what_expired_is_told_by_the_code_and_the_age(at_ms: float, code: int, told: str) -> None:
    assert codes(closed(at_ms, code, "sess expired")) == [told]


def test_without_times_the_code_alone_tells() -> None:
    assert codes(closed(HOUR_MS, 4000, "sess expired"), "times") == ["RT204"]


@pytest.mark.parametrize("reason", ["", "session_expired", "bye"])
def test_after_an_error_that_says_so_the_close_frame_is_no_refusal(reason: str) -> None:
    assert codes(closed(600, 4000, reason, "session_expired")) == ["RT200"]


def test_a_bad_key_that_expired_is_a_bad_key() -> None:
    assert codes(closed(600, 3000, "key expired", "invalid_api_key")) == ["RT204"]


def test_what_the_client_says_is_not_the_servers_word() -> None:
    assert codes(closed(HOUR_MS, 1000, "session expired", sender="client")) == []


def test_services_throw_out_with_3000_and_from_4000_on() -> None:
    assert [code for code in (1000, 1008, 2999, 3000, 3001, 3999, 4000, 4999) if is_refusing(code)] == [
        3000,
        4000,
        4999,
    ]
