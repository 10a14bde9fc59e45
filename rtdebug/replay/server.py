"""The sockets of a replay: any client connects, and the recorded server answers. A thin shell around `Part`."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import orjson
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request as Upgrade
from websockets.http11 import Response
from websockets.typing import Subprotocol

from rtdebug.clock import Clock
from rtdebug.protocol.identity import replay_error
from rtdebug.replay.faults import Fault, struck
from rtdebug.replay.keeping import Keeper
from rtdebug.replay.load import Recorded, load_all
from rtdebug.replay.mismatch import Mismatch
from rtdebug.replay.part import Part
from rtdebug.replay.rest import Desk
from rtdebug.replay.script import model_in
from rtdebug.replay.shelf import Shelf
from rtdebug.replay.steps import Script
from rtdebug.replay.talking import Talk
from rtdebug.replay.terms import AS_USUAL, Terms
from rtdebug.replay.verdict import Verdict, Verdicts
from rtdebug.simulator.front import front
from rtdebug.simulator.http import Answer, Request
from rtdebug.wire.handshake import Head

_WRITE_LIMIT = 1 << 20
_CLOSE_TIMEOUT_S = 2.0
_LOCAL = ("localhost", "127.0.0.1", "::1")
_JSON = {"content-type": "application/json"}
_LOGGER = logging.getLogger("rtdebug.replay")
_LOGGER.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class _Cast:
    """What a connection is played."""

    recorded: Recorded
    times: int
    """How often it had been played before."""


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
        self._shelf = Shelf(scripts, loop=loop)
        self._desk = Desk(self._library.exchanges)
        self._loop = loop
        self._out = out
        self._on_verdict = on_verdict
        self._address = (host, port)
        self._plays: Counter[str] = Counter()
        self._verdicts: list[Verdict] = []
        self._playing: set[Part] = set()
        self._cast: WeakKeyDictionary[ServerConnection, _Cast] = WeakKeyDictionary()
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
                process_request=self._admit,
                select_subprotocol=self._select,
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
        await self._stack.aclose()
        self._library.close()

    # The door.

    def _admit(self, connection: ServerConnection, upgrade: Upgrade) -> Response | None:
        origin = upgrade.headers.get("origin")
        if origin is not None and urlsplit(origin).hostname not in _LOCAL:
            return _refusal(403, "A page of another site may not use this server.")
        found = self._shelf.take(upgrade.path, upgrade.headers.get)
        if found is None:
            return self._turn_away(upgrade)
        recorded = self._library.recordings[found]
        cast = _Cast(recorded, self._plays[recorded.script.name])
        self._plays[recorded.script.name] += 1
        refusal = cast.recorded.script.refusal
        if refusal is None:
            self._cast[connection] = cast
            return None
        steps = len(cast.recorded.script.steps)
        verdict = Verdict(
            recording=cast.recorded.script.name,
            steps=steps,
            done=steps,
            notes=cast.recorded.script.notes,
            ending=f"refused {refusal.status}, as recorded",
        )
        self._end(verdict)
        return _response(refusal.status, Headers(list(refusal.headers)), refusal.body)

    def _turn_away(self, upgrade: Upgrade) -> Response:
        what = f"{upgrade.path} was asked for, and no recording is left for it"
        self._end(Verdict(recording="", mismatches=(Mismatch("connection", what),), ending="refused 409"))
        return _refusal(409, f"{what}: each is played once. Play them again and again with --loop.")

    def _select(self, connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        cast = self._cast.get(connection)
        wanted = cast.recorded.script.subprotocol if cast else ""
        return next((one for one in offered if one == (wanted or "realtime")), None)

    def _respond(self, request: Request) -> Answer:
        found = self._desk.answer(request.method, request.path, _wall_s())
        if found is not None:
            return Answer(found.status, dict(found.headers), found.body)
        have = ", ".join(self._desk.paths) or "none was recorded"
        what = f"{request.method} {request.path} was not recorded. Plain HTTP that can be asked for: {have}."
        return Answer(404, dict(_JSON), orjson.dumps(replay_error("not_recorded", what)))

    # The call.

    async def _serve(self, connection: ServerConnection) -> None:
        cast = self._cast.pop(connection)
        clock, script = Clock(), cast.recorded.script
        part = Part(script, self.terms, seed=str(cast.times), now_s=_wall_s())
        keeper = self._keeper(connection, clock)
        self._playing.add(part)
        failed: tuple[Mismatch, ...] = ()
        try:
            await Talk(connection, part, cast.recorded.audio, clock, keeper).hold()
        except Exception as error:
            what = f"the replay failed ({type(error).__name__}: {error}); please report this"
            failed = (Mismatch("connection", what),)
            raise
        finally:
            self._playing.discard(part)
            if keeper is not None:
                keeper.finish(clock.now_ns())
            self._end(self._whole(part.verdict, connection, cast.recorded, keeper, failed))

    def _whole(
        self,
        verdict: Verdict,
        connection: ServerConnection,
        recorded: Recorded,
        keeper: Keeper | None,
        failed: tuple[Mismatch, ...],
    ) -> Verdict:
        """Add to a part's verdict what the part does not know of."""
        notes, mismatches = [*verdict.notes, *recorded.lost], [*verdict.mismatches, *failed]
        asked = model_in(connection.request.path) if connection.request else ""
        if asked and asked != recorded.script.model:
            what = f"the client asked for {asked}; the recording has {recorded.script.model}"
            if self.terms.policy.strictness == "strict":
                mismatches.append(Mismatch("connection", what))
            else:
                notes.append(what)
        if keeper is not None and keeper.trouble:
            notes.append(keeper.trouble)
        folder = keeper.folder if keeper is not None else None
        return replace(verdict, notes=tuple(notes), mismatches=tuple(mismatches), folder=folder)

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


def _lines(headers: Headers) -> tuple[bytes, ...]:
    return tuple(f"{name}: {value}".encode("latin-1", "replace") for name, value in headers.raw_items())


def _wall_s() -> int:
    return Clock().started_ns // 1_000_000_000


def _refusal(status: int, message: str) -> Response:
    body = orjson.dumps(replay_error("not_to_be_had", message))
    return _response(status, Headers(_JSON), body)


def _response(status: int, headers: Headers, body: bytes) -> Response:
    headers["Content-Length"] = str(len(body))
    headers["Connection"] = "close"
    reason = HTTPStatus(status).phrase if status in list(HTTPStatus) else ""
    return Response(status, reason, headers, body)
