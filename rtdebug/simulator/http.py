"""Plain HTTP around a session: requests and answers as values. What the calls give is in `rest`."""

from dataclasses import dataclass, field
from http import HTTPStatus

import orjson

from rtdebug.simulator.refusals import Json, Refused, not_json, quoted
from rtdebug.simulator.rest import ROUTES, Desk
from rtdebug.simulator.secrets import bad_key, is_good, key_of

_JSON = {"content-type": "application/json"}
_ABSENT = ("/v1/realtime/calls", "/v1/realtime/translations")
_NOT_HERE = (
    "This is a simulator that speaks over WebSockets: it has no WebRTC, SIP or translation. "
    "Open a WebSocket at /v1/realtime instead."
)


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


def answer(request: Request, desk: Desk) -> Answer:
    """Answer a plain HTTP request."""
    path = request.path.partition("?")[0].rstrip("/").removeprefix("/openai")
    if path.startswith(_ABSENT) or (request.method, path) == ("POST", "/v1/realtime"):
        return error(501, _NOT_HERE, "not_implemented")
    route = ROUTES.get((request.method, path))
    if route is None:
        return error(404, f"Invalid URL ({request.method} {quoted(path)})", None)
    key = key_of(request.path, request.headers)
    if desk.options.require_key is not None and not is_good(key, desk.options, desk.secrets, desk.now_s):
        return error(401, bad_key(key).message, "invalid_api_key")
    try:
        return as_json(200, route(_parse(request.body), desk))
    except Refused as refused:
        return error(400, refused.message, refused.code, refused.param)


def not_a_socket(path: str) -> Answer:
    """Refuse a WebSocket at a place where none is."""
    return error(404, f"Invalid URL (GET {quoted(path.partition('?')[0])})", None)


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


def as_json(status: int, body: Json) -> Answer:
    """Answer with a JSON object."""
    return Answer(status, body=orjson.dumps(body))


def error(status: int, message: str, code: str | None, param: str | None = None) -> Answer:
    """Answer with an error, as OpenAI writes one."""
    told = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return as_json(status, {"error": told})
