"""What a handshake tells: model, path, and how it was answered."""

from typing import Any

import orjson
import pytest

from rtdebug.protocol.event import Event
from rtdebug.session.handshake import Refusal, model_in, refusal_in, target_of
from rtdebug.session.model import Session

from .telling import events_of, folded, told

GRANTED: dict[str, Any] = {
    "request": {"head": ["GET /v1/realtime?model=gpt-realtime HTTP/1.1", "Host: x"]},
    "response": {"head": ["HTTP/1.1 101 Switching Protocols"]},
}
CREATED = {"type": "session.created", "session": {"id": "sess_1", "model": "gpt-realtime-2025-08-28"}}


def session_of(opened: dict[str, Any], *lines: Any) -> Session:
    return folded([Event(2, 0, None, "opened", "", opened), *events_of(told(lines))])


def refused(status: str, body: object = None, *head: str) -> Refusal:
    text = body if isinstance(body, str) else orjson.dumps(body).decode()
    found = refusal_in({"response": {"head": [f"HTTP/1.1 {status}", *head], "body": {"text": text}}})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("target", "model"),
    [
        ("/v1/realtime?model=gpt-realtime", "gpt-realtime"),
        ("/openai/realtime?api-version=2025&deployment=my%20gpt", "my gpt"),
        ("/v1/realtime?intent=transcription", ""),
        ("//[", ""),
        ("", ""),
    ],
)
def test_the_url_names_a_model(target: str, model: str) -> None:
    assert model_in(target) == model


def test_until_the_session_names_its_model_the_one_that_was_asked_for_counts() -> None:
    begun = session_of(GRANTED)
    assert (begun.target, begun.model, begun.is_model_asked) == (
        "/v1/realtime?model=gpt-realtime",
        "gpt-realtime",
        True,
    )
    named = session_of(GRANTED, ("server", CREATED))
    assert (named.model, named.is_model_asked) == ("gpt-realtime-2025-08-28", False)
    silent = session_of(GRANTED, ("server", {"type": "session.created", "session": {"id": "sess_1"}}))
    assert (silent.model, silent.is_model_asked) == ("gpt-realtime", True)


def test_a_call_that_came_about_was_not_refused() -> None:
    session = session_of(GRANTED)
    assert session.refusal is None
    assert session.ending.mark is None


def test_a_refusal_ends_the_call_before_it_begins() -> None:
    opened = {**GRANTED, "response": {"head": ["HTTP/1.1 401 Unauthorized"], "body": {"text": '{"error":"no key"}'}}}
    session = session_of(opened)
    assert session.refusal == Refusal(401, "Unauthorized", "", "no key")
    assert (session.ending.by, session.ending.code) == ("server", None)
    assert session.ending.reason == "refused with HTTP 401 Unauthorized: no key"
    assert session.ending.mark is not None


def test_code_and_words_are_found_where_services_put_them() -> None:
    assert refused("404 X", {"error": {"message": "gone", "code": "DeploymentNotFound"}}).said == (
        "gone (DeploymentNotFound)"
    )
    assert refused("401 X", {"error": {"message": "no", "code": None, "type": "auth"}}).said == "no (auth)"
    assert refused("400 X", {"code": "bad", "error": "credits"}).said == "credits (bad)"
    assert refused("400 X", "just words\nof  a gateway").said == "just words of a gateway"
    assert refused("502 X", "<html><style>a{}</style><body><h1>Bad</h1> gateway</body>").said == "Bad gateway"
    assert refused("307 X", "", "location: wss://b.example").said == "it points to wss://b.example"
    assert refused("400 X", [1]).said == refused("400 X", {"error": True}).said == refused("400 X", "").said == ""
    assert len(refused("400 X", "long " * 10_000).said) <= 1000


def test_only_the_beginning_of_a_page_is_looked_at() -> None:
    assert refused("502 X", "early " + " " * 8192 + "<title>late</title>").said == "early"
    assert refused("502 X", "early " + "<script " * 130_000 + "</script>late").said == "early"
    assert refused("502 X", "early <style>" + "a{} " * 3000).said == "early"


@pytest.mark.parametrize("line", ["", "HTTP/1.1", "HTTP/1.1 abc", "401"])
def test_what_is_no_answer_is_no_refusal(line: str) -> None:
    assert refusal_in({"response": {"head": [line]}}) is None
    assert target_of({"request": {"head": [line]}}) in ("", "abc")
