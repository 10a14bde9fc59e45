import json
from typing import Any
from urllib.parse import quote

import pytest

from rtdebug.simulator.admission import Admission, Farewell, Welcome, admit
from rtdebug.simulator.http import Answer, Request
from rtdebug.simulator.ids import Ids
from rtdebug.simulator.options import Manner, Options
from rtdebug.simulator.rest import Desk
from rtdebug.simulator.secrets import Secret, Secrets
from rtdebug.simulator.session import new_session

BETA = ("OpenAI-Beta", "realtime=v1")
KEY = ("Authorization", "Bearer sk-mine-1234")
SECRET = ("Authorization", "Bearer ek_given")


def ask(path: str, *headers: tuple[str, str], secrets: Secrets | None = None, **options: Any) -> Admission:
    desk = Desk(Ids(1), 50, Options(**options), secrets or Secrets())
    return admit(Request("GET", path, headers), desk)


def holding(session: Any, expires_at: int = 100) -> Secrets:
    secrets = Secrets()
    secrets.add(SECRET[1].removeprefix("Bearer "), Secret(session, expires_at), 0)
    return secrets


def told(answer: Admission) -> tuple[int, Any]:
    assert isinstance(answer, Answer)
    return answer.status, json.loads(answer.body)


def turned_away(admission: Admission) -> tuple[str, int, str]:
    assert isinstance(admission, Farewell)
    return admission.error["code"], admission.closing.code, admission.closing.reason


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/v1/realtime?model=gpt-realtime", "gpt-realtime"),
        ("/v1/realtime", "gpt-realtime-2.1"),
        ("/openai/v1/realtime/?deployment=my-realtime", "my-realtime"),
    ],
)
def test_a_session_is_to_be_had(path: str, model: str) -> None:
    assert ask(path) == Welcome(Manner(), model)


@pytest.mark.parametrize(
    "header", [BETA, ("Sec-WebSocket-Protocol", "realtime, openai-beta.realtime-v1"), ("openai-beta", "Realtime=v1")]
)
def test_the_beta_shape_is_for_those_who_ask(header: tuple[str, str]) -> None:
    asked = ask("/v1/realtime", header)
    assert isinstance(asked, Welcome)
    assert asked.manner.shape == ("beta" if "Realtime" not in header[1] else "ga")


def test_azures_previews_are_beta() -> None:
    path = "/openai/realtime?api-version=2025-04-01-preview&deployment=gpt-4o-realtime"
    assert ask(path, flavour="azure") == Welcome(Manner("azure", "beta"), "gpt-4o-realtime")


def test_xai_has_a_model_of_its_own_and_no_beta() -> None:
    assert ask("/v1/realtime", BETA, flavour="xai") == Welcome(Manner("xai"), "grok-voice-latest")


def test_the_beta_shape_may_be_off() -> None:
    code, close, reason = turned_away(ask("/v1/realtime", BETA, ga_only=True))
    assert (code, close, reason) == ("beta_api_shape_disabled", 4000, "invalid_request_error.beta_api_shape_disabled")
    assert isinstance(ask("/v1/realtime", ga_only=True), Welcome)


def test_openai_opens_the_socket_before_it_refuses() -> None:
    assert turned_away(ask("/v1/realtime", KEY, require_key="sk-other")) == (
        "invalid_api_key",
        3000,
        "invalid_request_error.invalid_api_key",
    )
    away = ask("/v1/realtime?model=whisper-1", KEY, require_key="*")
    assert turned_away(away) == ("invalid_model", 4000, "invalid_request_error.invalid_model")
    assert isinstance(away, Farewell) and "whisper-1" in away.error["message"]


def test_azure_refuses_the_handshake() -> None:
    assert told(ask("/openai/v1/realtime", require_key="x", flavour="azure"))[0] == 401
    status, body = told(ask("/openai/v1/realtime?model=whisper-1", flavour="azure", models=("speech",)))
    assert (status, body["error"]["code"]) == (400, "OpperationNotSupported")


@pytest.mark.parametrize("name", ["switchboard", "prod 2", "whisper-1"])
def test_a_deployment_of_azure_is_called_what_its_owner_likes(name: str) -> None:
    path = f"/openai/v1/realtime?model={quote(name)}"
    assert ask(path, flavour="azure") == Welcome(Manner("azure"), name)
    assert turned_away(ask(path))[0] == "invalid_model"


def test_xai_refuses_the_handshake() -> None:
    assert told(ask("/v1/realtime", require_key="x", flavour="xai"))[0] == 400
    assert told(ask("/v1/realtime?model=whisper-1", flavour="xai"))[0] == 400


def test_a_transcription_session_has_no_model() -> None:
    assert ask("/v1/realtime?intent=transcription") == Welcome(Manner(transcribes=True), "gpt-realtime-2.1")
    away = ask("/v1/realtime?intent=transcription&model=gpt-realtime")
    assert turned_away(away)[0] == "invalid_model"


def test_a_call_is_not_known_and_another_place_is_none() -> None:
    assert told(ask("/v1/realtime?call_id=rtc_1"))[1]["error"]["code"] == "call_id_not_found"
    assert told(ask("/v1/other"))[0] == 404


def test_a_secret_opens_the_session_it_was_made_for() -> None:
    session = {**new_session("sess_1", "gpt-realtime", 0), "instructions": "Hi"}
    listener = new_session("sess_2", "", 0, Manner(transcribes=True))
    assert ask("/v1/realtime", SECRET, secrets=holding(session)) == Welcome(Manner(), "gpt-realtime", session)
    beta = ask("/v1/realtime", SECRET, BETA, secrets=holding(session))
    assert isinstance(beta, Welcome) and beta.session == {**session, "temperature": 0.8}
    heard = ask("/v1/realtime", SECRET, secrets=holding(listener), require_key="sk-other")
    assert isinstance(heard, Welcome) and heard.manner.transcribes and heard.session is not None
    other = ask("/v1/realtime?intent=transcription", SECRET, secrets=holding(session))
    assert isinstance(other, Welcome) and other.session is None


def test_a_secret_opens_one_session_and_is_not_spent_on_a_refusal() -> None:
    secrets = holding(new_session("sess_1", "gpt-realtime", 0))
    assert turned_away(ask("/v1/realtime?model=whisper-1", SECRET, secrets=secrets))[0] == "invalid_model"
    assert isinstance(ask("/v1/realtime", SECRET, secrets=secrets), Welcome)
    assert turned_away(ask("/v1/realtime", SECRET, secrets=secrets))[:2] == ("invalid_api_key", 3000)


def test_a_secret_that_has_expired_opens_nothing() -> None:
    secrets = holding(new_session("sess_1", "gpt-realtime", 0), expires_at=50)
    assert turned_away(ask("/v1/realtime", SECRET, secrets=secrets))[:2] == ("invalid_api_key", 3000)
