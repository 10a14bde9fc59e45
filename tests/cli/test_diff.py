"""`diff` as a process, on the samples: exit status, widths, colours, several recordings, JSON."""

import json
import re
from pathlib import Path

import pytest

from rtdebug.recording.library import find

from .terminal import Recorded, on_terminal, rtdebug

SAMPLES = Path(__file__).parents[2] / "recordings"
A, B = SAMPLES / "barge-in", SAMPLES / "vad-conversation"


def test_what_is_the_same_ends_with_0_and_a_line() -> None:
    done = rtdebug("diff", A, A, "-t", "0", "--only", "all")
    assert (done.status, done.talk) == (0, "")
    assert " ".join(done.text.split()).startswith("no differences: 2 turns, 6 facts, ")


def test_what_differs_ends_with_1_and_says_where() -> None:
    done = rtdebug("diff", A, B)
    assert (done.status, done.talk) == (1, "")
    assert "status                 cancelled → completed\n" in done.text
    assert "\x1b" not in done.text
    assert max(map(len, done.text.splitlines())) <= 120
    assert [line.split()[0] for line in done.text.splitlines() if "──" in line] == [
        *("transcript", "responses", "audio", "latency", "usage", "events"),
    ]


def test_aspects_can_be_named_and_the_others_do_not_count() -> None:
    assert rtdebug("diff", A, B, "--only", "session, Config").status == 0
    done = rtdebug("diff", A, B, "-s", "responses")
    assert [line.split()[0] for line in done.text.splitlines() if "──" in line] == ["responses"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((A, B, "--only", "tokens"), "there is no such aspect; there are session, config"),
        ((A, B, "--only", ","), "--only names no aspect"),
        ((A, B, "-t", "much"), "this is no tolerance; there are latency=25%"),
        ((A,), "Missing argument"),
        ((A, SAMPLES / "nowhere"), "there is no such file or folder"),
        ((A, Path(__file__).parent), "no recordings in"),
    ],
    ids=str,
)
def test_a_wrong_word_ends_with_2(arguments: tuple[object, ...], said: str) -> None:
    done = rtdebug("diff", *arguments)
    assert (done.status, done.out) == (2, b"")
    assert said in " ".join(done.talk.split())


def test_a_tolerance_decides() -> None:
    usage = ("diff", A, B, "--only", "usage")
    assert rtdebug(*usage).status == 1
    assert rtdebug(*usage, "--tolerance", "usage=50%").status == 0


def test_a_terminal_gets_colour_in_its_width() -> None:
    for columns in (80, 120):
        coloured = on_terminal("diff", A, B, columns=columns)
        assert coloured.status == 1
        assert "\x1b[31mcancelled\x1b[0m → \x1b[32mcompleted" in coloured.text
        assert max(map(len, re.sub(r"\x1b\[[0-9;]*m", "", coloured.text).splitlines())) == columns
    assert "\x1b[3" not in on_terminal("diff", A, B, NO_COLOR="1").text


def test_several_and_folders_are_compared_one_by_one() -> None:
    done = rtdebug("diff", B, B, A)
    assert done.status == 1
    assert [line[0] for line in done.text.splitlines()[1:4]] == ["A", "=", "≠"]
    assert "1 of 2 the same as A" in done.text
    assert rtdebug("diff", B, B, B).status == 0
    value = json.loads(rtdebug("diff", B, SAMPLES, "--json").text)
    assert len(value["comparisons"]) == len(find(SAMPLES)) - 1
    assert "vad-conversation" not in [one["b"]["name"] for one in value["comparisons"]]


def test_a_recording_is_not_held_against_itself_out_of_its_folder(tmp_path: Path) -> None:
    one = Recorded(tmp_path / "shelf" / "one").call().end()
    (tmp_path / "link").symlink_to(one)
    done = rtdebug("diff", tmp_path / "link", tmp_path / "shelf")
    assert (done.status, done.out) == (2, b"")
    assert "there is no recording but" in done.talk
    Recorded(tmp_path / "shelf" / "two").call().end()
    assert rtdebug("diff", one, tmp_path / "shelf").text.startswith("no differences: ")
    assert rtdebug("diff", one, one).status == 0


def test_json_is_one_object() -> None:
    done = rtdebug("diff", A, B, "--json", "--only", "responses")
    value = json.loads(done.text)
    assert (done.status, value["rtdebug_diff"], value["same"]) == (1, 1, False)
    status = value["comparisons"][0]["differences"][0]
    assert (status["what"], status["a"], status["b"]) == ("status", "cancelled", "completed")
    assert status["in_a"] == {"turn": 1, "response": 1, "seq": status["in_a"]["seq"]}
    assert value["comparisons"][0]["compared"].keys() == {"responses"}
    same = rtdebug("diff", A, A, "--json")
    assert (same.status, json.loads(same.text)["same"]) == (0, True)


def test_one_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "events.jsonl").write_text('{"rtdebug":9}\n')
    done = rtdebug("diff", A, A, bad)
    assert done.status == 3
    assert "Upgrade rtdebug" in done.talk
    assert "1 of 1 the same as A" in done.text
    alone = rtdebug("diff", A, bad)
    assert (alone.status, alone.out) == (3, b"")
    assert rtdebug("diff", bad, A).status == 3


def test_a_recording_that_was_cut_off_is_compared_as_far_as_it_goes(tmp_path: Path) -> None:
    whole, cut = Recorded(tmp_path / "whole").call().end(), Recorded(tmp_path / "cut").call().cut()
    done = rtdebug("diff", whole, cut, "--only", "session,config,events")
    assert "Traceback" not in done.talk
    assert done.status in (0, 1)
    events = cut / "events.jsonl"
    events.write_bytes(events.read_bytes()[:-9])
    assert "cut: line" in rtdebug("diff", whole, cut).talk
