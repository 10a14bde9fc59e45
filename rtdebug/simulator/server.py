"""The simulator's sockets: a thin shell that tells each machine what arrived and what time it is."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from ssl import SSLContext
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

import orjson
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as Upgrade
from websockets.http11 import Response
from websockets.typing import Subprotocol

from rtdebug.clock import Clock
from rtdebug.simulator.front import front
from rtdebug.simulator.http import Answer, Request, answer, not_a_socket
from rtdebug.simulator.ids import Ids
from rtdebug.simulator.machine import Machine
from rtdebug.simulator.refusals import Json
from rtdebug.simulator.script import DEFAULT, Script
from rtdebug.simulator.session import DEFAULT_MODEL, SESSION_S
from rtdebug.simulator.voice import speech

_SOCKET_PATHS = ("/v1/realtime", "/openai/v1/realtime", "/openai/realtime")
_SUBPROTOCOL = Subprotocol("realtime")
# A client may send a long recording before it reads anything; blocking on either side would stop both.
_WRITE_LIMIT = 16 << 20
_CLOSE_TIMEOUT_S = 2.0
# Whoever connects and leaves again is no news to the person running a demo.
_LOGGER = logging.getLogger("rtdebug.simulator")
_LOGGER.addHandler(logging.NullHandler())


Refusal = Answer
"""What a handshake gets instead of a session: status, headers, body."""


class Simulator:
    """An upstream on this machine, for as long as the context lasts."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        pace: float = 1.0,
        script: Script = DEFAULT,
        refuse: Refusal | None = None,
        ssl: SSLContext | None = None,
        seed: int | None = None,
    ) -> None:
        self.pace = pace
        """How many times faster than the service it answers; `inf` is at once."""
        self.script = script
        self.refuse = refuse
        """Given to every WebSocket handshake instead of a session, while it is set."""
        self.requests: list[Request] = []
        """Every upgrade and HTTP request that came, oldest first."""
        self._address = (host, port)
        self._ssl = ssl
        self._ids = Ids(seed)
        self._stack = AsyncExitStack()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._address[1]

    @property
    def url(self) -> str:
        """Its WebSocket address without a path."""
        return self._url("wss" if self._ssl else "ws")

    @property
    def http_url(self) -> str:
        """Its HTTP address without a path."""
        return self._url("https" if self._ssl else "http")

    async def __aenter__(self) -> Self:
        # Speech is read or made now, so that no session has to wait for it.
        await asyncio.to_thread(lambda: [speech(reply) for reply in self.script.replies()])
        host, port = self._address
        server = await self._stack.enter_async_context(
            serve(
                self._serve,
                host,
                port,
                ssl=self._ssl,
                process_request=self._admit,
                select_subprotocol=_select,
                create_connection=front(self._respond),
                compression=None,
                max_size=None,
                write_limit=_WRITE_LIMIT,
                close_timeout=_CLOSE_TIMEOUT_S,
                logger=_LOGGER,
            )
        )
        self._address = (host, next(iter(server.sockets)).getsockname()[1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def _url(self, scheme: str) -> str:
        host, port = self._address
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"

    def _admit(self, connection: ServerConnection, upgrade: Upgrade) -> Response | None:
        self.requests.append(Request("GET", upgrade.path, tuple(upgrade.headers.raw_items())))
        if self.refuse is not None:
            return _response(self.refuse)
        if urlsplit(upgrade.path).path.rstrip("/") not in _SOCKET_PATHS:
            return _response(not_a_socket(upgrade.path))
        return None

    def _respond(self, request: Request) -> Answer:
        self.requests.append(request)
        return answer(request, ids=self._ids, now_s=_wall_s())

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        machine = Machine(
            speak=speech,
            script=self.script,
            model=(query.get("model") or query.get("deployment") or [DEFAULT_MODEL])[0],
            ids=self._ids,
            pace=self.pace,
            expires_at=_wall_s() + SESSION_S,
        )
        try:
            await _converse(connection, machine)
        except ConnectionClosed:
            return


async def _converse(connection: ServerConnection, machine: Machine) -> None:
    """Carry messages between a socket and a machine until the socket closes."""
    clock = Clock()
    events = machine.open(clock.now_ns())
    while True:
        await _send(connection, events)
        try:
            async with asyncio.timeout(_wait_s(machine.next_ns, clock)):
                message = await connection.recv()
        except TimeoutError:
            events = machine.poll(clock.now_ns())
        else:
            events = machine.receive(message, clock.now_ns())


async def _send(connection: ServerConnection, events: Sequence[Json]) -> None:
    for event in events:
        await connection.send(orjson.dumps(event).decode())


def _wait_s(due_ns: int | None, clock: Clock) -> float | None:
    return None if due_ns is None else max(0.0, (due_ns - clock.now_ns()) / 1e9)


def _wall_s() -> int:
    return Clock().started_ns // 1_000_000_000


def _select(_connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return _SUBPROTOCOL if _SUBPROTOCOL in offered else None


def _response(given: Answer) -> Response:
    headers = Headers({**given.headers, "Content-Length": str(len(given.body)), "Connection": "close"})
    return Response(given.status, given.reason, headers, given.body)
