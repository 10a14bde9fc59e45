"""The columns of all entries, and a recording read in small steps."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from recording.calls import Call as Written
from recording.calls import append, delta, tone

from rtdebug.opening import open_session
from rtdebug.recording.reader import RecordingReader
from rtdebug.tui.call.call import Call

SAMPLES = sorted(path.parent for path in (Path(__file__).parents[3] / "recordings").glob("*/events.jsonl"))


Read = Callable[..., Call]


@pytest.fixture
def read_whole() -> Iterator[Read]:
    with ExitStack() as closing:

        def read(path: Path, budget_ns: int = 10**12) -> Call:
            call = Call(path)
            closing.callback(call.close)
            while not call.caught_up:
                call.step(budget_ns)
            return call

        yield read


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_entry_is_there_and_can_be_read_again(path: Path, read_whole: Read) -> None:
    call = read_whole(path)
    with RecordingReader(path) as reader:
        entries = list(reader.entries())
    assert list(call.journal.seqs) == [entry.seq for entry in entries]
    assert [call.journal.sender(at) for at in range(len(entries))] == [entry.sender for entry in entries]
    messages = [entry.sender for entry in entries if entry.kind == "message"]
    assert call.journal.sent == (messages.count("client"), messages.count("server"))
    assert [call.entry(at) for at in range(len(entries))] == entries


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_read_in_steps_is_read_at_once(path: Path, read_whole: Read) -> None:
    by_steps, at_once = read_whole(path, 0), open_session(path)
    assert by_steps.session == at_once.session
    assert by_steps.problems == at_once.problems
    assert by_steps.recorded().dialect == str(at_once.dialect)


def test_entries_are_found_by_their_number_and_by_the_clock(read_whole: Read) -> None:
    call = read_whole(SAMPLES[1])
    journal = call.journal
    for at in range(len(journal)):
        assert journal.index_of(journal.seqs[at]) == at
        found = journal.index_at(journal.times[at])
        assert journal.times[found] == journal.times[at] and found >= at
    assert journal.index_at(-5) == 0
    assert journal.index_of(10**9) == len(journal) - 1


def test_a_response_is_known_of_entries_that_name_only_its_item(read_whole: Read) -> None:
    call = read_whole(next(path for path in SAMPLES if path.name == "barge-in"))
    named = {call.response_at(at) for at in range(len(call.journal)) if "truncated" in call.journal.kind(at).name}
    assert named == {next(one.id for one in call.session.responses.values() if one.status == "cancelled")}


def test_a_recording_is_followed_from_before_its_first_line(tmp_path: Path) -> None:
    (tmp_path / "rec").mkdir()
    (tmp_path / "rec" / "events.jsonl").touch()
    early = Call(tmp_path / "rec")
    assert early.step(10**9) == 0
    source = Written(tmp_path / "other").say(("client", append(tone(1))), ("server", delta(tone(2)))).end()
    (tmp_path / "rec" / "events.jsonl").write_bytes((source / "events.jsonl").read_bytes())
    assert early.step(10**9) > 2
    assert early.header.target == "/v1/realtime?model=m"
    assert early.session.complete
    assert early.problems == []
    early.close()


def test_a_live_recording_is_known_to_be_live_until_it_ends(tmp_path: Path, read_whole: Read) -> None:
    written = Written(tmp_path / "rec").say(("client", append(tone(1)))).flush()
    call = read_whole(written.folder)
    assert call.live
    before = len(call.journal)
    written.say(("server", delta(tone(2))))
    written.end()
    call.step(10**9)
    call.look_if_live()
    assert len(call.journal) > before
    assert not call.live
