"""Every prefix of a recording is one and never called complete; every flipped bit is found."""

import random
import shutil
from pathlib import Path

import pytest

from rtdebug.errors import RecordingError
from rtdebug.recording.library import summarize
from rtdebug.recording.reader import Lost, RecordingReader
from rtdebug.recording.verify import verify

from .calls import Call, append, delta, messages, record, small_call, tone

pytestmark = pytest.mark.load


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = record(tmp_path_factory.mktemp("whole") / "rec", small_call())
    assert verify(folder).clean
    return folder


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "rec"))


def test_a_recording_cut_at_any_byte_opens_and_is_never_called_complete(whole: Path, copy: Path) -> None:
    sent = messages(whole)
    events = copy / "events.jsonl"
    data = events.read_bytes()
    for size in range(len(data) - 1, -1, -1):
        events.write_bytes(data[:size])
        verdict = verify(copy)
        assert not verdict.clean
        assert not verdict.ended
        assert verdict.problems
        with RecordingReader(copy) as reader:
            got = [reader.message(entry) for entry in reader.entries() if entry.kind == "message"]
        assert got == [message for _, message in sent[: len(got)]]
        assert len(got) == verdict.exact
        assert not summarize(copy).complete


@pytest.mark.parametrize("track", ["client.wav", "server.wav", "client-2.wav"])
def test_a_track_cut_at_any_byte_costs_its_messages_and_no_others(whole: Path, copy: Path, track: str) -> None:
    path = copy / track
    data = path.read_bytes()
    best = verify(whole).exact
    for size in range(len(data)):
        path.write_bytes(data[:size])
        verdict = verify(copy)
        assert not verdict.clean
        assert best - 5 <= verdict.exact < best
        assert any(track in problem for problem in verdict.problems)
    path.unlink()
    assert not verify(copy).clean


def flipped(copy: Path, name: str, bit: int) -> bool:
    """Flip one bit, and say whether verifying finds it."""
    path = copy / name
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)
    try:
        return not verify(copy).clean
    except RecordingError:
        return True
    finally:
        data[bit // 8] ^= 1 << bit % 8
        path.write_bytes(data)


@pytest.mark.parametrize("name", ["events.jsonl", "client.wav", "server.wav", "client-2.wav"])
def test_every_flipped_bit_is_found(copy: Path, name: str) -> None:
    size = (copy / name).stat().st_size * 8
    bits = range(size) if size < 3000 else [*range(800), *random.Random(5).sample(range(size), 1200)]
    missed = [bit for bit in bits if not flipped(copy, name, bit)]
    data = (copy / name).read_bytes()
    assert not missed, [(bit % 8, data[max(0, bit // 8 - 30) : bit // 8 + 10]) for bit in missed[:5]]


def test_every_flipped_bit_is_found_where_samples_are_all_alike(tmp_path: Path) -> None:
    sent = [("client", append(bytes(200))) for _ in range(3)] + [("server", delta(bytes(200))) for _ in range(2)]
    folder = record(tmp_path / "rec", sent)
    size = (folder / "events.jsonl").stat().st_size * 8
    missed = [bit for bit in range(1600, size - 2500, 3) if not flipped(folder, "events.jsonl", bit)]
    data = (folder / "events.jsonl").read_bytes()
    assert not missed, [data[max(0, bit // 8 - 30) : bit // 8 + 10] for bit in missed[:5]]


def test_two_hundred_flipped_bits_of_a_long_call_are_found(tmp_path: Path) -> None:
    sent = [("client", append(tone(480, seed))) for seed in range(50)]
    sent += [("server", delta(tone(2400, seed))) for seed in range(20)]
    folder = record(tmp_path / "rec", sent)
    chance = random.Random(7)
    for _ in range(200):
        name = chance.choice(["events.jsonl", "client.wav", "server.wav"])
        bit = chance.randrange((folder / name).stat().st_size * 8)
        assert flipped(folder, name, bit), (name, bit)


@pytest.mark.parametrize("change", ["drop", "double", "swap"])
def test_lines_that_went_missing_doubled_or_moved_are_found(copy: Path, change: str) -> None:
    events = copy / "events.jsonl"
    lines = events.read_bytes().splitlines(keepends=True)
    for index in range(1, len(lines) - 1):
        changed = list(lines)
        if change == "drop":
            del changed[index]
        elif change == "double":
            changed.insert(index, lines[index])
        else:
            changed[index], changed[index + 1] = changed[index + 1], changed[index]
        events.write_bytes(b"".join(changed))
        assert not verify(copy).clean, (change, lines[index])


def test_lines_and_samples_added_behind_the_end_are_found(copy: Path) -> None:
    with (copy / "client.wav").open("ab") as file:
        file.write(b"\x00\x00")
    assert not verify(copy).clean
    shutil.copy(copy / "server.wav", copy / "client.wav")
    assert not verify(copy).clean


def test_a_stale_header_after_a_crash_does_not_hide_samples(tmp_path: Path) -> None:
    call = Call(tmp_path / "rec").say(("client", append(tone(50)))).flush()
    call.say(("client", append(tone(50, 1)))).flush()
    assert [message for _, message in messages(call.folder)] == [append(tone(50)), append(tone(50, 1))]
    assert not verify(call.folder).clean
    assert verify(call.folder).exact == 2


def test_samples_without_their_line_do_no_harm(tmp_path: Path) -> None:
    call = Call(tmp_path / "rec").say(("client", append(tone(50)))).flush()
    with (call.folder / "client.wav").open("ab") as file:
        file.write(tone(20))
    assert [message for _, message in messages(call.folder)] == [append(tone(50))]


def test_a_message_whose_samples_are_gone_is_lost_and_said_so(copy: Path) -> None:
    (copy / "server.wav").unlink()
    with RecordingReader(copy) as reader:
        lost = [entry for entry in reader.entries() if entry.audio and entry.sender == "server"]
        with pytest.raises(Lost, match=r"server\.wav"):
            reader.message(lost[0])
