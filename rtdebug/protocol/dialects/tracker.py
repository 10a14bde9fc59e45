"""How a connection speaks: found from its request, and then from what is said."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlsplit

from rtdebug.protocol.catalog import CATALOG
from rtdebug.wire.messages import Sender

Shape = Literal["unknown", "ga", "beta", "mixed", "translation"]
Vendor = Literal["openai", "azure", "azure voice live", "xai", "other"]

_SHAPE_WORDS: Final = {"ga": "GA"}
_VENDOR_WORDS: Final = {"openai": "OpenAI", "azure": "Azure", "azure voice live": "Azure Voice Live", "xai": "xAI"}
_HOSTS: Final[tuple[tuple[str, Vendor], ...]] = (
    (".azure.com", "azure"),
    (".openai.com", "openai"),
    (".x.ai", "xai"),
)


class Dialect(NamedTuple):
    """The shape of a connection's events, and whose service it is."""

    shape: Shape = "unknown"
    vendor: Vendor = "other"

    def __str__(self) -> str:
        shape, vendor = _SHAPE_WORDS.get(self.shape, self.shape), _VENDOR_WORDS.get(self.vendor, "")
        return f"{shape} ({vendor})" if vendor else shape


class DialectTracker:
    """Finds a connection's dialect, from its handshake and then from its events.

    What the server says decides; until it has said something, what the client says; until then, the request.
    A server that tells both shapes speaks a mixed one.
    """

    __slots__ = ("_asked", "_told", "_vendor")

    def __init__(self) -> None:
        self._asked: Shape = "unknown"
        self._told: dict[Sender, set[Shape]] = {"client": set(), "server": set()}
        self._vendor: Vendor = "other"

    @property
    def dialect(self) -> Dialect:
        """The dialect, as far as it is known by now."""
        shape = _one(self._told["server"]) or _one(self._told["client"]) or self._asked
        return Dialect("translation" if self._asked == "translation" else shape, self._vendor)

    def opened(self, target: str, upstream: str, request_lines: Sequence[str]) -> None:
        """Take a handshake: path and query (or the whole URL), the upstream's URL, and the request's head."""
        host, path, query = _address(target, upstream)
        vendor = _vendor(host, path)
        if vendor != "other":
            self._vendor = vendor
        if path.rstrip("/").endswith("/realtime/translations"):
            self._asked = "translation"
        elif any(_asks_for_beta(line) for line in request_lines) or _is_beta_only(vendor, query):
            self._asked = "beta"
        elif vendor == "azure" or (vendor == "openai" and request_lines):
            self._asked = "ga"

    def observe(self, sender: Sender, wire_type: str, data: Mapping[str, Any]) -> None:
        """Take what an event tells of its dialect; most tell nothing."""
        sign = _SIGNS.get(wire_type)
        if sign is None:
            return
        shape, look = sign
        if shape is not None:
            self._told[sender].add(shape)
        if look is not None:
            look(self, sender, data)

    def _session(self, sender: Sender, data: Mapping[str, Any]) -> None:
        config = data.get("session")
        if not isinstance(config, dict):
            return
        self._configuration(sender, config)
        model = config.get("model")
        if sender == "client":
            return
        if isinstance(model, str) and model.startswith("grok-"):
            self._found("xai")
        elif "input_audio_sampling_rate" in config or "avatar" in config:
            self._found("azure voice live")

    def _response(self, sender: Sender, data: Mapping[str, Any]) -> None:
        config = data.get("response")
        if isinstance(config, dict):
            self._configuration(sender, config)
            if config.get("status_details") == "unimplemented":
                self._found("xai")

    def _configuration(self, sender: Sender, config: Mapping[str, Any]) -> None:
        told = self._told[sender]
        if config.get("type") == "translation":
            told.add("translation")
        if "modalities" in config or "input_audio_format" in config:
            told.add("beta")
        if "audio" in config or "output_modalities" in config:
            told.add("ga")

    def _content_part(self, sender: Sender, data: Mapping[str, Any]) -> None:
        if "content" in data:
            self._found("azure")

    def _ping(self, sender: Sender, data: Mapping[str, Any]) -> None:
        self._found("xai")

    def _found(self, vendor: Vendor) -> None:
        """Take a vendor's mark; it says more than an unknown host, and less than a known one."""
        if self._vendor == "other" or (self._vendor, vendor) == ("azure", "azure voice live"):
            self._vendor = vendor


def _one(shapes: set[Shape]) -> Shape | None:
    if "translation" in shapes:
        return "translation"
    if len(shapes) > 1:
        return "mixed"
    return next(iter(shapes), None)


def _address(target: str, upstream: str) -> tuple[str, str, str]:
    """Take apart where a request goes: host, path, query; each "" where it is not known."""
    host = ""
    try:
        url = urlsplit(target)
        host = (urlsplit(upstream).hostname if upstream else url.hostname) or ""
        return host, url.path, url.query
    except ValueError:
        return host, target.partition("?")[0], target.partition("?")[2]


def _vendor(host: str, path: str) -> Vendor:
    if "/voice-live/" in path:
        return "azure voice live"
    return next((name for end, name in _HOSTS if f".{host}".endswith(end)), "other")


def _is_beta_only(vendor: Vendor, query: str) -> bool:
    """Say whether a service has not learnt GA's shape: Azure's previews go by dates."""
    return vendor == "azure voice live" or (vendor == "azure" and "api-version=" in query)


def _asks_for_beta(line: str) -> bool:
    name, _, value = line.lower().partition(":")
    if name == "openai-beta":
        return "realtime" in value
    return name == "sec-websocket-protocol" and "openai-beta.realtime-v1" in value


_Look = Callable[[DialectTracker, Sender, Mapping[str, Any]], None]


def _named(type_: str) -> Shape | None:
    """Say which shape alone uses a name."""
    row = CATALOG[type_]
    if row.shapes == ("beta",):
        return "beta"
    if row.shapes == ("ga",) and row.aliases:
        return "ga"
    return "translation" if row.shapes == ("translation",) else None


_LOOKS: Final[dict[str, _Look]] = {
    "session.update": DialectTracker._session,
    "session.created": DialectTracker._session,
    "session.updated": DialectTracker._session,
    "response.create": DialectTracker._response,
    "response.created": DialectTracker._response,
    "response.done": DialectTracker._response,
    "response.content_part.added": DialectTracker._content_part,
    "response.content_part.done": DialectTracker._content_part,
    "ping": DialectTracker._ping,
}
_SIGNS: Final[dict[str, tuple[Shape | None, _Look | None]]] = {
    name: (_named(name), _LOOKS.get(name)) for name in CATALOG if _named(name) or name in _LOOKS
}
