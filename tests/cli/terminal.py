"""The command line: what it prints, to a pipe or to a terminal of a given width."""

import contextlib
import fcntl
import io
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from pybase64 import b64encode

from rtdebug.cli import main
from rtdebug.protocol.secrets import Redactor
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.format import Header
from rtdebug.recording.writer import RecordingWriter
from rtdebug.wire.messages import Control, Gap, Message, Wire


@dataclass
class Done:
    """A command that has ended."""

    status: int
    out: bytes
    talk: str

    @property
    def text(self) -> str:
        return self.out.decode()


def rtdebug(*arguments: object, **env: str) -> Done:
    """Run a command as `main` does, in this process: most take less time than Python takes to start."""
    out, talk = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    status: object = 0
    with (
        mock.patch.object(sys, "argv", ["rtdebug", *map(str, arguments)]),
        mock.patch.dict(os.environ, _environment(env), clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(talk),
    ):
        try:
            main()
        except SystemExit as stop:
            status = stop.code or 0
    assert isinstance(status, int)
    return Done(status, _written(out), _written(talk).decode())


def _written(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    return stream.buffer.getvalue()  # type: ignore[attr-defined, no-any-return]


def on_terminal(*arguments: object, columns: int = 80, **env: str) -> Done:
    """Run a command with its output on a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    settings = _environment({"TERM": "xterm-256color", "COLUMNS": str(columns), **env})
    process = subprocess.Popen(
        [sys.executable, "-m", "rtdebug", *map(str, arguments)], stdout=theirs, stderr=subprocess.PIPE, env=settings
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # EIO is how a terminal says that nobody writes any more
        while part := os.read(ours, 65536):
            shown += part
    os.close(ours)
    assert process.stderr
    talk = process.stderr.read().decode()
    process.stderr.close()
    return Done(process.wait(), shown.replace(b"\r\n", b"\n"), talk)


def _environment(extra: dict[str, str]) -> dict[str, str]:
    plain = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return {**plain, **extra}


def append(audio: bytes) -> bytes:
    return json.dumps({"type": "input_audio_buffer.append", "audio": b64encode(audio).decode()}).encode()


CREATED = json.dumps({"type": "session.created", "session": {"id": "sess_C9G5", "model": "gpt-realtime"}}).encode()
DONE = json.dumps({"type": "response.done", "response": {"status": "completed"}}).encode()


class Recorded:
    """A recording written by hand."""

    def __init__(self, folder: Path, *, target: str = "/v1/realtime?model=gpt-realtime", secret: str = "") -> None:
        header = Header(1_795_166_102_417_000_000, "websocket", target=target)
        self.encoder = Encoder(header, Redactor((secret,)))
        self.writer = RecordingWriter(folder)
        self.folder = self.writer.folder
        self.messages: list[bytes] = []

    def say(self, sender: str, what: bytes | Wire) -> "Recorded":
        at_ns = self.encoder.seq * 20_000_000
        value = Message(at_ns, False, what, 1, False) if isinstance(what, bytes) else what
        if isinstance(value, Message):
            self.messages.append(value.payload)
        self.encoder.wire("client" if sender == "client" else "server", [value])
        return self

    def call(self) -> "Recorded":
        """Say a short call."""
        self.say("server", CREATED)
        for number in range(5):
            self.say("client", append(bytes([number]) * 960))
        self.say("server", DONE)
        return self.say("client", Control(9_000_000_000, 8, b"\x03\xe8"))

    def gap(self) -> "Recorded":
        return self.say("server", Gap(1, "a message over 64 MiB", 99))

    def flush(self) -> "Recorded":
        self.writer.write(self.encoder.take_batch())
        return self

    def cut(self) -> Path:
        self.flush().writer.close()
        return self.folder

    def end(self) -> Path:
        self.encoder.end(9_000_000_000)
        return self.cut()
