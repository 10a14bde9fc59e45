"""A recording of each play, so that what a client did can be looked at, listened to and compared like any call."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from rtdebug import __version__
from rtdebug.clock import Clock
from rtdebug.protocol.secrets import Redactor, credentials
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.exchange import head_fields
from rtdebug.recording.format import Header
from rtdebug.recording.library import folder_name
from rtdebug.recording.writer import RecordingWriter
from rtdebug.wire.handshake import Head
from rtdebug.wire.messages import CLOSE, Control, Message, Sender

Lost = Literal["eof", "reset", "silent"]
"""How a side ends without a close frame: its last byte came, it broke off, or it took nothing for too long."""
_ENDINGS: Final[Mapping[Lost, str]] = {"eof": "left", "reset": "reset", "silent": "fell silent"}
_EMPTY: Final = 1005
_BATCH: Final = 1 << 20


class Keeper:
    """Writes one connection down; where the disk does not take it, the replay goes on without."""

    def __init__(self, out: Path, clock: Clock, request: Head, response: Head, client: str) -> None:
        redactor = Redactor(credentials(request))
        target = redactor.head(request)[0].target
        header = Header(clock.started_ns, "websocket", f"rtdebug {__version__} replay", client, "", target)
        self._encoder = Encoder(header, redactor)
        self._out = out
        self._writer: RecordingWriter | None = None
        self.trouble = ""
        """Why it could not be written, "" while it can."""
        self._encoder.note(
            0, "opened", request=head_fields(request, redactor), response=head_fields(response, redactor)
        )

    @property
    def folder(self) -> Path | None:
        """Where it is, once something was written."""
        return self._writer.folder if self._writer else None

    def message(self, sender: Sender, payload: bytes, at_ns: int, *, binary: bool) -> None:
        """Take a message."""
        self._encoder.wire(sender, [Message(at_ns, binary, payload, 1, False)])
        if self._encoder.size > _BATCH:
            self._write()

    def close(self, sender: Sender, code: int, reason: str, at_ns: int) -> None:
        """Take a close frame; 1005 is an empty one."""
        payload = b"" if code == _EMPTY else code.to_bytes(2, "big") + reason.encode()
        self._encoder.wire(sender, [Control(at_ns, CLOSE, payload)])

    def lost(self, sender: Sender, how: Lost, at_ns: int) -> None:
        """Take the end of a side that sent no close frame."""
        self._encoder.tally.ends(f"{sender} {_ENDINGS[how]}")
        self._encoder.note(at_ns, "closed", sender, how=how)

    def finish(self, at_ns: int) -> None:
        """Write the rest."""
        self._encoder.end(at_ns)
        self._write()
        if self._writer is not None:
            self._writer.close()

    def _write(self) -> None:
        batch = self._encoder.take_batch()
        if self.trouble:
            return
        try:
            if self._writer is None:
                name = folder_name(self._encoder.header.started_ns, self._encoder.tally.session_id)
                self._writer = RecordingWriter(self._out / name)
            self._writer.write(batch)
        except OSError as error:
            self.trouble = f"the play could not be recorded in {self._out}: {error.strerror}"
