import numpy as np
import pytest

from rtdebug.simulator.audio import FORMATS
from rtdebug.simulator.ear import Ear
from rtdebug.simulator.vad import Started, Stopped, VadSettings

PCM, ULAW = FORMATS["audio/pcm"], FORMATS["audio/pcmu"]
LOUD_MS = b"\x00\x40\x00\xc0" * 12
QUIET_MS = b"\0\0" * 24
SPEECH = QUIET_MS * 640 + LOUD_MS * 640 + QUIET_MS * 640


def test_offsets_are_cut_out_of_what_is_held() -> None:
    ear = Ear(PCM)
    ear.append(b"\1\0" * 24 * 100)
    ear.append(b"\2\0" * 24 * 100)
    assert ear.held_ms == 200
    assert ear.take(90, 110) == b"\1\0" * 24 * 10 + b"\2\0" * 24 * 10
    assert ear.held_ms == 90
    ear.append(b"\3\0" * 24 * 100)
    assert ear.take(50, 150) == b"\2\0" * 24 * 40
    ear.clear()
    assert ear.take() == b""


def test_half_a_sample_goes_with_the_buffer_it_was_in() -> None:
    for empty in (Ear.clear, Ear.take):
        ear = Ear(PCM)
        ear.append(b"\1\0\1")
        empty(ear)
        ear.append(b"\2\0" * 24)
        assert ear.take() == b"\2\0" * 24


@pytest.mark.parametrize("chunk", [1, 7, 960, 4800, 1_000_000])
def test_marks_do_not_depend_on_how_the_audio_is_cut(chunk: int) -> None:
    ear = Ear(PCM)
    ear.configure(PCM, VadSettings(prefix_padding_ms=100, silence_duration_ms=200))
    marks = [mark for at in range(0, len(SPEECH), chunk) for mark in ear.append(SPEECH[at : at + chunk])]
    assert marks == [Started(540), Stopped(1504)]


@pytest.mark.parametrize(("is_whole", "end_ms"), [(True, 1408), (False, 1888)])
def test_a_whole_sentence_ends_its_turn_sooner(is_whole: bool, end_ms: int) -> None:
    asked: list[bytes] = []

    def judge(said: bytes) -> bool:
        asked.append(said)
        return is_whole

    ear = Ear(PCM)
    ear.configure(PCM, VadSettings(prefix_padding_ms=0, silence_duration_ms=600, pause_ms=100))
    assert list(ear.append(SPEECH + QUIET_MS * 100, judge)) == [Started(640), Stopped(end_ms)]
    assert [said.strip(b"\0") for said in asked] == [(LOUD_MS * 640).strip(b"\0")]


def test_the_clock_runs_through_clears_commits_and_formats() -> None:
    ear = Ear(PCM)
    ear.append(QUIET_MS * 1000)
    ear.clear()
    ear.append(QUIET_MS * 1000)
    ear.take()
    ear.configure(ULAW, VadSettings(prefix_padding_ms=0))
    loud = ULAW.write(np.tile(np.array([20000] * 12 + [-20000] * 12, dtype="<i2"), 100).tobytes())
    assert list(ear.append(loud)) == [Started(2000)]


def test_a_quiet_room_does_not_fill_the_memory() -> None:
    ear = Ear(PCM)
    ear.configure(PCM, VadSettings())
    for _ in range(100):
        assert list(ear.append(QUIET_MS * 100)) == []
    assert ear.held_ms < 2000
    assert ear.take(0, 10_000)[-2:] == b"\0\0"


def test_without_vad_everything_is_held() -> None:
    ear = Ear(PCM)
    ear.configure(PCM, None)
    for _ in range(100):
        assert list(ear.append(LOUD_MS * 100)) == []
    assert ear.held_ms == 10_000
