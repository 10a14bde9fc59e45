"""Hearing a call from a moment on, with what this machine has: its sound device, a program, or nothing.

Nothing here keeps anybody waiting: samples are read and played in a thread of their own, which ends when it is told
to, takes its player with it and leaves no file behind.
"""

import atexit
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from rtdebug.errors import RtdebugError
from rtdebug.player import find_player
from rtdebug.recording.reader import RecordingReader
from rtdebug.reports.mix import Lanes
from rtdebug.session.audio import Stretch
from rtdebug.tui.reel import Reel, item_reel, mix_reel

_SLOWEST, _FASTEST = 0.5, 2.0
SETTLE_NS: Final = 80_000_000
"""A seek is followed by others: sound begins when it was quiet for so long, that much further on."""
_ENDING_SECONDS: Final = 2.0


def manner(speed: float) -> str:
    """Say how a speed sounds, "" for as it was."""
    if speed == 1.0:
        return ""
    pitch = "an octave up" if speed > 1 else "an octave down"
    return pitch if _SLOWEST <= speed <= _FASTEST else f"silent at {speed:g} times"


Wanted = Callable[[int], Reel | None]
"""What is to be played so many ns after it was asked for; None where nothing is left to hear."""


class Sound(ABC):
    """Plays one thing at a time: what is started ends what is under way."""

    name = ""
    """What it plays with."""

    def __init__(self, notice: str = "", *, settle_ns: int = SETTLE_NS) -> None:
        self.notice = notice
        """What there is to know about it, once."""
        self._settle_ns = settle_ns
        self._jobs: list[Job] = []
        atexit.register(self.close)

    def start(self, lanes: Lanes, reader: RecordingReader, at_ns: int, speed: float = 1.0) -> None:
        """Play both sides from a moment on; at speeds that nobody would understand, be silent."""
        self.stop()
        if _SLOWEST <= speed <= _FASTEST:
            self._begin(lambda late_ns: mix_reel(lanes, at_ns + int(late_ns * speed)), reader.folder, speed)

    def play_item(self, stretches: Sequence[Stretch], reader: RecordingReader) -> bool:
        """Play one item; say whether there is anything to hear of it."""
        self.stop()
        reel = item_reel(stretches)
        if reel is not None:
            self._begin(lambda _: reel, reader.folder, 1.0)
        return reel is not None

    def stop(self) -> None:
        """Be silent, at once."""
        self._jobs = [job for job in self._jobs if job.is_alive()]
        for job in self._jobs:
            job.stopped.set()

    @property
    def playing(self) -> bool:
        """Something is being played, or about to be."""
        return any(job.is_alive() and not job.stopped.is_set() for job in self._jobs)

    def close(self) -> None:
        """Be silent, and wait until nothing is left of it."""
        self.stop()
        for job in self._jobs:
            job.join(_ENDING_SECONDS)
        atexit.unregister(self.close)

    def _begin(self, wanted: Wanted, folder: Path, speed: float) -> None:
        job = Job(self, wanted, folder, speed, self._settle_ns)
        self._jobs.append(job)
        job.start()

    def prepare(self) -> int:
        """Do what has to be done once; say how long that took, ns. Runs in a job's thread."""
        return 0

    @abstractmethod
    def play(self, job: "Job", reel: Reel, reader: RecordingReader) -> None:
        """Play a reel until it ends or `job.stopped` is set. Runs in the job's thread; raises OSError."""


class Job(threading.Thread):
    """One thing that is played, in a thread and with files of its own: the screens' reader is not for threads."""

    def __init__(self, sound: Sound, wanted: Wanted, folder: Path, speed: float, settle_ns: int) -> None:
        super().__init__(name="rtdebug sound", daemon=True)
        self.stopped = threading.Event()
        self.speed = speed
        self._sound, self._wanted, self._folder, self._settle_ns = sound, wanted, folder, settle_ns

    def run(self) -> None:
        """Play; what goes wrong is the sound's notice."""
        if self.stopped.wait(self._settle_ns / 1e9):
            return
        reel = self._wanted(self._settle_ns + self._sound.prepare())
        if reel is None or self.stopped.is_set():
            return
        try:
            with RecordingReader(self._folder) as reader:
                self._sound.play(self, reel, reader)
        except (RtdebugError, OSError) as error:
            self._sound.notice = f"no sound: {error}"


class Silence(Sound):
    """Plays nothing: the clock runs all the same."""

    name = "no sound"

    def play(self, job: Job, reel: Reel, reader: RecordingReader) -> None:
        """Play nothing."""


Way = Callable[[], Sound]
"""Opens a way to be heard; raises UsageError where this machine has none such."""


class AnySound(Sound):
    """Plays by the best way that this machine has. Looking for it takes up to a second, so that is done in a thread."""

    def __init__(self, ways: Sequence[Way], *, settle_ns: int = SETTLE_NS) -> None:
        super().__init__(settle_ns=settle_ns)
        self._ways = ways
        self._found: Sound | None = None
        self._finding = threading.Lock()

    def prepare(self) -> int:
        """Find the way, the first time."""
        begun = time.monotonic_ns()
        with self._finding:
            if self._found is not None:
                return 0
            self._found = find_sound(self._ways)
            self.name, self.notice = self._found.name, self._found.notice
        return time.monotonic_ns() - begun

    def play(self, job: Job, reel: Reel, reader: RecordingReader) -> None:
        """Play by that way."""
        assert self._found is not None
        try:
            self._found.play(job, reel, reader)
        finally:
            self.notice = self._found.notice


def open_sound(ways: Sequence[Way] = ()) -> Sound:
    """Return something to be heard by; what it is, it knows when it first plays. Never raises, never waits."""
    return AnySound(ways or (_device, _program))


def find_sound(ways: Sequence[Way]) -> Sound:
    """Find the best way to be heard on this machine; never raises. `ways` are tried in order."""
    problems = []
    for way in ways:
        try:
            return way()
        except RtdebugError as error:
            problems.append(str(error))
    return Silence(f"{problems[-1]}; pip install 'rtdebug[sound]' is another way" if problems else "")


def _device() -> Sound:
    from rtdebug.tui.players import DeviceSound, load_device

    return DeviceSound(load_device())


def _program() -> Sound:
    from rtdebug.tui.players import ProgramSound

    return ProgramSound(find_player())
