"""The sockets of a replay that plays the client, through a recording proxy: a thin shell around `Driving`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from rtdebug.clock import Clock
from rtdebug.conform.dialling import dial
from rtdebug.conform.endpoint import Endpoint
from rtdebug.errors import UpstreamError
from rtdebug.protocol.progress import refusal_in
from rtdebug.proxy.recorder import Finished
from rtdebug.proxy.service import ProxyOptions, RunningProxy, running_proxy
from rtdebug.recording.audio import TakenOut, put_back, take_out
from rtdebug.replay.driving import Driving
from rtdebug.replay.line import Line
from rtdebug.replay.load import Recorded
from rtdebug.replay.microphone import louder
from rtdebug.replay.mismatch import few
from rtdebug.replay.outcome import Outcome, Sound, Utterance
from rtdebug.replay.pace import FAST
from rtdebug.replay.terms import PATIENCE_S, Close

_DIAL_S = 20.0
_RECORDED_S = 10.0
"""How long the end of a run waits for its recording to be whole."""
_BODY = 600
_OWN = "rtdebug: "
"""How the proxy's own refusals begin."""
_BETA = {"OpenAI-Beta": "realtime=v1"}


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
                await _Talk(connection, driving, self._payload, manner.patience_s).hold()
        except UpstreamError as error:
            refused = str(error)
        finally:
            self.latest = await self._folder()
        outcome = driving.outcome
        if refused:
            outcome = replace(outcome, ending=refused, is_refused=True)
        if self._recorded.lost:
            ending = f"{outcome.ending}, but without all of the microphone's audio: the recording has lost it"
            notes = (*outcome.notes, *few(self._recorded.lost))
            outcome = replace(outcome, complete=False, ending=ending, notes=notes)
        return Run(outcome, self.latest)

    async def _folder(self) -> Path | None:
        try:
            async with asyncio.timeout(_RECORDED_S):
                return (await self._finished.get()).folder
        except TimeoutError:
            return None

    async def _dial(self) -> ClientConnection:
        """Connect through the proxy; raise UpstreamError that says why not."""
        parts = urlsplit(self._endpoint.url)
        return await dial(
            urlunsplit(("ws", f"127.0.0.1:{self._proxy.address.port}", parts.path, parts.query, "")),
            shown=self._endpoint.shown,
            headers={**self._endpoint.headers(), **(_BETA if self._manner.beta else {})},
            subprotocol="realtime" if self._recorded.script.subprotocol == "realtime" else "",
            seconds=_DIAL_S,
            refused=partial(_refused, has_key=bool(self._endpoint.key)),
        )

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


class _Talk(Line[Utterance]):
    """Messages between a server and the client's part that is played to it."""

    def __init__(
        self, connection: ClientConnection, driving: Driving, payload: Callable[[Sound], bytes], patience_s: float
    ) -> None:
        super().__init__(connection, driving, Clock(), patience_s)
        self._payload = payload

    async def _put(self, out: Utterance) -> None:
        if isinstance(out, Close):
            await self._close(out.code or 1000, out.reason)
            return
        payload = self._payload(out) if isinstance(out, Sound) else out.text
        if payload:
            await self._send(payload, text=True)

    def _how(self, closed: ConnectionClosed) -> str:
        if closed.rcvd is None:
            return "broke off without a close frame"
        return f"closed {closed.rcvd.code}" + (f" ({closed.rcvd.reason})" if closed.rcvd.reason else "")
