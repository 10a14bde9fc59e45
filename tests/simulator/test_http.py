import json

import pytest

from rtdebug.simulator.http import Answer, Request, answer, not_a_socket
from rtdebug.simulator.ids import Ids
from rtdebug.simulator.options import Options
from rtdebug.simulator.rest import Desk


def ask(method: str, path: str, body: object = None) -> Answer:
    sent = b"" if body is None else json.dumps(body).encode()
    return answer(Request(method, path, body=sent), Desk(Ids(1), 1000))


def test_a_client_secret_carries_the_session_it_opens() -> None:
    session = {"type": "realtime", "model": "gpt-realtime", "audio": {"output": {"voice": "cedar"}}}
    got = ask("POST", "/v1/realtime/client_secrets", {"session": session, "expires_after": {"seconds": 60}})
    body = json.loads(got.body)
    assert got.status == 200
    assert body["value"].startswith("ek_")
    assert body["expires_at"] == 1060
    assert (body["session"]["model"], body["session"]["expires_at"]) == ("gpt-realtime", 0)
    assert body["session"]["audio"]["output"]["voice"] == "cedar"


def test_a_client_secret_needs_no_wishes() -> None:
    body = json.loads(ask("POST", "/v1/realtime/client_secrets").body)
    assert (body["expires_at"], body["session"]["type"]) == (1600, "realtime")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"session": {"type": "realtime", "voice": "cedar"}}, "session.voice"),
        ({"session": {"model": "gpt-realtime"}}, "session.type"),
        ({"session": ["realtime"]}, "session"),
        ({"expires_after": 3}, "expires_after"),
        ({"expires_in": 3}, "expires_in"),
        ({"expires_after": {"anchor": "created_at", "minutes": 3}}, "expires_after.minutes"),
        ([], None),
    ],
)
def test_odd_wishes_are_refused(body: object, param: str | None) -> None:
    got = ask("POST", "/v1/realtime/client_secrets", body)
    assert got.status == 400
    assert json.loads(got.body)["error"]["param"] == param


def test_a_beta_session_is_flat_and_holds_its_secret() -> None:
    body = json.loads(ask("POST", "/v1/realtime/sessions", {"voice": "verse"}).body)
    assert (body["voice"], body["input_audio_format"]) == ("verse", "pcm16")
    assert body["client_secret"]["expires_at"] == 1060


def test_models_are_listed() -> None:
    assert "gpt-realtime" in [model["id"] for model in json.loads(ask("GET", "/v1/models").body)["data"]]


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/realtime/client_secrets"), ("POST", "/v1/nothing?a=b")])
def test_other_places_are_not_found(method: str, path: str) -> None:
    got = ask(method, path)
    assert (got.status, got.reason) == (404, "Not Found")
    assert json.loads(got.body)["error"]["message"] == f"Invalid URL ({method} {path.partition('?')[0]})"


def test_a_socket_elsewhere_is_refused_in_the_same_words() -> None:
    assert json.loads(not_a_socket("/v1/other?x=1").body)["error"]["message"] == "Invalid URL (GET /v1/other)"


@pytest.mark.parametrize("path", ["/v1/realtime/calls", "/v1/realtime/calls/rtc_1/hangup", "/openai/v1/realtime/calls"])
def test_calls_are_not_here(path: str) -> None:
    got = ask("POST", path)
    assert (got.status, got.reason) == (501, "Not Implemented")
    assert "WebSocket" in json.loads(got.body)["error"]["message"]


def test_a_key_is_asked_for_here_too() -> None:
    desk = Desk(Ids(1), 1000, Options(require_key="sk-good"))
    path = "/v1/realtime/client_secrets"
    got = answer(Request("POST", path, (("Authorization", "Bearer sk-bad-12345"),)), desk)
    assert (got.status, json.loads(got.body)["error"]["code"]) == (401, "invalid_api_key")
    assert answer(Request("POST", path, (("Authorization", "Bearer sk-good"),)), desk).status == 200
