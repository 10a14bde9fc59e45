"""How a recording is named: by a path, a folder, a part of its name, or not at all."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rtdebug.cli.naming import RecordingPath
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.format import Header
from rtdebug.recording.writer import RecordingWriter

from .terminal import Recorded, append, rtdebug

OLD, NEW, HTTP = (
    "2026-11-20T09-15-02.417Z_sess_old1",
    "2026-11-20T08-00-00.000Z_sess_new2",
    "2026-11-20T09-16-00.000Z_http",
)


def written(folder: Path, at_s: int) -> Path:
    os.utime(folder / "events.jsonl", (at_s, at_s))
    return folder


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The usual folder with two calls, and plain HTTP that was written to last."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RTDEBUG_OUT", raising=False)
    shelf = tmp_path / "recordings"
    written(Recorded(shelf / OLD).say("client", append(bytes(960))).end(), 1_000_000_000)
    written(Recorded(shelf / NEW).call().end(), 1_000_000_100)
    http = Encoder(Header(1, "http"))
    http.end(1)
    writer = RecordingWriter(shelf / HTTP)
    writer.write(http.take_batch())
    writer.close()
    written(writer.folder, 1_000_000_200)
    return shelf


@pytest.mark.parametrize("words", [[], ["recordings"], ["./recordings/"]], ids=str)
def test_a_folder_and_nothing_at_all_mean_the_newest_call(shelf: Path, words: list[str]) -> None:
    done = rtdebug("cat", *words)
    assert done.status == 0
    assert done.talk == f"rtdebug: the newest of 3: {NEW}\n"
    assert done.out == rtdebug("cat", shelf / NEW).out


@pytest.mark.parametrize("command", ["show", "transcript", "cat"])
def test_every_command_on_one_recording_takes_none_as_the_newest(shelf: Path, command: str) -> None:
    done = rtdebug(command)
    assert done.status == 0
    assert f"the newest of 3: {NEW}" in done.talk


def test_sound_is_of_the_newest_as_well(shelf: Path, tmp_path: Path) -> None:
    done = rtdebug("audio", "-o", tmp_path / "x.wav")
    assert f"the newest of 3: {NEW}" in done.talk
    assert rtdebug("audio", shelf / NEW, "-o", tmp_path / "named.wav").status == 0
    assert (tmp_path / "x.wav").read_bytes() == (tmp_path / "named.wav").read_bytes()
    assert rtdebug("audio", shelf / OLD, "-o", tmp_path / "old.wav").status == 0
    assert (tmp_path / "x.wav").read_bytes() != (tmp_path / "old.wav").read_bytes()


@pytest.mark.parametrize("name", [OLD, "sess_old1", "old1", "09-15-02"])
def test_a_name_or_a_part_that_one_alone_has_is_enough(shelf: Path, name: str) -> None:
    done = rtdebug("cat", name)
    assert (done.status, done.talk) == (0, "")
    assert done.out == rtdebug("cat", shelf / OLD).out


def test_commands_on_several_take_names_too(shelf: Path) -> None:
    assert rtdebug("verify", "sess_old1", "new2").text.count("ok ") == 2
    assert rtdebug("diff", "old1", "new2").status == 1
    assert rtdebug("usage", "new2").status == 0


def test_a_whole_name_wins_over_parts_of_others(shelf: Path) -> None:
    Recorded(shelf / f"{OLD}-2").call().end()
    assert rtdebug("cat", OLD).out == rtdebug("cat", shelf / OLD).out


def test_several_that_fit_are_named(shelf: Path) -> None:
    done = rtdebug("show", "sess_")
    assert (done.status, done.out) == (2, b"")
    assert f"2 recordings in recordings are called so: {NEW}, {OLD}" in done.talk


def test_those_that_share_a_name_are_told_apart_by_their_folders(shelf: Path) -> None:
    for folder in ("test_a", "test_b"):
        Recorded(shelf / folder / "1").call().end()
    done = rtdebug("show", "1", RTDEBUG_OUT=str(shelf))
    assert (done.status, done.out) == (2, b"")
    assert "are called so: test_a/1, test_b/1\n" in done.talk
    assert rtdebug("cat", "test_b/1").out == rtdebug("cat", shelf / "test_b" / "1").out
    alone = Recorded(shelf / "1").say("client", b"{}").end()
    assert rtdebug("cat", "1").out == rtdebug("cat", alone).out


def test_a_link_that_leads_nowhere_is_said(shelf: Path) -> None:
    (shelf.parent / "x").symlink_to(shelf / "gone")
    for words in (["show", "x"], ["usage", "x"], ["lint", "x"]):
        done = rtdebug(*words)
        assert (done.status, done.out) == (2, b"")
        assert done.talk == "rtdebug: x: a link that leads nowhere\n"


def test_what_nothing_is_called_is_said_with_a_way_on(shelf: Path) -> None:
    done = rtdebug("show", "sess_none")
    assert (done.status, done.out) == (2, b"")
    assert done.talk.count("\n") == 1
    assert "`rtdebug ls recordings` lists" in done.talk
    assert "there is no such file or folder\n" in rtdebug("show", "a/sess_old1").talk
    assert rtdebug("show", "").status == 2
    assert "and no recordings in none; `rtdebug demo`" in rtdebug("show", "x", RTDEBUG_OUT="none").talk


def test_the_inspector_takes_names_as_well(shelf: Path) -> None:
    assert "the inspector needs a terminal" in rtdebug("tui", "old1").talk
    assert "no recording in recordings with this in its name" in rtdebug("tui", "none").talk


def test_a_path_that_is_there_wins(shelf: Path, tmp_path: Path) -> None:
    here = Recorded(tmp_path / "sess_old1").say("client", b"{}").end()
    assert rtdebug("cat", "sess_old1").out == b"{}\n" == rtdebug("cat", here / "events.jsonl").out


def test_another_usual_folder_is_honoured(shelf: Path, tmp_path: Path) -> None:
    shelf.rename(tmp_path / "calls")
    assert rtdebug("cat", "old1", RTDEBUG_OUT="calls").status == 0
    assert NEW in rtdebug("cat", RTDEBUG_OUT="calls").talk
    assert OLD in rtdebug("ls", RTDEBUG_OUT="calls").text
    assert "no recordings in recordings; `rtdebug demo` makes one" in rtdebug("cat").talk


def test_plain_http_is_chosen_where_there_is_nothing_else(shelf: Path, tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (shelf / HTTP).rename(tmp_path / "web" / HTTP)
    assert f"the only recording there: {HTTP}" in rtdebug("cat", "web").talk


def test_a_shell_is_offered_the_names(shelf: Path) -> None:
    from rtdebug.cli.show import command

    [parameter, *_] = command.params
    context = command.make_context("show", [], resilient_parsing=True)
    assert isinstance(parameter.type, RecordingPath)
    assert [one.value for one in parameter.type.shell_complete(context, parameter, "2026-11-20T09-15")] == [OLD]
    assert [one.type for one in parameter.type.shell_complete(context, parameter, "rec")] == ["file"]
