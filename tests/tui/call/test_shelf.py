"""The recordings of a folder: which there are, what each is, and that nothing is looked at twice."""

import fcntl
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from rtdebug.recording.format import Entry
from rtdebug.recording.reader import RecordingReader
from rtdebug.tui.call import shelf as shelf_module
from rtdebug.tui.call.book import Book, told_by
from rtdebug.tui.call.shelf import Shelf
from tests.cli.terminal import Recorded

SAMPLES = Path(__file__).parents[3] / "recordings"
LONG = 10**12


def looked_at(folder: Path) -> Shelf:
    shelf = Shelf(folder)
    finish(shelf)
    return shelf


def finish(shelf: Shelf) -> set[str]:
    changed = set()
    while shelf.busy:
        changed |= {path.name for path in shelf.step(LONG)}
    return changed


def again(shelf: Shelf) -> set[str]:
    shelf.rescan()
    return finish(shelf)


def book(shelf: Shelf, name: str) -> Book:
    return shelf.books[shelf.folder / name]


def test_every_sample_is_listed_with_what_only_reading_tells() -> None:
    shelf = looked_at(SAMPLES)
    assert {path.name for path in shelf.books} == {path.parent.name for path in SAMPLES.glob("*/events.jsonl")}
    cut = book(shelf, "barge-in")
    assert cut.summary is not None and cut.summary.ending == "client closed 1000"
    assert cut.facts is not None
    assert (cut.facts.turns, cut.facts.dialect, dict(cut.facts.responses)) == (
        2,
        "GA",
        {"cancelled": 1, "completed": 1},
    )
    assert cut.facts.price is not None and Decimal("0.005") < cut.facts.price < Decimal("0.05")
    assert [said.who for said in cut.facts.lines[:2]] == ["user", "assistant"]
    assert any(said.is_cut for said in cut.facts.lines)
    killed = book(shelf, "killed").facts
    assert killed is not None and dict(killed.responses) == {"in_progress": 1}
    heard_only = book(shelf, "transcription-only").facts
    assert heard_only is not None and "transcribe" in heard_only.model
    shelf.close()


def test_small_budgets_come_to_the_same_and_what_is_seen_comes_first(tmp_path: Path) -> None:
    for number in range(40):
        shutil.copytree(SAMPLES / "failed", tmp_path / f"rec-{number:02d}")
    shelf = Shelf(tmp_path)
    found = set()
    while not shelf.scanned:
        found |= shelf.step(0)
    assert found == set(shelf.books)
    seen = tmp_path / "rec-07"
    shelf.wanted = [seen]
    assert shelf.step(0) == {seen}
    assert [path for path, one in shelf.books.items() if one.summary is not None] == [seen]
    while not any(one.facts for one in shelf.books.values()):
        shelf.step(0)
    assert [path for path, one in shelf.books.items() if one.facts is not None] == [seen]
    finish(shelf)
    assert all(one.facts is not None for one in shelf.books.values())


def test_only_what_changed_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("failed", "error", "beta"):
        shutil.copytree(SAMPLES / name, tmp_path / name)
    shelf = looked_at(tmp_path)
    asked: list[str] = []
    summarize = shelf_module.summarize
    monkeypatch.setattr(shelf_module, "summarize", lambda path: (asked.append(path.name), summarize(path))[1])
    assert again(shelf) == set()
    assert asked == []
    with (tmp_path / "error" / "events.jsonl").open("ab") as file:
        file.write(b"{}\n")
    assert again(shelf) == {"error"}
    assert asked == ["error"]
    shutil.rmtree(tmp_path / "beta")
    shutil.copytree(SAMPLES / "tool-call", tmp_path / "new")
    assert again(shelf) == {"beta", "new"}
    assert sorted(path.name for path in shelf.books) == ["error", "failed", "new"]


def test_a_live_recording_is_followed_until_its_writer_is_gone(tmp_path: Path) -> None:
    live = Recorded(tmp_path / "2026-11-20T09-15-02.417Z_live").call().flush()
    shelf = looked_at(tmp_path)
    (path,) = shelf.books
    assert shelf.books[path].live
    assert again(shelf) == set()
    live.say("server", b'{"type":"error","error":{"message":"no"}}').flush()
    assert again(shelf) == {path.name}
    facts = shelf.books[path].facts
    assert facts is not None and facts.errors == 1
    live.writer.close()  # killed: not a byte of the file is another
    assert again(shelf) == {path.name}
    assert not shelf.books[path].live
    assert again(shelf) == set()
    shelf.close()


def test_open_files_do_not_grow_with_the_folder(tmp_path: Path) -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    shelf = looked_at(SAMPLES)
    assert len(list(Path("/dev/fd").iterdir())) == before
    live = [Recorded(tmp_path / f"live-{number}").call().flush() for number in range(12)]
    crowd = looked_at(tmp_path)
    assert sum(one.live for one in crowd.books.values()) == 12
    assert sum(one.facts is not None for one in crowd.books.values()) == 8
    crowd.close()
    for one in live:
        one.cut()
    assert len(list(Path("/dev/fd").iterdir())) == before
    shelf.close()


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    for name, text in (("other", "hello\n"), ("newer", '{"rtdebug":2}\n'), ("empty", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "events.jsonl").write_text(text)
    (tmp_path / "folder" / "events.jsonl").mkdir(parents=True)
    (tmp_path / "nothing").mkdir()
    (tmp_path / "file").write_text("")
    shelf = looked_at(tmp_path)
    assert book(shelf, "other").problem == "line 1 is not the header of a recording"
    assert "Upgrade rtdebug" in book(shelf, "newer").problem
    assert book(shelf, "empty").problem == "" and book(shelf, "empty").facts is not None
    assert book(shelf, "folder").problem == "Not a file"
    assert len(shelf.books) == 4


def test_a_folder_that_is_a_recording_or_none_at_all(tmp_path: Path) -> None:
    assert list(looked_at(SAMPLES / "beta").books) == [SAMPLES / "beta"]
    assert looked_at(tmp_path / "missing").books == {}


def test_a_name_tells_when_it_began_until_its_header_does() -> None:
    assert told_by("2026-11-20T09-15-02.417Z_x") == 1_795_166_102_000_000_000
    assert [told_by(name) for name in ("x", "2026-99-20T09-15-02Z", "0000-01-01T00-00-00")] == [0, 0, 0]


def test_a_disk_that_fails_midway_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: RecordingReader) -> Iterator[tuple[int, Entry]]:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(RecordingReader, "more", fail)
    shelf = looked_at(SAMPLES / "beta")
    (only,) = shelf.books.values()
    assert only.problem == "cannot be read further: Input/output error"


@pytest.mark.parametrize("when", ["before both ends are looked at", "after that"])
def test_a_live_recording_whose_beginning_turns_out_to_be_none_says_so_and_is_let_go(tmp_path: Path, when: str) -> None:
    path = tmp_path / "rec"
    path.mkdir()
    before = len(list(Path("/dev/fd").iterdir()))
    with (path / "events.jsonl").open("wb", buffering=0) as writing:
        fcntl.flock(writing, fcntl.LOCK_EX)
        writing.write(b'{"rtdebug"')
        shelf = looked_at(tmp_path)
        assert shelf.books[path].live and shelf.books[path].facts is not None
        writing.write(b":")
        if when == "after that":
            shelf.may_read = False
            shelf.rescan()
            while shelf.glancing:
                shelf.step(LONG)
            shelf.may_read = True
        else:
            shelf.rescan()
        writing.write(b"oh}\n")
        finish(shelf)
        assert shelf.books[path].problem.endswith("line 1 is not the header of a recording")
        assert again(shelf) == ({"rec"} if when == "after that" else set())
    assert len(list(Path("/dev/fd").iterdir())) == before
