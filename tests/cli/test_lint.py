"""`lint` and `rule` as a person calls them, on recordings written by hand."""

import json
from pathlib import Path

import pytest

from rtdebug.cli import lint_settings
from rtdebug.diagnosis import rules
from rtdebug.diagnosis.finding import Hit
from tests.diagnosis.made_up import made_up

from .terminal import Recorded, on_terminal, rtdebug

RULES = (
    made_up("RT110", "false-interruption", Hit(2, "it was a cough", (3,))),
    made_up("RT130", "tool-not-answered", Hit(4, "nobody answers", severity="error")),
    made_up("RT180", "late-transcript", Hit(3, "it came late"), severity="info"),
    made_up("RT190", "slow", lacks="nobody waited"),
)


@pytest.fixture(autouse=True)
def made_up_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "RULES", RULES)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Recorded(tmp_path / "calls" / "one").call().end()


def configure(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.rtdebug.lint]\n{text}\n", encoding="utf-8")


def codes(*arguments: object) -> list[str]:
    value = json.loads(rtdebug("lint", *arguments, "--json").text)
    return [found["code"] for one in value["recordings"] for found in one["findings"]]


def test_a_folder_is_linted_recording_by_recording(folder: Path) -> None:
    Recorded(folder.parent / "two").call().end()
    done = rtdebug("lint", "calls")
    assert (done.status, done.talk) == (1, "")
    assert [one for one in done.text.splitlines() if one.startswith("calls/")] == [
        "calls/one  3 findings: 1 error, 1 warning, 1 info",
        "calls/two  3 findings: 1 error, 1 warning, 1 info",
    ]
    assert done.text.splitlines()[-1].startswith("6 findings: 2 errors, 2 warnings, 2 info · 2 recordings, 4 rules")
    assert "rtdebug cat calls/one --seq 2,3" in done.text


def test_the_command_under_a_finding_prints_its_evidence(folder: Path) -> None:
    done = rtdebug("cat", "calls/one", "--seq", "2,4")
    assert done.status == 0
    assert [json.loads(one)["type"] for one in done.text.splitlines()] == [
        "session.created",
        "input_audio_buffer.append",
    ]


def test_the_exit_status_tells_errors_and_warnings(folder: Path) -> None:
    assert rtdebug("lint", "calls", "--select", "RT18").status == 0
    assert rtdebug("lint", "calls", "--select", "RT18", "--min-severity", "info").status == 1
    assert rtdebug("lint", "calls", "--select", "RT110").status == 1
    assert rtdebug("lint", "calls", "--select", "RT110", "--min-severity", "error").status == 0
    assert rtdebug("lint", "calls", "--exit-zero").status == 0


def test_what_is_lighter_is_left_out(folder: Path) -> None:
    assert codes("calls", "--min-severity", "error") == ["RT130"]
    assert codes("calls", "--min-severity", "warning") == ["RT110", "RT130"]


def test_rules_are_selected_and_ignored(folder: Path) -> None:
    assert codes("calls", "--select", "interruption,late-transcript") == ["RT110", "RT180"]
    assert codes("calls", "--ignore", "RT11, tools") == ["RT180"]
    assert codes("calls", "--select", "RT1", "-i", "RT13") == ["RT110", "RT180"]


def test_a_code_that_is_none_is_refused_with_the_nearest(folder: Path) -> None:
    done = rtdebug("lint", "calls", "--select", "RT111")
    assert (done.status, done.out) == (2, b"")
    assert "--select RT111: there is no such rule. Did you mean RT110 (false-interruption)?" in done.talk
    assert rtdebug("lint", "calls", "--json", "--format", "sarif").status == 2


def test_settings_come_from_the_nearest_pyproject(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(tmp_path, 'select = ["RT11", "RT13"]\nignore = ["tool-not-answered"]\nmin-severity = "warning"')
    assert codes("calls") == ["RT110"]
    assert codes("calls", "--select", "RT130") == ["RT130"]
    assert codes("calls", "--ignore", "RT110") == []
    assert codes("calls", "--select", "RT180", "--min-severity", "info") == ["RT180"]
    monkeypatch.chdir(tmp_path / "calls")
    assert codes("one") == ["RT110"]
    configure(tmp_path / "calls", "")
    assert codes("one") == ["RT110", "RT180", "RT130"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('selct = ["RT1"]', "there is no setting selct. Did you mean select?"),
        ('colour = "red"', "There are select, ignore, min-severity."),
        ('select = "RT1"', "select is no list of codes"),
        ("ignore = [1]", "ignore is no list of codes"),
        ('ignore = ["RT131"]', "ignore RT131: there is no such rule. Did you mean RT130 (tool-not-answered)?"),
        ('min-severity = "grave"', "min-severity is none of error, warning, info"),
        ("min-severity = [[", "cannot be read"),
    ],
)
def test_settings_that_are_wrong_are_refused(folder: Path, tmp_path: Path, text: str, said: str) -> None:
    configure(tmp_path, text)
    done = rtdebug("lint", "calls")
    assert (done.status, done.out) == (2, b"")
    assert "pyproject.toml" in done.talk
    assert said in done.talk


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\nrtdebug = 3\n")
    with pytest.raises(lint_settings.UsageError, match="is no table"):
        lint_settings.nearest_settings(tmp_path)


def test_one_that_cannot_be_read_does_not_hide_the_others(folder: Path) -> None:
    broken = folder.parent / "a"
    broken.mkdir()
    (broken / "events.jsonl").write_text('{"rtdebug":9}\n')
    done = rtdebug("lint", "calls")
    assert done.status == 3
    assert "Upgrade rtdebug" in done.talk
    assert "RT110" in done.text


def test_plain_http_is_no_call(folder: Path) -> None:
    events = folder / "events.jsonl"
    events.write_text(events.read_text().replace('"carries":"websocket"', '"carries":"http"', 1))
    done = rtdebug("lint", "calls/one")
    assert done.status == 2
    assert "holds plain HTTP requests" in done.talk
    Recorded(folder.parent / "two").call().end()
    assert rtdebug("lint", "calls", "--exit-zero").status == 0


def test_what_of_a_recording_cannot_be_read_is_said(folder: Path) -> None:
    events = folder / "events.jsonl"
    whole = events.read_bytes()
    events.write_bytes(b"")
    assert "calls/one: line 1 is cut off" in rtdebug("lint", "calls").talk
    events.write_bytes(whole[: len(whole) * 2 // 3])
    assert rtdebug("lint", "calls").talk == ""


def test_a_check_that_looked_at_nothing_does_not_pass(folder: Path) -> None:
    (folder.parent.parent / "none").mkdir()
    done = rtdebug("lint", "none")
    assert done.status == 2
    assert "no recordings in none" in done.talk
    done = rtdebug("lint", "none", "calls")
    assert done.status == rtdebug("lint", "calls").status
    assert done.talk == "rtdebug: no recordings in none\n"


def test_recordings_of_tests_are_linted_where_the_plugin_puts_them(folder: Path) -> None:
    deeper = folder.parent / "test_office" / "test_hi"
    deeper.parent.mkdir()
    folder.rename(deeper)
    assert "calls/test_office/test_hi  3 findings" in rtdebug("lint", "calls").text
    assert "test_office/test_hi " in rtdebug("ls", "calls").text
    assert rtdebug("usage", "calls", "--by", "session").text.splitlines()[1].startswith("test_office/test_hi ")


def test_verbose_tells_what_was_not_evaluated(folder: Path) -> None:
    assert "1 time a rule was not evaluated (--verbose says why)" in rtdebug("lint", "calls").text
    assert "not evaluated, nobody waited: RT190 slow" in rtdebug("lint", "calls", "--verbose").text


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_other_formats_go_to_stdout(folder: Path, form: str) -> None:
    done = rtdebug("lint", "calls", "--format", form)
    assert (done.status, done.talk) == (1, "")
    assert "RT130" in done.text


def test_show_begins_with_findings_that_matter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = rtdebug("show", folder).text
    assert "▲ error  RT130 tool-not-answered" in text
    assert "late-transcript" in rtdebug("show", folder, "--only", "findings").text
    assert "RT130" not in rtdebug("show", folder, "--only", "responses").text
    assert [one["code"] for one in json.loads(rtdebug("show", folder, "--json").text)["findings"]] == [
        *("RT110", "RT180", "RT130"),
    ]
    monkeypatch.setattr(rules, "RULES", RULES[2:3])
    assert "findings" not in rtdebug("show", folder).text


def test_rule_lists_and_explains() -> None:
    listed = rtdebug("rule").text
    assert [one.split()[0] for one in listed.splitlines() if one.startswith("RT")] == [
        "RT110",
        "RT130",
        "RT180",
        "RT190",
    ]
    assert "Why it matters" in rtdebug("rule", "rt130").text
    assert "Why it matters" in rtdebug("rule", "slow").text
    assert json.loads(rtdebug("rule", "RT110", "--json").text)["advice"] == "do not do it."
    assert len(rtdebug("rule", "--json").text.splitlines()) == 4


def test_a_rule_that_is_none_names_the_nearest() -> None:
    done = rtdebug("rule", "RT111")
    assert (done.status, done.out) == (2, b"")
    assert "no rule is called RT111. Did you mean RT110 (false-interruption)?" in done.talk


@pytest.mark.parametrize("wrong", ["", "x", "1-", "-1", "1,,2", "1-2-3"])
def test_entries_are_numbers(folder: Path, wrong: str) -> None:
    done = rtdebug("cat", folder, f"--seq={wrong}")
    assert (done.status, done.out) == (2, b"")
    assert "expected numbers of entries" in done.talk


def test_cat_says_that_there_is_no_such_entry(folder: Path) -> None:
    done = rtdebug("cat", folder, "--seq", "99999")
    assert (done.status, done.out) == (2, b"")
    assert f"--seq 99999: {folder} has no such entry" in done.talk


@pytest.mark.parametrize("select", ["", " , "])
def test_a_selection_of_nothing_is_refused(folder: Path, select: str) -> None:
    done = rtdebug("lint", folder, "--select", select)
    assert (done.status, done.out) == (2, b"")
    assert "--select names no rule" in done.talk


def test_cat_prints_what_is_recorded_of_an_entry_that_is_no_message(folder: Path) -> None:
    entry = json.loads(rtdebug("cat", folder, "--seq", "3").text)
    assert (entry["seq"], entry["kind"]) == (3, "track")
    assert len(rtdebug("cat", folder, "--seq", "2-4,8").text.splitlines()) == 4


def test_a_terminal_gets_colour(folder: Path) -> None:
    assert "\x1b[1;36mRT120" in on_terminal("rule", "RT120").text
    assert "36m" not in on_terminal("rule", "RT120", NO_COLOR="1").text
