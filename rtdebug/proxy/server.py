"""Listening, accepting and ending: the proxy as a whole."""

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from rtdebug.errors import UsageError
from rtdebug.proxy.connection import Connection, Rules
from rtdebug.proxy.leg import Leg
from rtdebug.proxy.pulse import PULSE_SECONDS
from rtdebug.proxy.upstream import keep_watch

_PORT = re.compile("[0-9]{1,5}")
_TLS_HELLO = b"\x16"
_SNIFF_SECONDS = 10.0
_BACKLOG = 512
_FULL_WORDS = b"rtdebug: too many connections (--max-connections)\n"
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n"
    b"Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b" % (len(_FULL_WORDS), _FULL_WORDS)
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str
    port: int


def parse_address(text: str) -> Address:
    """Read `host:port`, `:port` or `port`; raise UsageError."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not _PORT.fullmatch(port) or int(port) > 65535 or not _is_name(host):
        raise UsageError(f"--listen {text}: expected host:port, such as 127.0.0.1:8787 (port 0 picks a free one)")
    return Address(host, int(port))


def _is_name(host: str) -> bool:
    """Say whether a host's address can be asked for at all."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


class ProxyServer:
    """Accepts clients and serves each until it leaves or the proxy is stopped."""

    def __init__(
        self,
        rules: Rules,
        *,
        tls: ssl.SSLContext | None = None,
        most_connections: int = 1000,
        on_hint: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`on_hint` is told of what a client seems to get wrong, as often as it does."""
        self._rules = rules
        self._tls = tls
        self._most = most_connections
        self._on_hint = on_hint
        self._listeners: list[socket.socket] = []
        self._serving: dict[asyncio.Task[None], Connection | None] = {}
        self._stopping = asyncio.Event()

    def listen(self, address: Address) -> int:
        """Open the listening sockets; return the port. Raises UsageError."""
        try:
            found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        except socket.gaierror as error:
            raise UsageError(f"--listen {address.host}: {error.strerror}") from None
        port = address.port
        for family, _, _, _, place in dict.fromkeys(found):
            try:
                listener = socket.create_server((place[0], port), family=family, backlog=_BACKLOG)
            except OSError as error:
                if self._listeners:
                    continue  # the name's other address family is not there
                raise UsageError(
                    f"cannot listen on {address.host}:{port}: {error.strerror}. Another port: --listen 127.0.0.1:0"
                ) from None
            listener.setblocking(False)
            port = port or listener.getsockname()[1]
            self._listeners.append(listener)
        return port

    async def serve(self) -> None:
        """Serve until `stop`; then end every connection in order."""
        async with AsyncExitStack() as stack:
            for listener in self._listeners:
                stack.callback(listener.close)
            async with asyncio.TaskGroup() as clients:
                standing = [asyncio.ensure_future(self._accept(listener, clients)) for listener in self._listeners]
                standing.append(asyncio.ensure_future(self._check_pulses()))
                await self._stopping.wait()
                for task in standing:
                    task.cancel()
                await asyncio.gather(*(self._end(task, connection) for task, connection in self._serving.items()))

    def stop(self) -> None:
        """End the proxy: no new clients, a close frame to those that are there."""
        self._stopping.set()

    async def _end(self, task: asyncio.Task[None], connection: Connection | None) -> None:
        if connection is None or not await connection.stop():
            task.cancel()

    async def _accept(self, listener: socket.socket, clients: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                link, peer = await loop.sock_accept(listener)
            except OSError as error:
                self._on_hint(f"cannot accept connections: {error.strerror}. Trying on.")
                await asyncio.sleep(0.1)  # out of file descriptors: some will be free again
                continue
            if len(self._serving) >= self._most:
                self._on_hint(f"{self._most} connections are open; more are turned away (--max-connections)")
                _turn_away(link, in_words=self._tls is None)
                continue
            task = clients.create_task(self._guarded(self._client(link, f"{peer[0]}:{peer[1]}")))
            self._serving[task] = None
            task.add_done_callback(self._serving.pop)

    async def _check_pulses(self) -> None:
        while True:
            await asyncio.sleep(PULSE_SECONDS)
            for connection in list(self._serving.values()):
                if connection is not None:
                    connection.check_pulse()

    async def _guarded(self, serving: Awaitable[None]) -> None:
        """Keep one connection's trouble from the others."""
        try:
            await serving
        except OSError:
            pass  # the client left while it was being served
        except Exception as error:
            self._on_hint(f"a connection failed: {type(error).__name__}: {error}. Please report this.")

    async def _client(self, link: socket.socket, peer: str) -> None:
        keep_watch(link)
        context = self._tls
        loop = asyncio.get_running_loop()
        try:
            if context is not None and not await _begins_with_tls(link):
                context = None
            # The leg is made here: under TLS, uvloop returns a protocol of its own and not the one it was given.
            leg = Leg()
            await loop.connect_accepted_socket(lambda: leg, link, ssl=context)
        except BaseException:
            link.close()
            raise
        connection = Connection(leg, self._rules, peer)
        task = asyncio.current_task()
        assert task is not None
        self._serving[task] = connection
        await connection.serve()


def _turn_away(link: socket.socket, *, in_words: bool) -> None:
    """Close a connection that is one too many, with an answer as far as that takes no waiting."""
    with contextlib.suppress(OSError):
        link.setblocking(False)
        if in_words:
            link.send(_FULL)
            link.shutdown(socket.SHUT_WR)
            link.recv(1 << 16)  # what is left unread would make the kernel take the answer back
    link.close()


async def _begins_with_tls(link: socket.socket) -> bool:
    """Look at a client's first byte without taking it: both protocols share the port."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(link, readable.set)
    try:
        async with asyncio.timeout(_SNIFF_SECONDS):
            await readable.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(link)
    return link.recv(1, socket.MSG_PEEK) == _TLS_HELLO
