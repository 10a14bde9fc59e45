"""Clients that are not let in, sessions that begin anew."""

from typing import Any

import pytest

from rtdebug.diagnosis.rules.admission import RULES
from tests.diagnosis.telling import Talk


def ended(**close: Any) -> Talk:
    talk = Talk()
    talk.lines.append((200, "server", "close", close))
    return talk


def test_a_wrong_key_is_found_once() -> None:
    talk = ended(code=3000, text="invalid_request_error.invalid_api_key")
    talk.error(100, "Incorrect API key provided.", "invalid_api_key")
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, len(found.seqs)) == ("RT204", "error", 2)
    assert found.message == "the server refused the client: the key is not valid (invalid_api_key)"


def test_so_is_a_close_code_of_the_services() -> None:
    (found,) = ended(code=4000, text="invalid_request_error.invalid_model").findings(*RULES)
    assert found.message == "the server closed with 4000: invalid_request_error.invalid_model"


def test_the_beta_shape_is_another_rules() -> None:
    assert ended(code=4000, text="invalid_request_error.beta_api_shape_disabled").findings(*RULES) == []


@pytest.mark.parametrize("code", [1000, 1001, 1011, None])
def test_other_codes_are_none(code: int | None) -> None:
    assert ended(code=code).findings(*RULES) == []


def test_a_refused_handshake_is_found() -> None:
    talk = Talk()
    talk.lines = [(0, "client", "opened", {"response": {"head": ["HTTP/1.1 401 Unauthorized"]}})]
    (found,) = talk.findings(*RULES)
    assert found.code == "RT204"
    assert found.message.startswith("the server refused the connection with HTTP 401 Unauthorized; look at the key")


def test_one_that_nobody_answered_is_another_rules() -> None:
    talk = Talk()
    talk.lines = [(0, "client", "opened", {"error": "wss://nowhere.invalid has no address: unknown name"})]
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT205", "error")
    assert found.message == "there was no call: wss://nowhere.invalid has no address: unknown name"


@pytest.mark.parametrize(
    "opened",
    [
        {},
        {"response": {"head": ["HTTP/1.1 101 Switching Protocols"]}},
        {"request": {"head": ["CONNECT /v1/realtime HTTP/2"]}, "response": {"head": ["HTTP/1.1 200"]}},
        {"response": {"head": []}},
        {"response": {"head": [7]}},
        {"response": {"head": ["nonsense"]}},
        {"response": 7},
    ],
)
def test_a_handshake_that_was_granted_or_tells_nothing_is_none(opened: dict[str, Any]) -> None:
    talk = Talk()
    talk.lines.insert(0, (0, "client", "opened", opened))
    assert talk.findings(*RULES) == []


def begun_twice(second: str) -> Talk:
    talk = Talk()
    talk.answer(1000, 1, 1000)
    talk.server(9000, "session.created", session={"id": second, "type": "realtime"})
    return talk


def test_a_second_session_is_found() -> None:
    (found,) = begun_twice("sess_2").findings(*RULES)
    assert (found.code, found.severity) == ("RT203", "warning")
    assert found.message == "another session began here (sess_2); what was said in sess_1 is lost to it"


def test_the_same_one_told_again_is_none() -> None:
    assert begun_twice("sess_1").findings(*RULES) == []
