"""Hearing a call: what a player is given is the call's own sound, and nothing is left of it."""

import os
import threading
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rtdebug.errors import UsageError
from rtdebug.opening import Opened, open_session
from rtdebug.player import PLAYERS, find_player
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.sound import read_samples
from rtdebug.reports.mix import Lanes, blocks, item_stretches, lanes
from rtdebug.session.model import Session
from rtdebug.tui import players
from rtdebug.tui.players import DeviceSound, ProgramSound, load_device
from rtdebug.tui.reel import item_reel, mix_reel
from rtdebug.tui.sound import AnySound, Silence, Sound, find_sound, manner, open_sound

SAMPLES = Path(__file__).parents[2] / "recordings"
S = 1_000_000_000
FAKE = """#!/bin/sh
echo "$@" >> "$LOG/called"
cp "$1" "$LOG/heard.wav"
"""
SLOW = (
    FAKE
    + """sleep 600 &
echo $! > "$LOG/child"
echo $$ > "$LOG/pid"
wait
"""
)
FAILING = """#!/bin/sh
echo "cannot open the card" >&2
exit 3
"""


@pytest.fixture
def opened() -> Opened:
    return open_session(SAMPLES / "barge-in")


@pytest.fixture
def reader() -> Iterator[RecordingReader]:
    with RecordingReader(SAMPLES / "barge-in") as found:
        yield found


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing to play on, and a folder of its own for programs and for temporary files."""
    for name in ("bin", "temporary"):
        (tmp_path / name).mkdir()
    for tool in ("sh", "cp", "sleep"):
        (tmp_path / "bin" / tool).symlink_to(f"/bin/{tool}")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("LOG", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    return tmp_path


def install(machine: Path, script: str) -> ProgramSound:
    program = machine / "bin" / PLAYERS[0][0]
    program.write_text(script)
    program.chmod(0o755)
    return ProgramSound(find_player(), settle_ns=0)


def heard(file: Path) -> tuple[int, np.ndarray]:
    with wave.open(str(file), "rb") as wav:
        samples = np.frombuffer(wav.readframes(wav.getnframes()), "<i2")
        assert len(samples) == wav.getnframes() * wav.getnchannels()
        return wav.getframerate(), samples.reshape(-1, wav.getnchannels())


def mixed(opened: Opened, reader: RecordingReader, start_ns: int) -> np.ndarray:
    placed = lanes(opened.session)
    read = blocks(
        placed, lambda one: read_samples(reader, one.track, one.start, one.frames), 24000, start_ns, placed.end_ns
    )
    return np.concatenate(list(read))


def until(done: Callable[[], bool]) -> None:
    """Wait for another thread or program; the test's own time limit ends it."""
    turn = threading.Event()
    while not done():
        turn.wait(0.005)


def wait_for(sound: Sound) -> None:
    until(lambda: not sound.playing)


def test_a_player_is_given_both_sides_from_the_moment_on(
    machine: Path, opened: Opened, reader: RecordingReader
) -> None:
    sound = install(machine, FAKE)
    sound.start(lanes(opened.session), reader, 2 * S, 1.0)
    wait_for(sound)
    assert (sound.name, sound.notice) == (PLAYERS[0][0], "")
    (called,) = (machine / "called").read_text().splitlines()
    assert called.endswith("sound.wav")
    rate, samples = heard(machine / "heard.wav")
    assert (rate, samples.shape[1]) == (24000, 2)
    assert np.array_equal(samples, mixed(opened, reader, 2 * S))
    assert np.abs(samples).max() > 1000
    assert not list((machine / "temporary").iterdir())


def test_half_and_double_speed_are_played_so_and_others_are_silent(
    machine: Path, opened: Opened, reader: RecordingReader
) -> None:
    sound = install(machine, FAKE)
    for speed, rate in ((0.5, 12000), (2.0, 48000)):
        sound.start(lanes(opened.session), reader, 0, speed)
        wait_for(sound)
        assert heard(machine / "heard.wav")[0] == rate
    (machine / "heard.wav").unlink()
    for speed in (0.25, 4.0, 16.0):
        sound.start(lanes(opened.session), reader, 0, speed)
        assert not sound.playing
    assert not (machine / "heard.wav").exists()
    assert [manner(speed) for speed in (1.0, 2.0, 0.5, 4.0)] == [
        "",
        "an octave up",
        "an octave down",
        "silent at 4 times",
    ]


def test_one_item_is_played_whole(machine: Path, opened: Opened, reader: RecordingReader) -> None:
    sound = install(machine, FAKE)
    item = next(one for one in opened.session.items.values() if one.audio)
    assert sound.play_item(item_stretches(opened.session, item), reader)
    wait_for(sound)
    rate, samples = heard(machine / "heard.wav")
    (stretch,) = item_stretches(opened.session, item)
    assert (rate, samples.shape) == (24000, (stretch.frames, 1))
    assert np.array_equal(samples[:, 0], read_samples(reader, stretch.track, stretch.start, stretch.frames))
    assert not sound.play_item([], reader)


def test_stopping_ends_the_player_and_its_children_and_leaves_nothing(
    machine: Path, opened: Opened, reader: RecordingReader
) -> None:
    sound = install(machine, SLOW)
    sound.start(lanes(opened.session), reader, 0)
    until(lambda: (machine / "pid").exists() and bool((machine / "pid").read_text()))
    pids = [int((machine / name).read_text()) for name in ("pid", "child")]
    assert sound.playing and all(map(is_alive, pids))
    sound.stop()
    assert not sound.playing
    sound.close()
    assert not is_alive(pids[0])  # not even a zombie
    until(lambda: not is_alive(pids[1]))
    assert not list((machine / "temporary").iterdir())
    assert sound.notice == ""
    assert not [thread for thread in threading.enumerate() if thread.name == "rtdebug sound"]


def is_alive(pid: int) -> bool:
    """Ask for a process; one that has ended and whose own parent has not noticed yet is not alive."""
    try:
        os.kill(pid, 0)
        told = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (ProcessLookupError, FileNotFoundError):
        return False
    return told[0] != "Z" or int(told[1]) == os.getpid()


def test_the_next_start_ends_the_last(machine: Path, opened: Opened, reader: RecordingReader) -> None:
    sound = install(machine, SLOW)
    for at in range(5):
        sound.start(lanes(opened.session), reader, at * S)
    until(lambda: (machine / "child").exists())
    sound.close()
    assert not list((machine / "temporary").iterdir())


def test_quick_seeks_play_only_the_last(machine: Path, opened: Opened, reader: RecordingReader) -> None:
    install(machine, FAKE)
    sound = ProgramSound(find_player(), settle_ns=200_000_000)
    for at in range(5):
        sound.start(lanes(opened.session), reader, at * S)
    wait_for(sound)
    assert len((machine / "called").read_text().splitlines()) == 1
    samples = heard(machine / "heard.wav")[1]
    assert np.array_equal(samples, mixed(opened, reader, 4 * S + 200_000_000))
    sound.close()


def test_a_player_that_fails_is_said(machine: Path, opened: Opened, reader: RecordingReader) -> None:
    sound = install(machine, FAILING)
    sound.start(lanes(opened.session), reader, 0)
    wait_for(sound)
    assert sound.notice == f"{PLAYERS[0][0]} could not play it: cannot open the card"


def test_a_player_that_works_again_is_not_said_to_fail(machine: Path, opened: Opened, reader: RecordingReader) -> None:
    program = install(machine, FAILING)
    sound = AnySound((lambda: program,), settle_ns=0)
    sound.start(lanes(opened.session), reader, 0)
    wait_for(sound)
    assert "cannot open the card" in sound.notice
    install(machine, FAKE)
    sound.start(lanes(opened.session), reader, 0)
    wait_for(sound)
    assert (program.notice, sound.notice) == ("", "")


def test_a_recording_that_went_is_said(machine: Path, opened: Opened, reader: RecordingReader) -> None:
    sound = install(machine, FAKE)
    reader.folder = machine / "gone"
    sound.start(lanes(opened.session), reader, 0)
    wait_for(sound)
    assert sound.notice.startswith("no sound: ") and "not a recording" in sound.notice


def test_a_machine_without_any_player_runs_silent_with_one_notice(
    machine: Path, opened: Opened, reader: RecordingReader
) -> None:
    sound = open_sound((lambda: ProgramSound(find_player()),))
    assert (sound.name, sound.notice) == ("", "")
    sound.start(lanes(opened.session), reader, 0)
    wait_for(sound)
    assert (sound.name, "rtdebug[sound]" in sound.notice) == ("no sound", True)
    item = next(one for one in opened.session.items.values() if one.audio)
    assert sound.play_item(item_stretches(opened.session, item), reader)
    sound.close()
    assert not sound.playing


def test_the_chain_takes_the_device_first_then_a_program(
    machine: Path, opened: Opened, reader: RecordingReader
) -> None:
    def none() -> Sound:
        raise UsageError("no sound device: none")

    program, device = install(machine, FAKE), DeviceSound(FakeDevice())
    assert find_sound((none, lambda: program)) is program
    assert find_sound((lambda: device, lambda: program)) is device
    assert isinstance(find_sound((none,)), Silence)
    sound = open_sound((none, lambda: program))
    sound.start(lanes(opened.session), reader, 0)
    wait_for(sound)
    assert sound.name == program.name and (machine / "heard.wav").exists()


def test_what_finding_a_way_takes_is_left_out_of_the_sound(
    machine: Path, opened: Opened, reader: RecordingReader
) -> None:
    program = install(machine, FAKE)
    sound = AnySound((lambda: program,), settle_ns=0)
    sound.start(lanes(opened.session), reader, S)
    wait_for(sound)
    first = heard(machine / "heard.wav")[1]
    whole = mixed(opened, reader, S)
    assert 0 < len(first) <= len(whole) and np.array_equal(first, whole[len(whole) - len(first) :])
    sound.start(lanes(opened.session), reader, S)
    wait_for(sound)
    assert np.array_equal(heard(machine / "heard.wav")[1], whole)


def test_a_failure_is_said_by_what_found_it(machine: Path, opened: Opened, reader: RecordingReader) -> None:
    program = install(machine, FAILING)
    sound = AnySound((lambda: program,), settle_ns=0)
    sound.start(lanes(opened.session), reader, 0)
    wait_for(sound)
    assert "cannot open the card" in sound.notice


@pytest.mark.parametrize("error", [ImportError("no module"), OSError("PortAudio library not found")])
def test_a_device_library_that_cannot_be_loaded_is_passed_over(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str) -> Any:
        raise error

    monkeypatch.setattr(players.importlib, "import_module", fail)
    with pytest.raises(UsageError, match="no sound device"):
        load_device()


class FakeDevice:
    """What is used of sounddevice, keeping what it is given."""

    def __init__(self, *, fails: bool = False) -> None:
        self.given: list[np.ndarray] = []
        self.said: list[str] = []
        self.fails = fails
        self.room = threading.Event()
        self.room.set()

    def query_devices(self, *, kind: str) -> object:
        return {}

    def OutputStream(self, **options: Any) -> "FakeDevice":  # noqa: N802
        if self.fails:
            raise RuntimeError("Invalid sample rate")
        self.options = options
        return self

    def start(self) -> None:
        self.said.append("start")

    def write(self, samples: np.ndarray) -> None:
        self.given.append(samples.copy())
        self.room.wait()

    def abort(self) -> None:
        self.said.append("abort")

    def stop(self) -> None:
        self.said.append("stop")

    def close(self) -> None:
        self.said.append("close")


def test_a_device_hears_the_same(opened: Opened, reader: RecordingReader) -> None:
    device = FakeDevice()
    sound = DeviceSound(device, settle_ns=0)
    sound.start(lanes(opened.session), reader, S)
    wait_for(sound)
    assert device.options == {"samplerate": 24000, "channels": 2, "dtype": "int16"}
    assert device.said == ["start", "stop", "close"]
    assert np.array_equal(np.concatenate(device.given), mixed(opened, reader, S))


def test_a_device_stops_at_once_and_its_failure_is_said(opened: Opened, reader: RecordingReader) -> None:
    device = FakeDevice()
    device.room.clear()
    sound = DeviceSound(device, settle_ns=0)
    sound.start(lanes(opened.session), reader, 0)
    until(lambda: bool(device.given))
    sound.stop()
    device.room.set()
    sound.close()
    assert device.said == ["start", "abort", "close"] and len(device.given) == 1
    broken = DeviceSound(FakeDevice(fails=True), settle_ns=0)
    broken.start(lanes(opened.session), reader, 0)
    wait_for(broken)
    assert broken.notice == "no sound: Invalid sample rate"


def test_two_rates_come_out_as_the_higher(tmp_path: Path) -> None:
    opened = open_session(SAMPLES / "g711")
    placed = lanes(opened.session)
    assert placed.rates == [8000]
    reel = mix_reel(Lanes(placed.user, lanes(open_session(SAMPLES / "beta").session).assistant), 0)
    assert reel is not None and reel.rate == 24000
    with RecordingReader(SAMPLES / "g711") as reader:
        frames = sum(len(block) for block in reel.blocks(reader))
    assert frames == reel.frames


def test_nothing_to_hear_is_nothing() -> None:
    assert mix_reel(lanes(Session()), 0) is None
    assert mix_reel(lanes(open_session(SAMPLES / "text-turn").session), 0) is None
    placed = lanes(open_session(SAMPLES / "barge-in").session)
    assert mix_reel(placed, placed.end_ns) is None
    assert item_reel([]) is None
