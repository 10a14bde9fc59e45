"""The recorder: bytes that were forwarded in, a recording out. Nothing that happens here reaches the call."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rtdebug import __version__
from rtdebug.clock import Clock
from rtdebug.protocol.secrets import Redactor, credentials
from rtdebug.protocol.tally import Tally
from rtdebug.proxy.intake import Intake
from rtdebug.proxy.scribe import Scribe
from rtdebug.proxy.sheet import Sheet
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.exchange import KeptBody, head_fields
from rtdebug.recording.format import Header
from rtdebug.recording.library import folder_name
from rtdebug.wire.deflate import agreed_terms
from rtdebug.wire.handshake import Head
from rtdebug.wire.messages import Sender

_NAMING_NS = 150_000_000
"""How long the making of a folder waits for the session's id, to be named after it."""
_ENDINGS = {"eof": "left", "reset": "reset", "silent": "fell silent"}
_CLOSING_SECONDS = 4.0
"""How long the end of a call waits for its recording to be on disk."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A recording that has come to its end."""

    folder: Path | None
    """None where nothing is on disk, or no longer there."""
    duration_ns: int
    entries: int
    tally: Tally
    is_whole: bool
    """All that was to be recorded is on disk, to the last line."""
    is_moved: bool = False
    """It is on disk in a place that is not known: somebody moved it while it was written."""


class Archive:
    """Where a proxy's recordings go: hands out recorders, and keeps the one of plain HTTP."""

    def __init__(self, out: Path, scribe: Scribe, upstream: str, on_finished: Callable[[Finished], None]) -> None:
        self._out = out
        self._scribe = scribe
        self._upstream = upstream
        self._on_finished = on_finished
        self._http: Recorder | None = None
        self._secrets: tuple[str, ...] = ()

    def keep_secret(self, *secrets: str) -> None:
        """Strike these out of every recording."""
        self._secrets += secrets

    async def can_write(self) -> bool:
        """Say whether recordings can be written at present; after trouble, that is tried."""
        return await self._scribe.can_write(self._out)

    def recorder(self, request: Head, client: str) -> "Recorder":
        """Begin the recording of a WebSocket connection."""
        redactor = Redactor((*self._secrets, *credentials(request)))
        target = redactor.head(request)[0].target
        return self._new("websocket", redactor, client, target)

    def http(self) -> "Recorder":
        """Return the recording that all plain HTTP of this run goes into."""
        if self._http is None:
            self._http = self._new("http", Redactor(self._secrets), "", "")
        return self._http

    async def close(self) -> None:
        """End the recording of plain HTTP."""
        if self._http is not None:
            await self._http.finish()

    def _new(self, carries: str, redactor: Redactor, client: str, target: str) -> "Recorder":
        clock = Clock()
        header = Header(
            started_ns=clock.started_ns,
            carries=carries,
            recorder=f"rtdebug {__version__}",
            client=client,
            upstream=self._upstream,
            target=target,
        )
        return Recorder(self._out, self._scribe, clock, Encoder(header, redactor), self._on_finished)


class Recorder:
    """Records one connection. Its methods never raise and never wait, `finish` excepted."""

    __slots__ = (
        "_clock",
        "_encoder",
        "_intake",
        "_mute",
        "_on_finished",
        "_out",
        "_scribe",
        "_sheet",
        "_torn",
    )

    def __init__(
        self, out: Path, scribe: Scribe, clock: Clock, encoder: Encoder, on_finished: Callable[[Finished], None]
    ) -> None:
        self._out = out
        self._scribe = scribe
        self._clock = clock
        self._encoder = encoder
        self._on_finished = on_finished
        self._intake = Intake()
        self._sheet = Sheet(encoder, clock.now_ns, self._place, self._read)
        self._torn: set[Sender] = set()
        self._mute = False  # it failed, or has ended, and takes nothing more

    @property
    def redactor(self) -> Redactor:
        """What strikes secrets out of this recording."""
        return self._encoder.redactor

    # The tap.

    def client_bytes(self, data: bytes) -> None:
        """Take bytes of the client's that have been forwarded."""
        if not self._mute:
            self._intake.put("client", data, self._now())
            self._scribe.came(self._sheet, len(data))

    def server_bytes(self, data: bytes) -> None:
        """Take bytes of the upstream's that have been forwarded."""
        if not self._mute:
            self._intake.put("server", data, self._now())
            self._scribe.came(self._sheet, len(data))

    def _read(self) -> int:
        """Decode a piece of what came; return how many bytes that was, 0 when all has been decoded."""
        intake, before = self._intake, self._intake.size
        if not before:
            return 0
        try:
            sender, found = intake.take()
            if found and not self._mute:
                self._encoder.wire(sender, found)
        except Exception as error:  # a fault of ours must not become the call's
            self._fail(error)
        return before - intake.size

    def _catch_up(self) -> None:
        self._scribe.catch_up(self._sheet)

    def at_boundary(self, sender: Sender) -> bool:
        """Say whether a frame may be put in behind this side's last byte."""
        self._catch_up()
        return not self._mute and self._intake.at_boundary(sender)

    def ended(self, sender: Sender, how: str) -> None:
        """Take note of a side's end: "eof", "reset", "silent", or "gone" (which says nothing new)."""
        if how == "gone" or self._mute:
            return
        at_ns = self._now()

        def end() -> None:
            self._admit_torn(sender, at_ns)
            self._encoder.tally.ends(f"{sender} {_ENDINGS[how]}")
            self._encoder.note(at_ns, "closed", sender, how=how)

        self._intake.then(end)
        self._scribe.came(self._sheet, 1)

    def _admit_torn(self, sender: Sender, at_ns: int) -> None:
        """Say, once, that a message has begun and will not end."""
        unfinished = self._intake.unfinished(sender)
        if unfinished and sender not in self._torn:
            self._torn.add(sender)
            self._encoder.gap(at_ns, "the stream ended inside a message", sender, unfinished)

    # What the exchange tells.

    def opened(self, request: Head, response: Head, dialled_ns: int, body: KeptBody | None = None) -> None:
        """Take the handshake: both heads, and the body of a refusal."""
        if response.status == 101:
            terms = agreed_terms(response.value("sec-websocket-extensions"))
            if terms is not None:
                self._intake.expect(terms)
        else:
            self._encoder.tally.ends(f"refused {response.status}")
        answer = head_fields(response, self.redactor)
        if body is not None:
            answer["body"] = body.fields(response, self.redactor)
        self.note("opened", dialled_ns=dialled_ns, request=head_fields(request, self.redactor), response=answer)

    def unanswered(self, request: Head, reason: str, ending: str) -> None:
        """Take note that a handshake came to nothing; `ending` says so in two words."""
        self._encoder.tally.ends(ending)
        self.note("opened", request=head_fields(request, self.redactor), error=reason)

    def exchange(
        self, request: Head, asked: KeptBody, response: Head | None, answered: KeptBody, started_ns: int, error: str
    ) -> None:
        """Take one exchange of plain HTTP; `error` says why it is not whole."""
        redactor = Redactor(credentials(request), self.redactor)
        asking = head_fields(request, redactor) | {"body": asked.fields(request, redactor)}
        answer: dict[str, object] = {"error": error} if error else {}
        if response is not None:
            answer["response"] = head_fields(response, redactor) | {"body": answered.fields(response, redactor)}
        self._encoder.tally.exchanges += 1
        self.note("http", None, started_ns=started_ns, request=asking, **answer)

    def stopped(self) -> None:
        """Take note that the proxy itself ends the call, if no side has ended it yet."""
        self._catch_up()
        if not self._encoder.tally.ending:
            self._encoder.tally.ends("proxy stopped")
            self.note("stopped")

    def note(self, kind: str, sender: Sender | None = None, **fields: object) -> None:
        """Add an entry that is no message."""
        if not self._mute:
            self._catch_up()
            try:
                self._encoder.note(self._now(), kind, sender, **fields)
                self._scribe.noted(self._sheet)
            except Exception as error:
                self._fail(error)

    async def finish(self) -> None:
        """Write the last line, wait until the files are closed, and report."""
        duration = self._now()
        while self._scribe.read(self._sheet):  # noqa: ASYNC110 (nothing is waited for: other calls go on)
            await asyncio.sleep(0)
        if not self._mute:
            self._admit_torn("client", duration)
            self._admit_torn("server", duration)
        self._scribe.close(self._sheet)
        self._mute = True  # nothing stands behind the last line, whatever is told meanwhile
        try:
            await asyncio.wait_for(self._sheet.closed.wait(), _CLOSING_SECONDS)
        except TimeoutError:
            self._scribe.fault(f"{self._sheet.path}: the disk does not answer, and the recording may have no end")
        sheet = self._sheet
        if sheet.is_moved:
            self._scribe.hint(f"{sheet.path}: moved while it was written: look where it was moved to")
        elif sheet.missing:
            what = str(sheet.folder / ", ".join(sheet.missing)) if sheet.folder else str(sheet.path)
            self._scribe.fault(f"{what}: moved or deleted while it was written")
        seq, tally = self._encoder.seq, self._encoder.tally
        self._on_finished(Finished(sheet.folder, duration, seq, tally, sheet.is_whole, sheet.is_moved))

    def _now(self) -> int:
        return self._clock.now_ns()

    now_ns = _now

    def _place(self, now: bool) -> Path | None:
        tally, header = self._encoder.tally, self._encoder.header
        name = tally.session_id or ("http" if header.carries == "http" else "")
        if name or now or tally.ending or self._now() > _NAMING_NS:
            return self._out / folder_name(header.started_ns, name)
        return None

    def _fail(self, error: Exception) -> None:
        self._mute = self._sheet.has_gaps = True
        self._scribe.fault(f"the recorder failed ({type(error).__name__}: {error}); the call goes on unrecorded")
        self._encoder.gap(self._now(), f"the recorder failed: {type(error).__name__}")
        self._scribe.noted(self._sheet)
