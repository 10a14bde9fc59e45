import json
import re
from pathlib import Path

import pytest

from .terminal import Recorded, on_terminal, rtdebug


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with a recording of each kind."""
    Recorded(tmp_path / "2026-11-20T09-15-02.417Z_sess_C9G5qwertyuiop1").call().end()
    Recorded(tmp_path / "2026-11-20T09-15-03.417Z_cut").call().cut()
    Recorded(tmp_path / "2026-11-20T09-15-04.417Z_gap", target="/v1/realtime?model=m").gap().end()
    return tmp_path


def row(text: str, name: str) -> str:
    [line] = [line for line in text.splitlines() if name in line]
    return line


def test_a_list_says_of_each_how_it_ended(shelf: Path) -> None:
    live = Recorded(shelf / "2026-11-20T09-15-05.417Z_live").call().flush()
    done = rtdebug("ls", shelf)
    live.cut()
    assert (done.status, done.talk) == (0, "")
    whole = row(done.text, "_sess_C9G5")
    assert whole.split()[1:6] == ["2026-11-20", "09:15:02", "9.00", "s", "gpt-realtime"]
    assert "7" in whole
    assert "1 ✔ completed" in whole
    assert whole.rstrip().endswith("client closed 1000")
    assert row(done.text, "_cut").rstrip().endswith("cut off")
    assert row(done.text, "_gap").rstrip().endswith("ended, 1 gap")
    assert row(done.text, "_live").rstrip().endswith("live")
    assert "\x1b" not in done.text


def test_one_that_cannot_be_read_is_said_and_the_others_are_listed(shelf: Path) -> None:
    (shelf / "broken").mkdir()
    (shelf / "broken" / "events.jsonl").write_text("no header\n")
    for words in (["ls", shelf], ["ls", shelf, "--json"]):
        done = rtdebug(*words)
        assert done.status == 3
        assert "line 1 is not the header of a recording" in done.talk
        assert "_sess_C9G5" in done.text


def test_eighty_columns_are_not_overrun_and_names_stay_whole(shelf: Path) -> None:
    for columns in (80, 120):
        done = on_terminal("ls", shelf, columns=columns, NO_COLOR="1")
        assert done.status == 0
        lines = re.sub(r"\x1b\[[0-9;]*m", "", done.text).splitlines()
        assert max(map(len, lines)) <= columns
        assert "…" not in done.text
        assert any("2026-11-20T09-15-02.417Z_sess_C9G5qwertyuiop1" in line for line in lines)


def test_a_terminal_gets_colour_unless_it_does_not_want_any(shelf: Path) -> None:
    assert b"\x1b[31m" in on_terminal("ls", shelf).out
    assert b"\x1b[31m" not in on_terminal("ls", shelf, NO_COLOR="1").out


def test_json_says_the_same_to_programs(shelf: Path) -> None:
    whole, cut, gap = (json.loads(line) for line in rtdebug("ls", shelf, "--json").text.splitlines())
    assert whole["started"] == "2026-11-20T09:15:02.417Z"
    assert (whole["model"], whole["messages"]) == ("gpt-realtime", {"client": 5, "server": 2})
    assert (whole["live"], whole["complete"], whole["ending"]) == (False, True, "client closed 1000")
    assert (cut["live"], cut["complete"], cut["ending"]) == (False, False, "cut off")
    assert gap["gaps"] == 1


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    done = rtdebug("ls", tmp_path)
    assert (done.status, done.out) == (0, b"")
    assert "rtdebug proxy" in done.talk


def test_what_is_no_recording_is_said_and_the_others_listed(shelf: Path) -> None:
    (shelf / "z").mkdir()
    (shelf / "z" / "events.jsonl").write_text("hello\n")
    (shelf / "newer").mkdir()
    (shelf / "newer" / "events.jsonl").write_text('{"rtdebug":2}\n')
    (shelf / "empty").mkdir()
    (shelf / "empty" / "events.jsonl").write_text("")
    done = rtdebug("ls", shelf)
    assert "_sess_C9G5" in done.text
    assert row(done.text, "empty").rstrip().endswith("cut off")
    assert "1970" not in done.text
    assert done.talk.count("\n") == 2
    assert "Upgrade rtdebug" in done.talk


def test_hostile_recordings_do_not_reach_the_terminal(shelf: Path) -> None:
    evil = Recorded(shelf / "a\x1b[31m\u202e\x9b[bold]", target="/?model=%1b\x1b[2J[red]")
    folder = evil.say("server", b'{"type":"session.created","session":{"model":"\\u001b[2J[/red]\\u202e"}}').end()
    for text in (rtdebug("ls", shelf).text, rtdebug("verify", folder).text, rtdebug("ls", shelf).talk):
        assert not set(text) & set("\x1b\u202e\x9b")
    assert "[/red]" in rtdebug("ls", shelf).text
    (folder / "events.jsonl").write_text("hello\n")
    for done in (rtdebug("ls", shelf), rtdebug("verify", folder), rtdebug("cat", folder)):
        assert not set(done.talk) & set("\x1b\u202e\x9b")


def test_in_a_pipe_there_is_a_line_for_the_head_and_one_for_each(shelf: Path) -> None:
    Recorded(shelf / ("x" * 200)).call().end()
    first, *rows = rtdebug("ls", shelf).text.splitlines()
    assert first.split() == ["recording", "started", "(UTC)", "took", "model", "events", "responses", "ended"]
    assert len(rows) == 4
    assert all(line.startswith(("2026", "xxx")) for line in rows)


def test_the_entries_of_a_recording_name_it(shelf: Path) -> None:
    [name] = [path.name for path in shelf.iterdir() if path.name.endswith("_cut")]
    assert name in rtdebug("ls", shelf / name / "events.jsonl").text


def test_odd_numbers_do_not_break_the_list(shelf: Path) -> None:
    for number, odd in enumerate(['"x"', "[1]", "{}", "-1", "1e400", "99999999999999999999", "null"]):
        ending = f'"seq":2,"at_ns":1,"kind":"end","messages":{odd},"gaps":{odd},"responses":{odd},"model":{odd}'
        for field in ("started_ns", "carries", "target"):
            folder = shelf / f"odd-{number}-{field}"
            folder.mkdir()
            text = f'{{"rtdebug":1,"{field}":{odd}}}\n{{{ending},"hash":"0"}}\n'
            (folder / "events.jsonl").write_text(text)
    for done in (rtdebug("ls", shelf), rtdebug("ls", shelf, "--json"), rtdebug("verify", shelf)):
        assert "Traceback" not in done.talk
        assert "_sess_C9G5" in done.text
