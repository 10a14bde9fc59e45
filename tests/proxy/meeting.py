"""A client at a proxy and the upstream behind it, talking plain HTTP by hand."""

from dataclasses import dataclass

from .stand import Stand
from .wiretap import End, Upstream

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def post(host: str, body: bytes, *lines: str, target: str = "/v1/realtime/client_secrets") -> bytes:
    head = (f"POST {target} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}", *lines, "", "")
    return "\r\n".join(head).encode() + body


def get(host: str, target: str = "/v1/models", method: str = "GET", *lines: str) -> bytes:
    return "\r\n".join((f"{method} {target} HTTP/1.1", f"Host: {host}", *lines, "", "")).encode()


@dataclass
class Meeting:
    """Who meets."""

    upstream: Upstream
    stand: Stand
    client: End
    _server: End | None = None

    @property
    def server(self) -> End:
        """The upstream's end, once it was asked."""
        assert self._server is not None
        return self._server

    async def asks(self, request: bytes) -> bytes:
        """Have the client ask; return the head that the upstream is asked."""
        if self._server is not None:
            self._server.received.clear()
        await self.client.sends(request)
        if self._server is None:
            self._server = await self.upstream.answers()
        return await self.server.head()

    async def answers(self, response: bytes) -> None:
        """Have the upstream answer."""
        await self.server.sends(response)

    async def client_gets(self, response: bytes) -> None:
        """Wait for these bytes and no others."""
        await self.client.has(len(response))
        assert bytes(self.client.received) == response

    def part(self) -> None:
        """Close what is open."""
        self.client.hangs_up()
        if self._server is not None:
            self._server.hangs_up()
