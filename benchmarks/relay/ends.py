"""Both ends of the sessions: the app that connects through a side, and the upstream behind it."""

import select
import socket
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha1
from os import urandom

from benchmarks.relay.frames import CLOSE, client_frame, server_frame
from benchmarks.relay.loop import Loop

READ_BYTES = 65536
OPENING_AT_ONCE = 20
ACCEPT_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
NORMAL_CLOSURE = (1000).to_bytes(2, "big")


class SessionError(Exception):
    """A session that could not be opened, or ended before it should."""


class Connection:
    """A socket that sends at once, and keeps what did not fit."""

    __slots__ = ("_loop", "_pending", "_sock", "closed", "on_data", "on_drained")

    def __init__(self, loop: Loop, sock: socket.socket, on_data: Callable[[bytes], object]) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._loop, self._sock = loop, sock
        self._pending = b""
        self.closed = False
        self.on_data = on_data
        self.on_drained: Callable[[], None] | None = None
        loop.add(sock.fileno(), self._ready)

    @property
    def blocked(self) -> bool:
        """Whether the other side is not keeping up."""
        return bool(self._pending)

    def send(self, data: bytes) -> None:
        """Send now what the socket takes, and the rest when it has room."""
        if self.closed:
            return
        if self._pending:
            self._pending += data
            return
        sent = self._try(data)
        if sent < len(data) and not self.closed:
            self._pending = data[sent:]
            self._loop.want_write(self._sock.fileno(), wanted=True)

    def close(self) -> None:
        """Close the socket."""
        if not self.closed:
            self.closed = True
            self._loop.remove(self._sock.fileno())
            self._sock.close()

    def _try(self, data: bytes) -> int:
        try:
            return self._sock.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.close()
            return 0

    def _ready(self, events: int) -> None:
        if events & select.EPOLLOUT:
            self._flush()
        if events & ~select.EPOLLOUT and not self.closed:
            self._read()

    def _flush(self) -> None:
        self._pending = self._pending[self._try(self._pending) :]
        if self._pending or self.closed:
            return
        self._loop.want_write(self._sock.fileno(), wanted=False)
        if self.on_drained:
            self.on_drained()

    def _read(self) -> None:
        try:
            data = self._sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.on_data(data)
        else:
            self.close()


@dataclass(slots=True)
class Session:
    """One WebSocket session, held at both ends."""

    client: Connection
    upstream: Connection


class Ends:
    """An upstream that listens, and apps that connect to it through a side."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._listener.setblocking(False)
        self.port = int(self._listener.getsockname()[1])
        self._accepted: dict[str, Connection] = {}
        loop.add(self._listener.fileno(), self._accept)

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()
        self.loop.close()

    def open_sessions(self, number: int, port: int, *, seconds: float = 30.0) -> list[Session]:
        """Open sessions through the proxy at a port, a few at a time."""
        sessions: list[Session] = []
        while len(sessions) < number:
            batch = min(OPENING_AT_ONCE, number - len(sessions))
            openings = [_Opening(self.loop, port) for _ in range(batch)]
            done = self.loop.run_until(lambda: all(o.done for o in openings), seconds=seconds)  # noqa: B023 - run now
            if not done:
                raise SessionError(f"no answer to the handshake within {seconds:g} s")
            for opening in openings:
                opening.check()
                sessions.append(Session(opening.connection, self._accepted.pop(opening.key)))
        return sessions

    def close_sessions(self, sessions: list[Session], *, seconds: float = 5.0) -> None:
        """Close as clients do: a close frame there and back, then the sockets."""
        goodbye = server_frame(NORMAL_CLOSURE, first=CLOSE)
        for session in sessions:
            client, upstream = session.client, session.upstream
            client.on_drained = upstream.on_drained = None
            client.on_data = partial(_hang_up, client)
            upstream.on_data = partial(_say, upstream, goodbye)
            client.send(client_frame(NORMAL_CLOSURE, urandom(4), first=CLOSE))
        self.loop.run_until(lambda: all(s.client.closed and s.upstream.closed for s in sessions), seconds=seconds)
        for session in sessions:
            session.client.close()
            session.upstream.close()

    def _accept(self, _: int) -> None:
        sock, _address = self._listener.accept()
        head = bytearray()

        def read_head(data: bytes) -> None:
            head.extend(data)
            if not head.endswith(b"\r\n\r\n"):
                return
            key = _header(bytes(head), "sec-websocket-key")
            self._accepted[key] = connection
            connection.send(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + _accept_for(key) + b"\r\n\r\n"
            )

        connection = Connection(self.loop, sock, read_head)


class _Opening:
    """A client's handshake under way."""

    def __init__(self, loop: Loop, port: int) -> None:
        self.key = b64encode(urandom(16)).decode()
        self._head = b""
        try:
            sock = socket.create_connection(("127.0.0.1", port), timeout=10)
        except OSError as error:
            raise SessionError(f"cannot connect: {error}") from error
        self.connection = Connection(loop, sock, self._read)
        self.connection.send(
            f"GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {self.key}\r\nAuthorization: Bearer sk-benchmark-not-a-key\r\n"
            "User-Agent: rtdebug-benchmark\r\n\r\n".encode()
        )

    @property
    def done(self) -> bool:
        """Whether there is an answer, or will never be one."""
        return self._head.endswith(b"\r\n\r\n") or self.connection.closed

    def check(self) -> None:
        """Raise unless the answer is the upgrade the upstream end gave."""
        status = self._head.split(b"\r\n", 1)[0].decode(errors="replace")
        if " 101 " not in status + " ":
            raise SessionError(f"the handshake was answered with {status or 'nothing'!r}")
        if _header(self._head, "sec-websocket-accept").encode() != _accept_for(self.key):
            raise SessionError("the handshake was answered with a wrong Sec-WebSocket-Accept")
        if _header(self._head, "sec-websocket-extensions"):
            raise SessionError("the handshake was answered with extensions nobody asked for")

    def _read(self, data: bytes) -> None:
        self._head += data


def _hang_up(connection: Connection, _: bytes) -> None:
    connection.close()


def _say(connection: Connection, words: bytes, _: bytes) -> None:
    connection.send(words)


def _accept_for(key: str) -> bytes:
    return b64encode(sha1(key.encode() + ACCEPT_GUID).digest())


def _header(head: bytes, name: str) -> str:
    for line in head.decode("latin-1").split("\r\n")[1:]:
        field, _, value = line.partition(":")
        if field.strip().lower() == name:
            return value.strip()
    return ""
