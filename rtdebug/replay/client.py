"""The sockets of a replay that plays the client, through a recording proxy: a thin shell around `Driving`."""

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from rtdebug.clock import Clock
from rtdebug.conform.endpoint import Endpoint
from rtdebug.errors import UpstreamError
from rtdebug.protocol.progress import refusal_in
from rtdebug.proxy.recorder import Finished
from rtdebug.proxy.service import ProxyOptions, RunningProxy, running_proxy
from rtdebug.recording.audio import TakenOut, put_back, take_out
from rtdebug.replay.driving import Driving
from rtdebug.replay.load import Recorded
from rtdebug.replay.microphone import louder
from rtdebug.replay.outcome import Out, Outcome, Sound
from rtdebug.replay.pace import FAST
from rtdebug.replay.terms import PATIENCE_S, Close

_DIAL_S = 20.0
_CLOSE_S = 2.0
_RECORDED_S = 10.0
"""How long the end of a run waits for its recording to be whole."""
_BODY = 600
_OWN = "rtdebug: "
"""How the proxy's own refusals begin."""
_BETA = {"OpenAI-Beta": "realtime=v1"}
_LOGGER = logging.getLogger("rtdebug.replay")
_LOGGER.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the client's part is played."""

    pace: float = FAST
    patience_s: float = PATIENCE_S
    gain_db: float = 0.0
    beta: bool = False
    """Ask for the beta shape."""


@dataclass(frozen=True, slots=True)
class Run:
    """One play, and where it was recorded."""

    outcome: Outcome
    folder: Path | None
    """None where nothing could be written."""


class Driver:
    """Plays the client's part of a recording against an endpoint, as often as it is asked to."""

    def __init__(
        self,
        recorded: Recorded,
        endpoint: Endpoint,
        manner: Manner,
        proxy: RunningProxy,
        finished: "asyncio.Queue[Finished]",
    ) -> None:
        """`finished` brings the recordings that the proxy has made."""
        self.latest: Path | None = None
        """The latest recording."""
        self._recorded = recorded
        self._endpoint = endpoint
        self._manner = manner
        self._proxy = proxy
        self._finished = finished

    async def run(self) -> Run:
        """Play once; where no call can be had, the outcome says why. Cancelled, it hangs up and ends the recording."""
        manner, script = self._manner, self._recorded.script
        driving = Driving(script, pace=manner.pace, patience_s=manner.patience_s)
        refused = ""
        try:
            async with await self._dial() as connection:
                await _Talk(connection, driving, self._payload).hold()
        except UpstreamError as error:
            refused = str(error)
        finally:
            self.latest = await self._folder()
        outcome = driving.outcome
        if refused:
            outcome = replace(outcome, ending=refused, is_refused=True)
        return Run(replace(outcome, notes=(*outcome.notes, *self._recorded.lost)), self.latest)

    async def _folder(self) -> Path | None:
        try:
            async with asyncio.timeout(_RECORDED_S):
                return (await self._finished.get()).folder
        except TimeoutError:
            return None

    async def _dial(self) -> ClientConnection:
        """Connect; raise UpstreamError that says why not."""
        where, parts = self._endpoint.shown, urlsplit(self._endpoint.url)
        local = f"127.0.0.1:{self._proxy.address.port}"
        wanted = self._recorded.script.subprotocol
        try:
            return await connect(
                urlunsplit(("ws", local, parts.path, parts.query, "")),
                additional_headers={**self._endpoint.headers(), **(_BETA if self._manner.beta else {})},
                subprotocols=[Subprotocol(wanted)] if wanted == "realtime" else None,
                open_timeout=_DIAL_S,
                close_timeout=_CLOSE_S,
                ping_interval=None,
                compression=None,
                max_size=None,
                proxy=None,
                logger=_LOGGER,
            )
        except TimeoutError:
            raise UpstreamError(f"{where} did not answer within {_DIAL_S:g} s", status=504) from None
        except InvalidStatus as refused:
            raise UpstreamError(_refused(where, refused, has_key=bool(self._endpoint.key))) from None
        except (OSError, EOFError, ssl.SSLError) as error:
            raise UpstreamError(f"{where} cannot be reached: {getattr(error, 'strerror', None) or error}") from None
        except WebSocketException as error:
            raise UpstreamError(f"{where} does not speak WebSocket: {error}") from None

    def _payload(self, sound: Sound) -> bytes:
        """Write a message of the microphone's; empty where its audio is lost."""
        piece, gain_db = sound.piece, self._manner.gain_db
        if piece.place is not None:
            audio = self._recorded.audio(piece.place, "client")
            text, place = piece.text, piece.place.at
            return put_back(TakenOut(text, place, louder(audio, sound.format, gain_db))) if audio else b""
        taken = take_out("client", piece.text) if gain_db else None
        if taken is None:
            return piece.text
        return put_back(taken._replace(audio=louder(taken.audio, sound.format, gain_db)))


@asynccontextmanager
async def driver(
    recorded: Recorded,
    endpoint: Endpoint,
    manner: Manner,
    out: Path,
    *,
    ca: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[Driver]:
    """Make ready to play a recording to an endpoint, each play recorded into a folder of `out`; raise UsageError."""
    parts = urlsplit(endpoint.url)
    options = ProxyOptions(upstream=f"{parts.scheme}://{parts.netloc}", listen="127.0.0.1:0", out=out, upstream_ca=ca)
    finished: asyncio.Queue[Finished] = asyncio.Queue()

    def tell(words: str) -> None:
        if words.startswith("cannot record"):  # of all else, the client hears itself
            say(words)

    async with running_proxy(options, on_finished=finished.put_nowait, say=tell) as proxy:
        yield Driver(recorded, endpoint, manner, proxy, finished)


def _refused(where: str, refused: InvalidStatus, *, has_key: bool) -> str:
    """Say with what a handshake was refused, and what to do about it."""
    status, body = refused.response.status_code, bytes(refused.response.body or b"")
    words = refusal_in(body) or " ".join(body[:_BODY].decode("utf-8", "replace").split())
    if words.startswith(_OWN):
        return words.removeprefix(_OWN)
    hint = ""
    if status in (401, 403):
        hint = ". The key was refused" if has_key else ". No key was sent: set OPENAI_API_KEY, or name one by --key-env"
    return f"{where} refused the handshake with HTTP {status}{f': {words}' if words else ''}{hint}"


class _Talk:
    """Messages between a socket and the part that is played to it."""

    def __init__(self, connection: ClientConnection, driving: Driving, payload: Callable[[Sound], bytes]) -> None:
        self._connection = connection
        self._driving = driving
        self._payload = payload
        self._clock = Clock()
        self._outs: deque[Out] = deque()
        self._came = asyncio.Event()

    async def hold(self) -> None:
        """Play to the end, or until the server leaves."""
        self._outs.extend(self._driving.open(self._clock.now_ns()))
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(self._listen())
            try:
                await self._speak()
            except ConnectionClosed:
                pass  # the listener is told as well
            await self._connection.close()
            await listening

    async def _listen(self) -> None:
        try:
            while True:
                message = await self._connection.recv()
                binary = isinstance(message, bytes)
                payload = message if isinstance(message, bytes) else message.encode("utf-8", "surrogatepass")
                if not self._driving.closed:
                    self._outs.extend(self._driving.receive(payload, self._clock.now_ns(), binary=binary))
                self._came.set()
        except ConnectionClosed as closed:
            self._driving.left(_how(closed), self._clock.now_ns())
            self._came.set()

    async def _speak(self) -> None:
        while True:
            while self._outs:
                out = self._outs.popleft()
                if isinstance(out, Close):
                    await self._connection.close(out.code or 1000, out.reason)
                    return
                payload = self._payload(out) if isinstance(out, Sound) else out.text
                if payload:
                    await self._connection.send(payload, text=True)
            if self._driving.closed:
                return
            await self._rest()
            self._outs.extend(self._driving.poll(self._clock.now_ns()))

    async def _rest(self) -> None:
        """Wait until the server says something, or there is something to say."""
        due_ns = self._driving.next_ns
        wait_s = None if due_ns is None else max(0.0, (due_ns - self._clock.now_ns()) / 1e9)
        try:
            async with asyncio.timeout(wait_s):
                await self._came.wait()
        except TimeoutError:
            pass  # then it is our turn
        self._came.clear()


def _how(closed: ConnectionClosed) -> str:
    """Say how a server went."""
    if closed.rcvd is None:
        return "broke off without a close frame"
    return f"closed {closed.rcvd.code}" + (f" ({closed.rcvd.reason})" if closed.rcvd.reason else "")
