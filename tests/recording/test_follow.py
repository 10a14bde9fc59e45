"""Following a recording while it is written, and reading one entry again."""

import os
from pathlib import Path

import pytest

from rtdebug.recording.reader import Lost, RecordingReader

from .calls import Call, append, delta, tone


def test_entries_come_as_they_are_written_and_never_twice(tmp_path: Path) -> None:
    call = Call(tmp_path / "rec").flush()
    with RecordingReader(call.folder) as reader:
        seen = [entry.seq for _, entry in reader.more()]
        for number in range(5):
            call.say(("client", append(tone(number))), ("server", delta(tone(number)))).flush()
            seen += [entry.seq for _, entry in reader.more()]
        call.end()
        seen += [entry.seq for _, entry in reader.more()]
        assert seen == [entry.seq for entry in reader.entries()]
        assert reader.problems == []


def test_a_line_that_is_not_whole_yet_is_left_for_the_next_time(tmp_path: Path) -> None:
    folder = Call(tmp_path / "rec").say(("client", append(tone(1))), ("client", append(tone(2)))).end()
    whole = (folder / "events.jsonl").read_bytes()
    for cut in range(len(whole) + 1):
        growing = tmp_path / f"cut{cut}"
        growing.mkdir()
        (growing / "events.jsonl").write_bytes(whole[:cut])
        with RecordingReader(growing) as reader:
            first = [entry.seq for _, entry in reader.more()]
            assert bool(reader.torn_line()) == (reader.is_begun and not whole[:cut].endswith(b"\n"))
            (growing / "events.jsonl").write_bytes(whole)
            rest = [entry.seq for _, entry in reader.more()]
            assert (first + rest)[-1] == whole.count(b"\n")
            assert len(set(first + rest)) == len(first + rest)
            assert reader.header.target == "/v1/realtime?model=m"
            assert reader.problems == []


def test_one_entry_is_read_again_as_it_was(tmp_path: Path) -> None:
    call = Call(tmp_path / "rec")
    for number in range(30):
        call.say(("client", append(tone(number))), ("server", delta(tone(number), response="r" * (number * 300))))
    folder = call.end()
    with RecordingReader(folder) as reader:
        found = list(reader.more())
        assert any("like" in entry.fields for _, entry in found)
        for place, entry in reversed(found):
            assert reader.entry_at(place) == entry


def test_an_entry_that_is_gone_is_said_to_be_lost(tmp_path: Path) -> None:
    folder = Call(tmp_path / "rec").say(("client", append(tone(1)))).end()
    with RecordingReader(folder) as reader:
        places = [place for place, _ in reader.more()]
        os.truncate(folder / "events.jsonl", places[1] + 5)
        with pytest.raises(Lost):
            reader.entry_at(places[1])


def test_what_is_wrong_is_told_once_however_often_it_is_read(tmp_path: Path) -> None:
    folder = Call(tmp_path / "rec").say(("client", append(tone(1))), ("server", delta(tone(1)))).end()
    with (folder / "events.jsonl").open("ab") as file:
        file.write(b"no entry\n{")
    with RecordingReader(folder) as reader:
        first = list(reader.entries())
        told = reader.problems
        assert len(told) == 2
        assert list(reader.entries()) == first
        assert reader.problems == told
