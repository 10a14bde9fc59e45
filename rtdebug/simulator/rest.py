"""What the plain HTTP calls give: client secrets, the beta's sessions, models. Values in, values out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rtdebug.simulator.dialects.flat import LISTENER, SESSION, Field, flat, nested, retold
from rtdebug.simulator.ids import Ids
from rtdebug.simulator.options import DEFAULT_MODELS, OPTIONS, Manner, Options
from rtdebug.simulator.refusals import (
    Json,
    Refused,
    no_such_model,
    not_supported,
    only,
    out_of_range,
    wrong_type,
)
from rtdebug.simulator.secrets import Secret, Secrets
from rtdebug.simulator.session import DEFAULT_MODEL, new_session, updated

_SECRET_S = 600
_SECRET_BOUNDS_S = (10, 7200)
_BETA_SECRET_S = 60
_ANCHORS = ("created_at",)
_MODELS = ("gpt-realtime-2.1", "gpt-realtime-2.1-mini", "gpt-realtime", "gpt-realtime-mini")
_MODELS_SINCE = 1_756_339_200
_NOT_SESSION = ("client_secret",)


@dataclass(frozen=True, slots=True)
class Desk:
    """What an answer depends on besides its request."""

    ids: Ids
    now_s: int
    options: Options = OPTIONS
    secrets: Secrets = field(default_factory=Secrets)

    def issue(self, session: Json, lifetime_s: int) -> tuple[str, int]:
        """Make a secret that opens such sessions; return it and when it expires."""
        value, expires_at = self.ids.secret(), self.now_s + lifetime_s
        self.secrets.add(value, Secret(session, expires_at), self.now_s)
        return value, expires_at


Route = Callable[[Json, Desk], Json]
"""A request's body to the body of its answer; raises `Refused`."""


def _client_secret(asked: Json, desk: Desk) -> Json:
    only(asked, ("expires_after", "session"))
    lifetime_s = _lifetime_s(asked.get("expires_after"))
    wanted = asked.get("session")
    session = _session({"type": "realtime"} if wanted is None else wanted, desk)
    value, expires_at = desk.issue(session, lifetime_s)
    return {"value": value, "expires_at": expires_at, "session": session}


def _lifetime_s(asked: Any) -> int:
    if asked is None:
        return _SECRET_S
    if not isinstance(asked, dict):
        raise wrong_type(asked, "expires_after", "an object")
    only(asked, ("anchor", "seconds"), "expires_after")
    if asked.get("anchor", _ANCHORS[0]) not in _ANCHORS:
        raise not_supported(asked["anchor"], _ANCHORS, "expires_after.anchor")
    seconds = asked.get("seconds", _SECRET_S)
    low, high = _SECRET_BOUNDS_S
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        raise wrong_type(seconds, "expires_after.seconds", "an integer")
    if not low <= seconds <= high:
        raise out_of_range(seconds, "expires_after.seconds", f"a value between {low} and {high}")
    return seconds


def _session(asked: Any, desk: Desk) -> Json:
    if not isinstance(asked, dict):
        raise wrong_type(asked, "session", "an object")
    manner = Manner(desk.options.flavour, transcribes=asked.get("type") == "transcription")
    model = _model(asked, desk, "session.model")
    return updated(new_session(desk.ids.session(), model, 0, manner), asked, manner=manner)


def _model(asked: Json, desk: Desk, path: str) -> str:
    model = asked.get("model")
    if model is None:
        return DEFAULT_MODELS.get(desk.options.flavour, DEFAULT_MODEL)
    if not isinstance(model, str):
        raise wrong_type(model, path, "a string")
    if not desk.options.has_model(model):
        raise no_such_model(model, path)
    return model


def _beta_session(asked: Json, desk: Desk) -> Json:
    return _flat_session(asked, desk, Manner(shape="beta"), SESSION)


def _beta_listener(asked: Json, desk: Desk) -> Json:
    return _flat_session(asked, desk, Manner(shape="beta", transcribes=True), LISTENER)


def _flat_session(asked: Json, desk: Desk, manner: Manner, fields: Sequence[Field]) -> Json:
    """Write a session the way the beta did: flat, with its secret inside."""
    wanted = {name: value for name, value in asked.items() if name not in _NOT_SESSION}
    kind = "transcription" if manner.transcribes else "realtime"
    made = new_session(desk.ids.session(), _model(asked, desk, "model"), 0, manner)
    try:
        session = updated(made, {"type": kind, **nested(wanted, fields, "session")}, manner=manner)
    except Refused as refused:
        raise _at_top(retold(refused.error(None), fields)) from None
    value, expires_at = desk.issue(session, _BETA_SECRET_S)
    return {**flat(session, fields), "client_secret": {"value": value, "expires_at": expires_at}}


def _at_top(error: Json) -> Refused:
    """Refuse what stands in a body of its own and not under `session`."""
    param = None if error["param"] is None else str(error["param"]).removeprefix("session.")
    return Refused(str(error["message"]).replace("'session.", "'"), code=str(error["code"]), param=param)


def _models(_asked: Json, desk: Desk) -> Json:
    names = desk.options.models or _MODELS
    data = [{"id": name, "object": "model", "created": _MODELS_SINCE, "owned_by": "system"} for name in names]
    return {"object": "list", "data": data}


ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "/v1/models"): _models,
    ("POST", "/v1/realtime/client_secrets"): _client_secret,
    ("POST", "/v1/realtime/sessions"): _beta_session,
    ("POST", "/v1/realtime/transcription_sessions"): _beta_listener,
}
"""Where each is to be had."""
