"""The door: what a request for a WebSocket gets, by its path, its headers and the keys given out. Pure."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from rtdebug.simulator.http import Answer, Request, as_json, error, not_a_socket
from rtdebug.simulator.options import DEFAULT_MODELS, Flavour, Manner, Options, Shape
from rtdebug.simulator.refusals import Json, Refused, no_such_model, quoted
from rtdebug.simulator.rest import Desk
from rtdebug.simulator.secrets import Secret, bad_key, is_good, key_of
from rtdebug.simulator.session import DEFAULT_MODEL
from rtdebug.simulator.state import Closing

_PATHS = ("/v1/realtime", "/openai/v1/realtime", "/openai/realtime")
_BETA_PATH = "/openai/realtime"
_BETA_SUBPROTOCOL = "openai-beta.realtime-v1"
_TEMPERATURE = {"temperature": 0.8}
_LOCAL = ("localhost", "127.0.0.1", "::1")
_CLOSE_CODES = {"invalid_api_key": 3000}
_OTHER_CLOSE_CODE = 4000


@dataclass(frozen=True, slots=True)
class Welcome:
    """A session is to be had."""

    manner: Manner
    model: str
    session: Json | None = None
    """How it was configured beforehand."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """The socket opens, and closes again behind an error: how OpenAI refuses."""

    error: Json
    closing: Closing


Admission = Welcome | Farewell | Answer


def admit(request: Request, desk: Desk) -> Admission:
    """Decide what a request for a WebSocket gets; an `Answer` refuses the handshake. A secret that opens is spent."""
    if _is_foreign(request.header("origin")):
        return error(403, "A page of another site may not use this server.", "origin_not_allowed")
    url = urlsplit(request.path)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    if url.path.rstrip("/") not in _PATHS:
        return not_a_socket(request.path)
    if "call_id" in query:
        return error(404, f"No call with id '{quoted(query['call_id'])}' is known here.", "call_id_not_found")
    key = key_of(request.path, request.headers)
    if not is_good(key, desk.options, desk.secrets, desk.now_s):
        return _refuse(desk.options.flavour, "key", bad_key(key))
    secret = desk.secrets.find(key, desk.now_s)
    shape: Shape = "beta" if _asks_for_beta(request, desk.options) else "ga"
    if shape == "beta" and desk.options.ga_only:
        return _turn_away(_beta_is_off())
    admission = _by_model(query, shape, secret, desk.options)
    if isinstance(admission, Welcome):
        desk.secrets.spend(key)
    return admission


def _is_foreign(origin: str | None) -> bool:
    """Say whether a request comes from a web page that is not on this machine."""
    return origin is not None and urlsplit(origin).hostname not in _LOCAL


def _by_model(query: dict[str, str], shape: Shape, secret: Secret | None, options: Options) -> Admission:
    asked = query.get("model") or query.get("deployment")
    transcribes = query.get("intent") == "transcription"
    default = str(secret.session.get("model", DEFAULT_MODEL)) if secret else DEFAULT_MODEL
    model = asked or DEFAULT_MODELS.get(options.flavour, default)
    if (transcribes and asked is not None) or (asked is not None and not options.has_model(asked)):
        return _refuse(options.flavour, "model", no_such_model(asked))
    manner = Manner(options.flavour, shape, transcribes or (secret is not None and secret.transcribes))
    if manner.transcribes and options.flavour == "xai":
        return _refuse(options.flavour, "model", no_such_model(model))
    return Welcome(manner, model, _fitted(secret, manner))


def _fitted(secret: Secret | None, manner: Manner) -> Json | None:
    """Return the configuration a secret stands for, if such a session can have it."""
    if secret is None or secret.transcribes != manner.transcribes:
        return None
    session = {name: value for name, value in secret.session.items() if name not in _TEMPERATURE}
    if manner.shape == "beta" and not manner.transcribes:
        session |= {"temperature": secret.session.get("temperature", _TEMPERATURE["temperature"])}
    return session


def _asks_for_beta(request: Request, options: Options) -> bool:
    if options.flavour == "xai":
        return False
    subprotocols = request.header("sec-websocket-protocol") or ""
    asked = "realtime=v1" in (request.header("openai-beta") or "") or _BETA_SUBPROTOCOL in subprotocols
    return asked or (options.flavour == "azure" and urlsplit(request.path).path.rstrip("/") == _BETA_PATH)


def _refuse(flavour: Flavour, what: Literal["key", "model"], refused: Refused) -> Admission:
    """Refuse in the way of a service: OpenAI once the socket is open, the others before."""
    if flavour == "openai":
        return _turn_away(refused)
    if flavour == "xai":
        return as_json(400, {"code": "invalid-argument", "error": refused.message})
    if what == "key":
        message = "Access denied due to invalid subscription key or wrong API endpoint."
        return as_json(401, {"error": {"code": "401", "message": message}})
    message = f"The realtime operation does not work with the specified model: {refused.message}"
    return as_json(400, {"error": {"code": "OpperationNotSupported", "message": message}})


def _turn_away(refused: Refused) -> Farewell:
    code = _CLOSE_CODES.get(refused.code, _OTHER_CLOSE_CODE)
    return Farewell(refused.error(None), Closing(code, f"invalid_request_error.{refused.code}"))


def _beta_is_off() -> Refused:
    return Refused(
        "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.",
        code="beta_api_shape_disabled",
    )
