"""What a log tells in, a recording out: audio in its tracks, secrets struck out, as if it had been recorded live."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rtdebug import __version__
from rtdebug.errors import RecordingError
from rtdebug.imports.har import Socket
from rtdebug.imports.log import Log
from rtdebug.imports.survey import Survey, in_order
from rtdebug.imports.told import Told
from rtdebug.protocol.secrets import Redactor, credentials
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.exchange import KeptBody, head_fields
from rtdebug.recording.format import Header
from rtdebug.recording.library import folder_name
from rtdebug.recording.writer import RecordingWriter
from rtdebug.wire.handshake import Head
from rtdebug.wire.messages import CLOSE, PING, PONG, Control, Message, Sender

_BATCH: Final = 1 << 20
_CONTROLS: Final = {"ping": PING, "pong": PONG}
_NO_CODE: Final = 1005
"""What a library says for a close frame without a code."""
_NO_CLOSE: Final = (1006, 1015)
"""What it says where there was no close frame."""


@dataclass(frozen=True, slots=True)
class Built:
    """A recording that was made of a log."""

    folder: Path
    clamped: int
    """Times that went back and were set to the one before."""


def build(log: Log, found: Survey, out: Path, secrets: tuple[str, ...] = ()) -> Built:
    """Write the recording; raise RecordingError where that cannot be done."""
    redactor = Redactor((*secrets, *(credentials(log.socket.request) if log.socket else ())))
    started_ns = found.timeline.started_ns
    header = Header(
        started_ns,
        "websocket",
        recorder=f"rtdebug {__version__}",
        upstream=log.socket.upstream if log.socket else "",
        target=redactor.head(log.socket.request)[0].target if log.socket else "",
        lacks=found.lacks,
        source=f"{_printable(log.name)} ({found.form})",
    )
    folder = out / folder_name(started_ns, found.session_id or log.stem)
    try:
        writer = RecordingWriter(folder)
        try:
            builder = _Builder(Encoder(header, redactor), found, writer)
            builder.run(log)
            writer.sync()
        finally:
            writer.close()
    except OSError as error:
        raise RecordingError(f"{folder}: cannot be written: {error.strerror}") from None
    return Built(writer.folder, builder.clamped)


class _Builder:
    """A recording under way."""

    def __init__(self, encoder: Encoder, found: Survey, writer: RecordingWriter) -> None:
        self._encoder = encoder
        self._found = found
        self._writer = writer
        self._at_ns = 0
        self.clamped = 0

    def run(self, log: Log) -> None:
        if log.socket is not None:
            self._opened(log.socket)
        for told in in_order(log, self._found):
            self._at(told)
            _ADD.get(told.kind, _Builder.other)(self, told)
            if self._encoder.size > _BATCH:
                self._writer.write(self._encoder.take_batch())
        self._encoder.tally.ends("imported")
        self._encoder.end(self._at_ns)
        self._writer.write(self._encoder.take_batch())

    def _at(self, told: Told) -> None:
        """Move the clock, which never goes back; what says no time comes with what was before it."""
        at_ns = self._found.timeline.at(told.moment)
        if at_ns is not None:
            self.clamped += at_ns < self._at_ns
            self._at_ns = max(self._at_ns, at_ns)

    def message(self, told: Told) -> None:
        message = Message(self._at_ns, told.binary, told.payload, 1, False)
        self._encoder.wire(self._found.sender(told), [message])

    def control(self, told: Told) -> None:
        self._encoder.wire(self._found.sender(told), [Control(self._at_ns, _CONTROLS[told.kind], told.payload)])

    def close(self, told: Told) -> None:
        encoder, code = self._encoder, told.code
        if code in _NO_CLOSE:
            sender = self._sender(told)
            encoder.tally.ends(f"{sender or 'connection'} reset")
            encoder.note(self._at_ns, "closed", sender, how="reset")
        elif told.word:
            payload = b"" if code in (None, _NO_CODE) else (code or 0).to_bytes(2, "big") + told.payload
            encoder.wire(self._found.sender(told), [Control(self._at_ns, CLOSE, payload)])
        else:  # browsers say that it was closed, and not by whom
            encoder.tally.ends("closed" if code is None else f"closed {code}")
            encoder.note(self._at_ns, "close", code=code, **self._words(told))

    def other(self, told: Told) -> None:
        self._encoder.note(self._at_ns, "told", self._sender(told), what=told.kind, **self._words(told))

    def _sender(self, told: Told) -> Sender | None:
        return self._found.sender(told) if told.word else None

    def _words(self, told: Told) -> dict[str, Any]:
        text, struck = self._encoder.redactor.text(told.payload.decode("utf-8", "replace"))
        return ({"text": text} if text else {}) | ({"redacted": struck} if struck else {})

    def _opened(self, socket: Socket) -> None:
        redactor, response = self._encoder.redactor, socket.response
        fields: dict[str, Any] = {"request": head_fields(socket.request, redactor)}
        if response is not None:
            fields["response"] = head_fields(response, redactor)
            if socket.refused is not None:
                body = KeptBody()
                body.add(socket.refusal.encode("utf-8", "replace"))
                fields["response"]["body"] = body.fields(_undressed(response), redactor)
                self._encoder.tally.ends(f"refused {socket.refused}")
        self._encoder.note(self._at_ns, "opened", **fields)


_ADD: Final[dict[str, Callable[[_Builder, Told], None]]] = {
    "message": _Builder.message,
    "ping": _Builder.control,
    "pong": _Builder.control,
    "close": _Builder.close,
}


def _undressed(head: Head) -> Head:
    """Return the head as it suits a body that was unpacked, as a HAR holds it."""
    return Head(head.start, tuple(line for line in head.fields if not line.lower().startswith(b"content-encoding:")))


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode()
