"""Connections that end badly, and such as end well."""

from typing import Any

import pytest

from rtdebug.diagnosis.rules.connection import RULES
from tests.diagnosis.telling import Talk

STARTED_S = 1_795_165_200
OLD = "Your session hit the maximum duration of 60 minutes."


def ended(at_ms: float, sender: str, kind: str, **fields: Any) -> Talk:
    talk = Talk()
    talk.answer(1000, 1, 1000)
    talk.lines.append((at_ms, sender, kind, fields))
    return talk


@pytest.mark.parametrize("code", [1000, 1001, None])
def test_a_client_that_says_goodbye_is_none(code: int | None) -> None:
    assert ended(9000, "client", "close", code=code).findings(*RULES) == []


def test_a_server_that_says_goodbye_is_none() -> None:
    assert ended(9000, "server", "close", code=1000).findings(*RULES) == []


def test_an_expired_session_is_found_once() -> None:
    talk = ended(3_600_000, "server", "close", code=1001, text=OLD)
    talk.error(3_599_990, OLD, "session_expired")
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, len(found.seqs)) == ("RT200", "error", 2)
    assert found.message == (f"the server ended the session after 1:00:00: it had reached its maximum age: {OLD}")


def aged(minutes: float, life_minutes: float = 60) -> Talk:
    talk = Talk()
    talk.lines[0][3]["session"]["expires_at"] = STARTED_S + round(life_minutes * 60)
    talk.hang_up(minutes * 60_000)
    return talk


def test_a_session_that_has_nearly_expired_is_a_warning() -> None:
    (found,) = aged(56).findings(*RULES, started_ns=STARTED_S * 10**9)
    assert (found.code, found.severity) == ("RT200", "warning")
    assert found.message == "the session was 56:00 old at the end; it expires at 1:00:00"


def test_a_young_session_and_one_of_another_day_are_none() -> None:
    assert aged(20).findings(*RULES, started_ns=STARTED_S * 10**9) == []
    assert aged(56).findings(*RULES, started_ns=(STARTED_S + 86_400) * 10**9) == []
    assert aged(56).findings(*RULES) == []


def test_a_failed_keepalive_is_found() -> None:
    talk = ended(40_000, "client", "close", code=1011, text="keepalive ping timeout")
    talk.lines.append((15_000, "client", "ping", {"base64": "aa"}))
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT201", "error")
    assert found.message == (
        "the client closed with 1011, as for a ping without answer or an internal error: keepalive ping timeout;"
        " the server had not answered its ping"
    )


def test_a_ping_without_a_pong_is_a_warning() -> None:
    talk = ended(60_000, "client", "close", code=1000)
    talk.lines.append((15_000, "client", "ping", {}))
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT201", "warning")
    assert found.message == "the server did not answer 1 ping of the client's for 20 s and more"


def test_a_ping_with_a_pong_is_none() -> None:
    talk = ended(60_000, "client", "close", code=1000)
    talk.lines += [(15_000, "client", "ping", {}), (15_040, "server", "pong", {})]
    assert talk.findings(*RULES) == []


def test_a_server_that_breaks_off_is_found_with_what_came_before() -> None:
    talk = ended(9000, "server", "closed", how="reset")
    talk.error(8600, "The server had an error.", "server_error")
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT202", "warning")
    assert found.message == (
        "the server broke off (1006); the server's last event was error; the client's last event was"
        " response.create; 400 ms before it the error server_error"
    )


def test_in_the_middle_of_an_answer_it_is_an_error() -> None:
    talk = ended(9000, "server", "closed", how="eof")
    talk.begin(8000, "resp_2")
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT202", "error")
    assert "left without a close frame while resp_2 was being made" in found.message


def test_an_empty_close_frame_of_the_servers_is_found() -> None:
    (found,) = ended(9000, "server", "close", code=None).findings(*RULES)
    assert "closed without a code or a reason (1005)" in found.message


def test_a_client_that_just_leaves_is_only_worth_knowing() -> None:
    (found,) = ended(9000, "client", "closed", how="eof").findings(*RULES)
    assert (found.code, found.severity) == ("RT202", "info")


def test_a_server_that_restarts_is_found() -> None:
    (found,) = ended(9000, "server", "close", code=1012, text="service restart").findings(*RULES)
    assert "closed with 1012 (restart) and said service restart" in found.message


def test_a_session_that_expired_was_not_lost_as_well() -> None:
    talk = Talk()
    talk.answer(1000, 1, 2000)
    talk.error(3_600_000, "Your session hit the maximum duration of 60 minutes.", "session_expired")
    talk.lines.append((3_600_010, "server", "close", {"code": 1001, "reason": ""}))
    assert [one.code for one in talk.findings(*RULES)] == ["RT200"]
