"""The plain HTTP calls around a session: client secrets and models. Requests and answers as values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson

from rtdebug.simulator.ids import Ids
from rtdebug.simulator.refusals import Json, Refused, missing, not_json
from rtdebug.simulator.session import DEFAULT_MODEL, new_session, updated

_JSON = {"content-type": "application/json"}
_SECRET_S = 600
_SECRET_BOUNDS_S = (10, 7200)
_MODELS = ("gpt-realtime-2.1", "gpt-realtime-2.1-mini", "gpt-realtime", "gpt-realtime-mini")
_MODELS_SINCE = 1_756_339_200


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked for."""

    method: str
    path: str
    """As it was sent, query included."""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first header of that name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What it gets."""

    status: int
    headers: dict[str, str] = field(default_factory=lambda: dict(_JSON))
    body: bytes = b""

    @property
    def reason(self) -> str:
        """The status in words."""
        return HTTPStatus(self.status).phrase if self.status in list(HTTPStatus) else ""


def answer(request: Request, *, ids: Ids, now_s: int) -> Answer:
    """Answer a plain HTTP request."""
    path = request.path.partition("?")[0].rstrip("/")
    route = _ROUTES.get((request.method, path))
    if route is None:
        return _error(404, f"Invalid URL ({request.method} {path})", None)
    try:
        return _json(200, route(_parse(request.body), ids, now_s))
    except Refused as refused:
        return _error(400, refused.message, refused.code, refused.param)


def not_a_socket(path: str) -> Answer:
    """Refuse a WebSocket at a place where none is."""
    return _error(404, f"Invalid URL (GET {path.partition('?')[0]})", None)


def _client_secret(asked: Json, ids: Ids, now_s: int) -> Json:
    wanted = asked.get("expires_after") or {}
    if not isinstance(wanted, dict):
        raise missing("expires_after.anchor")
    seconds = wanted.get("seconds", _SECRET_S)
    low, high = _SECRET_BOUNDS_S
    lifetime = min(max(int(seconds), low), high) if isinstance(seconds, int) else _SECRET_S
    session = _session(asked.get("session") or {"type": "realtime"}, ids)
    return {"value": ids.secret(), "expires_at": now_s + lifetime, "session": session}


def _session(asked: Any, ids: Ids) -> Json:
    if not isinstance(asked, dict):
        raise missing("session.type")
    model = asked.get("model")
    return updated(new_session(ids.session(), model if isinstance(model, str) else DEFAULT_MODEL, 0), asked)


def _beta_session(asked: Json, ids: Ids, now_s: int) -> Json:
    """Write a session the way the beta API did: flat, with its secret inside."""
    flat = {
        "id": ids.session(),
        "object": "realtime.session",
        "model": DEFAULT_MODEL,
        "modalities": ["audio", "text"],
        "instructions": "",
        "voice": "alloy",
        "input_audio_format": "pcm16",
        "output_audio_format": "pcm16",
        "input_audio_transcription": None,
        "turn_detection": None,
        "tools": [],
        "tool_choice": "auto",
        "temperature": 0.8,
        "max_response_output_tokens": "inf",
    }
    secret = {"value": ids.secret(), "expires_at": now_s + 60}
    return {**flat, **asked, "client_secret": secret}


def _models(_asked: Json, _ids: Ids, _now_s: int) -> Json:
    data = [{"id": name, "object": "model", "created": _MODELS_SINCE, "owned_by": "system"} for name in _MODELS]
    return {"object": "list", "data": data}


_ROUTES: dict[tuple[str, str], Callable[[Json, Ids, int], Json]] = {
    ("GET", "/v1/models"): _models,
    ("POST", "/v1/realtime/client_secrets"): _client_secret,
    ("POST", "/v1/realtime/sessions"): _beta_session,
}


def _parse(body: bytes) -> Json:
    if not body:
        return {}
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise not_json() from None
    if not isinstance(asked, dict):
        raise not_json()
    return asked


def _json(status: int, body: Json) -> Answer:
    return Answer(status, body=orjson.dumps(body))


def _error(status: int, message: str, code: str | None, param: str | None = None) -> Answer:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return _json(status, {"error": error})
