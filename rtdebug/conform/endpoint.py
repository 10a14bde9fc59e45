"""Where an endpoint is, and what opens it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

from rtdebug.errors import UsageError
from rtdebug.protocol.dialects import DialectTracker

DEFAULT_MODEL = "gpt-realtime"
_SCHEMES = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}
_PATHS = {"": "/v1/realtime", "/v1": "/v1/realtime", "/openai/v1": "/openai/v1/realtime"}
"""What is meant by an address that names no endpoint."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server that speaks the Realtime API."""

    url: str
    """WebSocket URL, with its query."""
    key: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """The URL without its query, which may hold a key."""
        return self.url.partition("?")[0]

    @property
    def vendor(self) -> str:
        """Whose it is, as far as the address tells."""
        return vendor(self.url)

    def headers(self) -> Mapping[str, str]:
        """Return what the handshake brings."""
        if not self.key:
            return {}
        return {"api-key": self.key} if self.vendor.startswith("azure") else {"Authorization": f"Bearer {self.key}"}


def vendor(url: str) -> str:
    """Name the service at an address, as far as that tells."""
    tracker = DialectTracker()
    tracker.opened(url, "", ())
    return tracker.dialect.vendor


def parse_endpoint(url: str, *, model: str | None = None, key: str = "") -> Endpoint:
    """Read an address such as `ws://127.0.0.1:8080` or `wss://host/v1/realtime?model=M`; raise UsageError."""
    told = url.partition("?")[0].rpartition("@")[2]  # without what may be a key
    try:
        parts = urlsplit(url if "://" in url else f"ws://{url}")
        _ = parts.port
    except ValueError as error:
        raise UsageError(f"{told}: is no address: {error}") from None
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise UsageError(f"{told}: expected an address like ws://127.0.0.1:8080 or wss://host/v1/realtime")
    if parts.username or parts.fragment:
        raise UsageError(f"{told}: give neither a user nor a fragment; keys come from --key-env")
    path = _PATHS.get(parts.path.rstrip("/"), parts.path)
    named = {"model", "deployment"} & parse_qs(parts.query).keys()
    if model is not None and named:
        raise UsageError(f"--model {model}: the address names a model already")
    asked = "" if named else f"model={quote(model or DEFAULT_MODEL)}"
    query = "&".join(part for part in (parts.query, asked) if part)
    return Endpoint(urlunsplit((_SCHEMES[parts.scheme], parts.netloc, path, query, "")), key)
