"""Who may use the proxy: programs of this machine, and no web page that happens to be open on it.

A browser sends `Origin` with every WebSocket and every cross-site write, and `Host` tells when a name of
somebody else's was pointed at this address. Refusals happen before the upstream is contacted.
"""

import ipaddress
import secrets
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import orjson

from rtdebug.protocol.secrets import credentials
from rtdebug.wire.handshake import Head

_REASONS: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    408: "Request Timeout",
    431: "Request Header Fields Too Large",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that the proxy gives itself."""

    status: int
    message: str

    def to_bytes(self) -> bytes:
        """Write it in the shape that clients of the API read."""
        error = {"message": f"rtdebug: {self.message}", "type": "rtdebug_error", "code": None, "param": None}
        body = orjson.dumps({"error": error})
        head = (
            f"HTTP/1.1 {self.status} {_REASONS[self.status]}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + body


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules of one proxy."""

    remote: bool = False
    """Other machines may connect: any address is then a fitting Host, names still are not."""
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    key: str = ""
    """The key put in for clients that show the token."""
    token: str = ""

    def check(self, request: Head) -> Refusal | None:
        """Return why this request is refused, None if it is not."""
        hosts = request.values("host")
        if len(hosts) != 1:
            return Refusal(400, "a request needs exactly one Host header")
        name = _host_name(hosts[0])
        if not (self._is_expected(name) or name in self.hosts or hosts[0].lower() in self.hosts):
            return Refusal(
                403, f"Host {_short(hosts[0])} is not this proxy's. If it should be, start with --allow-host."
            )
        for origin in request.values("origin"):
            if not (is_loopback(_origin_host(origin)) or origin.lower() in self.origins):
                return Refusal(
                    403, f"a page from {_short(origin)} may not use this proxy. To let it, start with --allow-origin."
                )
        if not request.values("origin") and request.value("sec-fetch-site").lower() == "cross-site":
            return Refusal(403, "a page of another site may not use this proxy")
        return self._check_token(request)

    def _is_expected(self, name: str) -> bool:
        return is_loopback(name) or (self.remote and _is_address(name))

    def _check_token(self, request: Head) -> Refusal | None:
        if not self.key or credentials(request):
            return None
        return Refusal(401, "this proxy adds the key for clients that show its token; use the token as the API key")

    def with_key(self, request: Head) -> Head:
        """Put the key where the client shows the token; a client with a key of its own keeps it."""
        shown = any(secrets.compare_digest(found.encode(), self.token.encode()) for found in credentials(request))
        if not self.key or not shown:
            return request
        return request.map_text(lambda line: line.replace(self.token, self.key))


def is_loopback(name: str) -> bool:
    """Say whether a host name is this machine by its loopback name or address."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "") if not set(host) & set("/@?#\\ ") else ""
    except ValueError:
        return ""


def _origin_host(origin: str) -> str:
    try:
        parts = urlsplit(origin)
        return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _short(text: str) -> str:
    return ascii(text[:80])
