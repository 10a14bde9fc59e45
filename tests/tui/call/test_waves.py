"""How loud a call was: bins measured right, both sides where they are heard, only what is new read."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from rtdebug.tui.call.call import Call
from rtdebug.tui.call.peaks import BIN_NS, MOST_BINS, Track, peaks, silence
from rtdebug.tui.call.waves import Waves

SAMPLES = Path(__file__).parents[3] / "recordings"
LONG, S = 10**12, 10**9


def opened(path: Path) -> Call:
    call = Call(path)
    while not call.caught_up:
        call.step(LONG)
    return call


def waves_of(path: Path, budget_ns: int = LONG) -> Waves:
    waves = Waves(opened(path))
    while waves.step(budget_ns):
        pass
    waves.call.close()
    return waves


def seconds(track: Track) -> list[bool]:
    """Whether each half second holds more than silence."""
    levels = track.columns(0, 10 * S, 20)
    return [bool(level > 0.1) for level in levels]


def test_a_bin_holds_the_loudest_of_its_ten_milliseconds() -> None:
    samples = np.zeros(720, np.int16)
    samples[240], samples[719] = -32768, 8192
    begin, bins = peaks(samples, 24000, 480)
    assert (begin, bins.tolist()) == (2, [1, 255, 128])


def test_a_rate_that_bins_do_not_divide_loses_nothing() -> None:
    samples = np.full(11025, 1000, np.int16)
    first, bins = peaks(samples[:5000], 11025, 0)
    second, more = peaks(samples[5000:], 11025, 5000)
    assert first == 0
    assert second + len(more) == 100
    assert len(bins) + len(more) in (100, 101)
    assert peaks(np.zeros(0, np.int16), 11025, 5)[1].size == 0
    assert len(peaks(np.full(10, 5, np.int16), 10, 0)[1]) == 91


def test_lost_sound_is_silence_of_its_length_and_no_more_than_two_days() -> None:
    assert silence(480, 24000, 240)[1].tolist() == [1, 1]
    assert len(silence(10**15, 8000, 0)[1]) == MOST_BINS


def test_columns_show_nothing_silence_and_sound_apart() -> None:
    track = Track()
    track.lay(100, np.full(100, 1, np.uint8))
    track.lay(200, np.full(100, 255, np.uint8))
    levels = track.columns(0, 4 * S, 4)
    assert levels[0] == -1
    assert 0 <= levels[1] < 0.01
    assert levels[2] == 1
    assert levels[3] == -1
    assert track.columns(2 * S, BIN_NS // 2, 6).tolist() == [1] * 6
    assert (track.columns(10 * S, S, 5) == -1).all()
    assert (Track().columns(0, S, 3) == -1).all()


def test_what_stands_two_days_on_is_left_out() -> None:
    track = Track()
    track.lay(MOST_BINS - 2, np.full(5, 9, np.uint8))
    track.lay(MOST_BINS * 50, np.full(5, 9, np.uint8))
    assert track.count == MOST_BINS
    track.lay(-3, np.full(5, 9, np.uint8))
    assert track.bins[:3].tolist() == [9, 9, 0]


def test_both_sides_stand_where_they_are_heard() -> None:
    waves = waves_of(SAMPLES / "barge-in")
    assert waves.has_clock
    user, assistant, unheard = (seconds(track) for track in (waves.user, waves.assistant, waves.unheard))
    assert user[1:5] == [True] * 4
    assert user[5:8] == [False] * 3
    assert assistant[:6] == [False] * 6
    assert assistant[7]
    assert assistant[9:12] == [False] * 3
    assert unheard[9:12] == [True] * 3
    assert not any(unheard[:7])


@pytest.mark.parametrize("name", ["barge-in", "g711", "vad-conversation", "tool-call", "killed", "beta"])
def test_small_steps_come_to_the_same_as_one(name: str) -> None:
    whole, small = waves_of(SAMPLES / name), waves_of(SAMPLES / name, 0)
    assert whole.end_ns == small.end_ns > 0
    for one, other in ((whole.user, small.user), (whole.assistant, small.assistant), (whole.unheard, small.unheard)):
        assert one.bins.tolist() == other.bins.tolist()


@pytest.mark.parametrize("name", ["barge-in", "g711", "tool-call"])
def test_a_call_that_grows_ends_up_like_one_that_is_read_whole(tmp_path: Path, name: str) -> None:
    lines = (SAMPLES / name / "events.jsonl").read_bytes().splitlines(keepends=True)
    tracks = {path.name: path.read_bytes() for path in (SAMPLES / name).glob("*.wav")}
    (tmp_path / "events.jsonl").write_bytes(lines[0])
    call = Call(tmp_path)
    call.live = True
    waves = Waves(call)
    for part in range(1, 21):
        with (tmp_path / "events.jsonl").open("ab") as file:
            file.write(b"".join(lines[1:][len(lines) * (part - 1) // 20 : len(lines) * part // 20]))
        if part > 2:  # the recorder writes samples later than entries
            for track, data in tracks.items():
                (tmp_path / track).write_bytes(data[: 200 + len(data) * (part - 2) // 20])
        call.step(LONG)
        assert not waves.step(LONG)
    for track, data in tracks.items():
        (tmp_path / track).write_bytes(data)
    call.live = False
    assert not waves.step(LONG)
    whole = waves_of(SAMPLES / name)
    assert waves.user.bins.tolist() == whole.user.bins.tolist()
    assert waves.assistant.bins.tolist() == whole.assistant.bins.tolist()
    assert waves.unheard.bins.tolist() == whole.unheard.bins.tolist()
    call.close()


def test_nothing_is_read_again_when_nothing_came() -> None:
    waves = waves_of(SAMPLES / "barge-in")
    version = waves.version
    assert not waves.step(LONG)
    assert waves.version == version


def test_audio_that_is_lost_is_silence(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "barge-in", tmp_path / "call")
    (tmp_path / "call" / "client.wav").unlink()
    (tmp_path / "call" / "server.wav").write_bytes(b"RIFF")
    waves = waves_of(tmp_path / "call")
    assert waves.end_ns > 8 * S
    assert not any(seconds(waves.user) + seconds(waves.assistant))


def test_without_times_items_stand_in_a_row(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "barge-in", tmp_path / "call")
    events = tmp_path / "call" / "events.jsonl"
    header, _, rest = events.read_bytes().partition(b"\n")
    events.write_bytes(header[:-1] + b',"lacks":["times"]}\n' + rest)
    waves = waves_of(tmp_path / "call", 0)
    assert not waves.has_clock
    spans = list(waves.places.values())
    assert len(spans) == 4
    assert [span.start_ns for span in spans[1:]] == [span.end_ns for span in spans[:-1]]
    assert waves.end_ns == pytest.approx(spans[-1].end_ns, abs=BIN_NS)
    assert waves.user.count > 0 < waves.assistant.count
