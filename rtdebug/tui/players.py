"""Two ways to be heard: the sound device by way of `sounddevice`, and a program that plays WAV files."""

import contextlib
import importlib
import os
import signal
import subprocess
import tempfile
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol, cast

from rtdebug.errors import UsageError
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.sound import Samples
from rtdebug.tui.reel import Reel
from rtdebug.tui.sound import SETTLE_NS, Job, Sound

_AHEAD_SECONDS: Final = 60
"""How far a file is written before what is heard of it."""
_POLL_SECONDS: Final = 0.05
_SLICE_SECONDS: Final = 0.1
"""What a device is given at a time: it goes on for about so long after it was told to stop."""


class Stream(Protocol):
    """An open sound device."""

    def start(self) -> None:
        """Begin to play."""

    def write(self, samples: Samples) -> object:
        """Take samples, waiting until there is room for them."""

    def abort(self) -> None:
        """Stop at once."""

    def stop(self) -> None:
        """Stop when all has been heard."""

    def close(self) -> None:
        """Let go of the device."""


class Device(Protocol):
    """What is used of `sounddevice`."""

    def query_devices(self, *, kind: str) -> object:
        """Tell about the device; raise an error of its own where there is none."""

    def OutputStream(self, *, samplerate: int, channels: int, dtype: str) -> Stream:  # noqa: N802 - as it is called there
        """Open it."""


def load_device() -> Device:
    """Return `sounddevice`; raise UsageError where it is not installed, or finds nothing to play on."""
    try:
        device = cast("Device", importlib.import_module("sounddevice"))
        device.query_devices(kind="output")
    except Exception as error:  # OSError without PortAudio, its own errors without a device
        raise UsageError(f"no sound device: {error}") from None
    return device


class DeviceSound(Sound):
    """Plays through `sounddevice`."""

    name = "sounddevice"

    def __init__(self, device: Device, *, settle_ns: int = SETTLE_NS) -> None:
        super().__init__(settle_ns=settle_ns)
        self._device = device

    def play(self, job: Job, reel: Reel, reader: RecordingReader) -> None:
        """Give the device a little at a time."""
        rate = round(reel.rate * job.speed)
        try:
            stream = self._device.OutputStream(samplerate=rate, channels=reel.channels, dtype="int16")
        except Exception as error:  # whatever it is, there is no sound
            raise OSError(str(error)) from None
        try:
            stream.start()
            self._feed(stream, job, reel.blocks(reader), max(1, int(rate * _SLICE_SECONDS)))
        except Exception as error:  # the device went away
            raise OSError(str(error)) from None
        finally:
            stream.close()

    def _feed(self, stream: Stream, job: Job, blocks: Iterator[Samples], step: int) -> None:
        for block in blocks:
            for first in range(0, len(block), step):
                if job.stopped.is_set():
                    stream.abort()
                    return
                stream.write(block[first : first + step])
        stream.stop()


class ProgramSound(Sound):
    """Plays with a program: it is given a WAV file of the right length, which is filled while it plays."""

    def __init__(self, command: list[str], *, settle_ns: int = SETTLE_NS) -> None:
        super().__init__(settle_ns=settle_ns)
        self._command = command
        self.name = command[0]

    def play(self, job: Job, reel: Reel, reader: RecordingReader) -> None:
        """Write the file, run the program, and clear up behind it."""
        self.notice = ""  # what went wrong with the last is no news of this one
        with tempfile.TemporaryDirectory(prefix="rtdebug-") as folder:
            file, talk = Path(folder) / "sound.wav", Path(folder) / "talk"
            with _Running(self._command, file, talk) as program:
                _write(job, reel, reader, file, program)
                while program.is_running and not job.stopped.wait(_POLL_SECONDS):
                    pass
            if program.status and not job.stopped.is_set():
                said = talk.read_text(errors="replace").strip().splitlines()
                self.notice = f"{self.name} could not play it: {said[-1] if said else f'exit status {program.status}'}"


class _Running:
    """The program: begun when there is something to play, and gone when it is left. One thread uses it."""

    def __init__(self, command: list[str], file: Path, talk: Path) -> None:
        self._command, self._talk = [*command, str(file)], talk
        self._process: subprocess.Popen[bytes] | None = None
        self.status = 0

    def __enter__(self) -> "_Running":
        return self

    def begin(self) -> None:
        """Run it, in a group of its own: Ctrl-C on the terminal is for the screens."""
        with self._talk.open("wb") as talk:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=talk,
                start_new_session=True,
            )

    @property
    def is_running(self) -> bool:
        """Whether it has yet to end."""
        return self._process is not None and self._process.poll() is None

    def __exit__(self, *_: object) -> None:
        if self._process is None:
            return
        if self.is_running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self.status = self._process.wait()


def _write(job: Job, reel: Reel, reader: RecordingReader, file: Path, program: _Running) -> None:
    """Write all samples; the program begins with the first, and the file stays a little ahead of it."""
    written, begun, rate = 0, time.monotonic(), round(reel.rate * job.speed)
    with file.open("xb") as raw, wave.open(raw, "wb") as out:
        out.setnchannels(reel.channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.setnframes(reel.frames)
        for block in reel.blocks(reader):
            out.writeframesraw(block.astype("<i2").tobytes())
            raw.flush()
            if not written:
                raw.truncate(raw.tell() + (reel.frames - len(block)) * reel.channels * 2)
                if len(block) < reel.frames:
                    program.begin()
            written += len(block)
            ahead = written / rate - (time.monotonic() - begun) - _AHEAD_SECONDS
            if job.stopped.wait(max(0.0, ahead)) or (written < reel.frames and not program.is_running):
                return
    if not program.is_running:
        program.begin()
