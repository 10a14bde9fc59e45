"""The simulator's sockets: a thin shell that tells each machine what arrived and what time it is."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from ssl import SSLContext
from types import TracebackType
from typing import Self
from weakref import WeakKeyDictionary

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as Upgrade
from websockets.http11 import Response
from websockets.typing import Subprotocol

from rtdebug.clock import Clock
from rtdebug.simulator.admission import Admission, Farewell, Welcome, admit
from rtdebug.simulator.front import front
from rtdebug.simulator.hearing import recognise
from rtdebug.simulator.http import Answer, Request, answer
from rtdebug.simulator.ids import Ids
from rtdebug.simulator.machine import Machine
from rtdebug.simulator.options import OPTIONS, Options
from rtdebug.simulator.rest import Desk
from rtdebug.simulator.script import DEFAULT, Script
from rtdebug.simulator.secrets import Secrets
from rtdebug.simulator.talking import converse, hang_up, send
from rtdebug.simulator.tally import Tally
from rtdebug.simulator.voice import speech

_SUBPROTOCOL = Subprotocol("realtime")
# A client may send a long recording before it reads anything; blocking on either side would stop both.
_WRITE_LIMIT = 16 << 20
_CLOSE_TIMEOUT_S = 2.0
_MOST_REQUESTS = 64
"""Requests that are remembered for those who want to see what clients asked."""
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
        options: Options = OPTIONS,
        on_ended: Callable[[Tally], None] | None = None,
    ) -> None:
        self.pace = pace
        """How many times faster than the service it answers; `inf` is at once."""
        self.script = script
        self.options = options
        """Which service it stands for, and how strict it is."""
        self._on_ended = on_ended
        self.refuse = refuse
        """Given to every WebSocket handshake instead of a session, while it is set."""
        self.requests: deque[Request] = deque(maxlen=_MOST_REQUESTS)
        """Every upgrade and HTTP request that came, oldest first."""
        self._address = (host, port)
        self._ssl = ssl
        self._ids = Ids(seed, uuids=options.flavour == "xai")
        self._secrets = Secrets()
        self._admitted: WeakKeyDictionary[ServerConnection, Admission] = WeakKeyDictionary()
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
        request = Request("GET", upgrade.path, tuple(upgrade.headers.raw_items()))
        self.requests.append(request)
        if self.refuse is not None:
            return _response(self.refuse)
        admission = self._admitted[connection] = admit(request, self._desk())
        return _response(admission) if isinstance(admission, Answer) else None

    def _respond(self, request: Request) -> Answer:
        self.requests.append(request)
        return answer(request, self._desk())

    def _desk(self) -> Desk:
        return Desk(self._ids, _wall_s(), self.options, self._secrets)

    async def _serve(self, connection: ServerConnection) -> None:
        admission = self._admitted.pop(connection)
        assert not isinstance(admission, Answer)
        if isinstance(admission, Farewell):
            await self._turn_away(connection, admission)
            return
        try:
            tally = await converse(connection, self._machine(admission))
        except Exception as error:
            self._tell(Tally(ending=f"the simulator failed ({type(error).__name__}: {error}); please report this"))
            raise
        self._tell(tally)

    def _tell(self, tally: Tally) -> None:
        if self._on_ended is not None:
            self._on_ended(tally)

    async def _turn_away(self, connection: ServerConnection, farewell: Farewell) -> None:
        with suppress(ConnectionClosed):
            await send(connection, [{"type": "error", "event_id": self._ids.event(), "error": farewell.error}])
            await hang_up(connection, farewell.closing)

    def _machine(self, welcome: Welcome) -> Machine:
        limit_s = self.options.session_limit_s
        return Machine(
            speak=speech,
            recognise=recognise,
            script=self.script,
            model=welcome.model,
            ids=self._ids,
            pace=self.pace,
            expires_at=_wall_s() + int(limit_s),
            manner=welcome.manner,
            session=welcome.session,
            limit_s=limit_s,
        )


def _wall_s() -> int:
    return Clock().started_ns // 1_000_000_000


def _select(_connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return _SUBPROTOCOL if _SUBPROTOCOL in offered else None


def _response(given: Answer) -> Response:
    headers = Headers({**given.headers, "Content-Length": str(len(given.body)), "Connection": "close"})
    return Response(given.status, given.reason, headers, given.body)
