"""The upstream: where it is, what heads for it look like, and dialling it."""

import asyncio
import ipaddress
import re
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from rtdebug.errors import UpstreamError, UsageError
from rtdebug.protocol.secrets import Redactor
from rtdebug.proxy.leg import Leg
from rtdebug.units import quote
from rtdebug.wire.handshake import Head

_DIAL_SECONDS = 10.0
_TLS_SCHEMES = {"wss": True, "https": True, "ws": False, "http": False}
_SAID_TWICE: Final = (("/openai/v1", "/openai/"), ("/openai", "/openai/"), ("/v1", "/v1/"))
"""What a prefix may end with of the API's own path, and how targets begin that bring it themselves."""
_ENDPOINT: Final = "/realtime"
_URL: Final = re.compile(r"([a-z0-9+.-]*://)?([^/?#]*@)?([^?#]*)(.*)", re.IGNORECASE | re.DOTALL)
"""Scheme, user, place, and the rest."""
_HTTP: Final = b"HTTP/1."
_MOST_QUOTED: Final = 60
"""Characters shown of an answer that is no HTTP."""
_EXPECTED: Final = "expected wss://host, ws://host:port or the like"


@dataclass(frozen=True, slots=True)
class Upstream:
    """A server that speaks the Realtime API."""

    host: str
    port: int
    prefix: str = ""
    """Path put before every target, without a slash at its end."""
    tls: ssl.SSLContext | None = None
    base_path: str = "/v1"
    """What a client's base URL has to end with."""

    @property
    def url(self) -> str:
        """The upstream as a WebSocket URL."""
        return f"{self._origin}{self.prefix}"

    @property
    def _origin(self) -> str:
        return f"{'wss' if self.tls else 'ws'}://{self._authority}"

    @property
    def _authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"

    def point(self, request: Head) -> Head:
        """Return the request as it goes to the upstream: its Host, the prefix, and nothing else changed."""
        pointed = request.with_value("Host", self._authority)
        return pointed.with_target(self._target(request.target)) if self.prefix else pointed

    def place(self, target: str) -> str:
        """Return the URL that a client's target leads to, without its query: that may hold secrets."""
        return self._origin + self._target(target).partition("?")[0]

    def _target(self, target: str) -> str:
        """Put the prefix before a target; what both say of the API's own path stands there once."""
        for end, beginning in _SAID_TWICE:
            if self.prefix.endswith(end) and target.startswith(beginning):
                return self.prefix.removesuffix(end) + target
        return self.prefix + target

    async def dial(self) -> Leg:
        """Connect; raise UpstreamError that says why not."""
        loop = asyncio.get_running_loop()
        name = self.host if self.tls else None
        try:
            async with asyncio.timeout(_DIAL_SECONDS):
                _, leg = await loop.create_connection(Leg, self.host, self.port, ssl=self.tls, server_hostname=name)
        except TimeoutError:
            raise UpstreamError(f"{self.url} did not answer within {_DIAL_SECONDS:.0f} s", status=504) from None
        except ssl.SSLCertVerificationError as error:
            raise UpstreamError(
                f"{self.url} has a certificate that cannot be trusted: {error.verify_message}. "
                "For a private certificate authority, name its file with --upstream-ca."
            ) from None
        except socket.gaierror as error:
            raise UpstreamError(f"{self.url} has no address: {error.strerror}") from None
        except UnicodeError:
            raise UpstreamError(f"{self.url} has no address: no host can be called so") from None
        except ssl.SSLError as error:
            if error.reason == "WRONG_VERSION_NUMBER":
                raise UpstreamError(f"{self.url} does not speak TLS. For a plain server, begin with ws://") from None
            raise UpstreamError(f"{self.url} cannot be spoken to over TLS: {error.reason or error}") from None
        except OSError as error:
            raise UpstreamError(f"{self.url} cannot be reached: {error.strerror or error}") from None
        keep_watch(leg.transport.get_extra_info("socket"))
        return leg


def parse_upstream(url: str, ca: Path | None = None) -> Upstream:
    """Read an upstream URL (`wss://host[:port][/prefix]`); raise UsageError.

    The API's own path may stand at its end: `/v1`, `/openai/v1` or `/v1/realtime` as calls go to.
    """
    bare, full = _bare(url), url if "://" in url else f"wss://{url}"
    try:
        parts = urlsplit(full)
    except ValueError:  # half an IPv6 address
        raise UsageError(f"--upstream {bare}: {_EXPECTED}") from None
    if parts.scheme not in _TLS_SCHEMES or not parts.hostname:
        raise UsageError(f"--upstream {bare}: {_EXPECTED}")
    path = parts.path.rstrip("/")
    if "@" in parts.netloc or parts.query or parts.fragment:
        here = _bare(full).rstrip("/")
        raise UsageError(f"--upstream: give scheme, host, port and path only, here {here}; clients bring the rest")
    try:
        port = parts.port
    except ValueError:
        raise UsageError(f"--upstream {bare}: the port is not a number up to 65535") from None
    if "://" not in url and not _is_domain(parts.hostname):
        raise UsageError(f"--upstream {bare}: say wss://{bare} for a server with TLS, ws://{bare} for one without")
    prefix = path.removesuffix(_ENDPOINT).rstrip("/")
    is_bare_endpoint = path.endswith(_ENDPOINT) and not prefix.endswith("/v1")
    secure = _TLS_SCHEMES[parts.scheme]
    return Upstream(
        parts.hostname,
        port or (443 if secure else 80),
        prefix,
        _tls_context(ca) if secure else None,
        "" if is_bare_endpoint else "/v1",
    )


def _bare(url: str) -> str:
    """Return a URL without what may be secret: user, password, query, fragment.

    An "@" that stands where none belongs may follow a password with a slash in it: nothing of such a URL is shown.
    """
    found = _URL.match(url)
    assert found is not None, "each of its parts may be empty"
    scheme, _, place, rest = found.groups("")
    return scheme + ("…" if "@" in place + rest else place)


def _is_domain(host: str) -> bool:
    """Say whether a host is named as on the internet, and so surely meant over TLS."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return False


def no_answer(said: bytes, redactor: Redactor) -> str:
    """Say what an upstream did that left before the end of a head; `said` is what came of one."""
    if not said:
        return "closed the connection without an answer"
    if said.startswith(_HTTP) or _HTTP.startswith(said):
        return "closed the connection in the middle of its answer"
    line = redactor.head(Head(said.splitlines()[0], ()))[0].start.decode("latin-1")
    return f"does not answer in HTTP/1.1: '{quote(line, _MOST_QUOTED)}'"


def _tls_context(ca: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if ca is not None:
        try:
            context.load_verify_locations(ca)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"--upstream-ca {ca}: cannot be used as a file of certificates: {error}") from None
    return context


def keep_watch(link: socket.socket) -> None:
    """Have the kernel notice within 40 s that the other machine is gone, and send small frames at once."""
    for level, name, value in (
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 20),
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 5),
        (socket.IPPROTO_TCP, "TCP_KEEPCNT", 4),
    ):
        option = getattr(socket, name, None)
        if option is not None:
            try:
                link.setsockopt(level, option, value)
            except OSError:
                pass  # closed already, or a platform without it
