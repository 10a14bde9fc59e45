"""Where a recording's client part is to be played: the address as given, completed from the recording. Pure."""

from typing import Final
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit, urlunsplit

from rtdebug.conform.endpoint import DEFAULT_MODEL, Endpoint, parse_endpoint
from rtdebug.errors import UsageError
from rtdebug.replay.steps import Script

_MODEL_KEYS: Final = ("model", "deployment")
_PAID: Final = {"openai": "OpenAI", "azure": "Azure", "azure voice live": "Azure", "xai": "xAI"}


def destination(url: str, script: Script, *, model: str = "", key: str = "") -> Endpoint:
    """Read the address of an endpoint; what it leaves open is as in the recording. Raises UsageError.

    `model` takes the place of any other, the address' own included.
    """
    asked = parse_qs(urlsplit(script.target).query)
    if "call_id" in asked:
        raise UsageError(f"{script.name}: it steers a call of WebRTC or SIP that is over; there is none to steer again")
    parts = urlsplit(parse_endpoint(url).url)
    given = urlsplit(url if "://" in url else f"ws://{url}")
    query = parse_qsl(given.query, keep_blank_values=True)
    names = {name for name, _ in query}
    if "intent" in asked and "intent" not in names:
        query.append(("intent", asked["intent"][0]))
    has_intent = any(name == "intent" for name, _ in query)
    if model:
        named = next((name for name in _MODEL_KEYS if name in names), "model")
        query = [pair for pair in query if pair[0] != named] + [(named, model)]
    elif not names & set(_MODEL_KEYS):
        recorded = next((asked[name][0] for name in _MODEL_KEYS if name in asked), "" if has_intent else script.model)
        if recorded or not has_intent:
            query.append(("model", recorded or DEFAULT_MODEL))
    path = parts.path
    if given.path.rstrip("/") != path and script.path.rstrip("/").endswith("/realtime/translations"):
        path += "/translations"
    text = "&".join(f"{quote(name)}={quote(value, safe='.:_-')}" for name, value in query)
    return Endpoint(urlunsplit((parts.scheme, parts.netloc, path, text, "")), key)


def model_asked(endpoint: Endpoint) -> str:
    """Return the model that an address names, "" for none."""
    query = parse_qs(urlsplit(endpoint.url).query)
    return next((query[name][0] for name in _MODEL_KEYS if name in query), "")


def charges(endpoint: Endpoint) -> str:
    """Name the service that charges for what is done there, "" where none is known to."""
    return _PAID.get(endpoint.vendor, "")
