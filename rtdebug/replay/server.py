"""The sockets of a replay: any client connects, and the recorded server answers. A thin shell around `Part`."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers

from rtdebug.clock import Clock
from rtdebug.protocol.identity import replay_error
from rtdebug.replay.asked import other_model, unknown_model
from rtdebug.replay.door import Door
from rtdebug.replay.faults import Fault, struck
from rtdebug.replay.keeping import Keeper
from rtdebug.replay.load import Recorded, load_all
from rtdebug.replay.mismatch import Mismatch, few
from rtdebug.replay.part import Part
from rtdebug.replay.rest import Desk
from rtdebug.replay.steps import Script
from rtdebug.replay.talking import Talk
from rtdebug.replay.terms import AS_USUAL, Terms
from rtdebug.replay.verdict import Verdict, Verdicts
from rtdebug.simulator.front import front
from rtdebug.simulator.http import Answer, Request
from rtdebug.wire.handshake import Head

_WRITE_LIMIT = 1 << 20
_CLOSE_TIMEOUT_S = 2.0
_JSON = {"content-type": "application/json"}
_LOGGER = logging.getLogger("rtdebug.replay")
_LOGGER.addHandler(logging.NullHandler())


class ReplayServer:
    """Recordings played to whoever connects, for as long as the context lasts.

    Raises RecordingError where one cannot be read, UsageError where a fault finds nothing to strike, OSError where
    it cannot listen.
    """

    def __init__(
        self,
        recordings: Sequence[Path],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        terms: Terms = AS_USUAL,
        faults: Sequence[Fault] = (),
        loop: bool = False,
        out: Path | None = None,
        on_verdict: Callable[[Verdict], None] | None = None,
    ) -> None:
        self.terms = terms
        self.over: asyncio.Event
        """Set once every recording was played and its client has left; never with `loop`."""
        self._library = load_all(recordings)
        scripts = struck([one.script for one in self._library.recordings], faults)
        self.scripts = scripts
        """What is played, faults and all."""
        for one, script in zip(self._library.recordings, scripts, strict=True):
            one.script = script
        self._door = Door(self._library.recordings, loop=loop, on_refused=self._end)
        self._desk = Desk(self._library.exchanges)
        self._loop = loop
        self._out = out
        self._on_verdict = on_verdict
        self._address = (host, port)
        self._verdicts: list[Verdict] = []
        self._playing: set[Part] = set()
        self._open: set[ServerConnection] = set()
        self._stack = AsyncExitStack()

    @property
    def address(self) -> str:
        """Where it listens, as host and port."""
        host, port = self._address
        return f"{f'[{host}]' if ':' in host else host}:{port}"

    @property
    def base_url(self) -> str:
        """What `OPENAI_BASE_URL` must be."""
        return f"http://{self._reachable}/v1"

    @property
    def ws_url(self) -> str:
        """Where WebSockets go, for clients that want the whole address."""
        return f"ws://{self._reachable}/v1/realtime"

    @property
    def _reachable(self) -> str:
        """The address that a client on this machine can use."""
        return self.address.replace("0.0.0.0:", "127.0.0.1:").replace("[::]:", "[::1]:")

    @property
    def verdicts(self) -> Verdicts:
        """What has been played so far, and what nobody has asked for."""
        under_way = [part.verdict for part in self._playing]
        done = [*self._verdicts, *under_way]
        return Verdicts(done, [] if self._loop and done else self._unplayed(done))

    def _unplayed(self, done: Sequence[Verdict]) -> list[Script]:
        played = Counter(one.recording for one in done)
        left = []
        for script in self.scripts:
            if not played[script.name]:
                left.append(script)
            played[script.name] -= 1
        return left

    async def __aenter__(self) -> Self:
        self.over = asyncio.Event()
        host, port = self._address
        server = await self._stack.enter_async_context(
            serve(
                self._serve,
                host,
                port,
                process_request=self._door.admit,
                process_response=self._door.admitted,
                select_subprotocol=self._door.select,
                create_connection=front(self._respond),
                compression=None,
                max_size=None,
                write_limit=_WRITE_LIMIT,
                close_timeout=_CLOSE_TIMEOUT_S,
                ping_interval=None,
                logger=_LOGGER,
            )
        )
        self._address = (host, next(iter(server.sockets)).getsockname()[1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with asyncio.TaskGroup() as tasks:
            cutting = tasks.create_task(self._cut_off())
            await self._stack.aclose()
            cutting.cancel()
        self._library.close()

    async def _cut_off(self) -> None:
        """End the connections of clients that do not let themselves be closed."""
        await asyncio.sleep(2 * _CLOSE_TIMEOUT_S)
        for connection in self._open:
            connection.transport.abort()

    def _respond(self, request: Request) -> Answer:
        found = self._desk.answer(request.method, request.path, _wall_s())
        if found is not None:
            return Answer(found.status, dict(found.headers), found.body)
        have = ", ".join(self._desk.paths) or "none was recorded"
        what = f"{request.method} {request.path} was not recorded. Plain HTTP that can be asked for: {have}."
        return Answer(404, dict(_JSON), orjson.dumps(replay_error("not_recorded", what)))

    # The call.

    async def _serve(self, connection: ServerConnection) -> None:
        cast = self._door.cast(connection)
        clock, script = Clock(), cast.recorded.script
        assert connection.request is not None
        other = other_model(script, connection.request.path, self.terms.policy)
        found = [other] if other else []
        if note := unknown_model(script, connection.request.path, self.terms.policy):
            script = replace(script, notes=(*script.notes, note))
        part = Part(script, self.terms, seed=str(cast.times), now_s=_wall_s(), found=found)
        keeper = self._keeper(connection, clock)
        self._playing.add(part)
        self._open.add(connection)
        failed: tuple[Mismatch, ...] = ()
        try:
            await Talk(connection, part, cast.recorded.audio, clock, keeper).hold()
        except Exception as error:
            cause = error
            while isinstance(cause, ExceptionGroup):
                cause = cause.exceptions[0]
            what = f"the replay failed ({type(cause).__name__}: {cause}); please report this"
            failed = (Mismatch("connection", what),)
            raise
        finally:
            self._playing.discard(part)
            self._open.discard(connection)
            if keeper is not None:
                keeper.finish(clock.now_ns())
            self._end(_whole(part.verdict, cast.recorded, keeper, failed))

    def _keeper(self, connection: ServerConnection, clock: Clock) -> Keeper | None:
        if self._out is None:
            return None
        asked, told = connection.request, connection.response
        assert asked is not None and told is not None
        request = Head(f"GET {asked.path} HTTP/1.1".encode(), _lines(asked.headers))
        response = Head(b"HTTP/1.1 101 Switching Protocols", _lines(told.headers))
        host, port = connection.remote_address[:2]
        return Keeper(self._out, clock, request, response, f"{host}:{port}")

    def _end(self, verdict: Verdict) -> None:
        self._verdicts.append(verdict)
        if self._on_verdict is not None:
            self._on_verdict(verdict)
        if not (self._loop or self._playing or self._unplayed(self._verdicts)):
            self.over.set()


def _whole(verdict: Verdict, recorded: Recorded, keeper: Keeper | None, failed: tuple[Mismatch, ...]) -> Verdict:
    """Add to a part's verdict what the part does not know of."""
    notes = [*verdict.notes, *few(recorded.lost)]
    if keeper is not None and keeper.trouble:
        notes.append(keeper.trouble)
    folder = keeper.folder if keeper is not None else None
    return replace(verdict, notes=tuple(notes), mismatches=(*verdict.mismatches, *failed), folder=folder)


def _lines(headers: Headers) -> tuple[bytes, ...]:
    return tuple(f"{name}: {value}".encode("latin-1", "replace") for name, value in headers.raw_items())


def _wall_s() -> int:
    return Clock().started_ns // 1_000_000_000
