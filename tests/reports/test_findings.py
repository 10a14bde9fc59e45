"""Findings for people and for other programs, told of a call that never was."""

import json
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from rtdebug.diagnosis.finding import SEVERITIES, Finding, Rule
from rtdebug.diagnosis.linting import Diagnosis
from rtdebug.diagnosis.rules import RULES
from rtdebug.protocol.event import Sound
from rtdebug.reports.findings.formats import FORMATS
from rtdebug.reports.findings.line import line
from rtdebug.reports.findings.linted import Linted, counts, evidence
from rtdebug.reports.findings.page import markdown, page, table
from rtdebug.reports.findings.place import events_uri
from rtdebug.reports.findings.text import text
from tests.diagnosis.made_up import made_up

ECHO = made_up("RT111", "echo", confidence="medium")
LOST = made_up("RT101", "audio-tail-missing", severity="error", needs=("server audio",))
LATE = made_up("RT180", "late-transcript", severity="info")
RULES_MADE_UP = [LOST, ECHO, LATE]
HOSTILE = "50% of it,\r\nsaid: \x1b[31mred\u202e [bold]::error::"


def finding(rule: Rule, message: str, *seqs: int, **more: Any) -> Finding:
    return Finding(rule, rule.severity, rule.confidence, message, seqs or (7,), **more)


def linted(path: str = "calls/one", *findings: Finding, **told: Any) -> Linted:
    return Linted(path, Diagnosis(list(findings), **told), RULES_MADE_UP, findings)


FOUND = [
    finding(LOST, "the server kept 1.2 s of resp_1 to itself", 345, 340, at_ns=64_200_000_000, response_id="resp_1"),
    finding(ECHO, HOSTILE, 7, at_ns=3_350_000_000, sound=(Sound("client", 0, 480),)),
    finding(LATE, "a transcript came late", *range(20, 40)),
]
ONE = linted("calls/one", *FOUND)
TROUBLED = linted("calls/two", not_evaluated=[(LOST, "no audio")], failed=[(ECHO, "ValueError: \x1b[2J")])


def drawn(*parts: Any, width: int = 80) -> str:
    out = StringIO()
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)
    for part in parts:
        console.print(part)
    return out.getvalue()


@pytest.mark.parametrize("width", [40, 80, 120])
def test_text_fits_its_width_and_has_no_ends_of_blanks(width: int) -> None:
    lines = drawn(*text([ONE, TROUBLED], verbose=True), width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert all(one == one.rstrip() for one in lines)


def test_text_tells_each_finding_with_its_evidence() -> None:
    lines = drawn(*text([ONE, linted("calls/good")])).splitlines()
    assert lines[0] == "calls/one  3 findings: 1 error, 1 warning, 1 info"
    assert lines[1:4] == [
        "  1:04.20  ▲ error  RT101 audio-tail-missing  #345, #340",
        "        the server kept 1.2 s of resp_1 to itself",
        "        rtdebug cat calls/one --seq 345,340",
    ]
    assert lines[4] == "     3.35  ◆ warning  RT111 echo  medium confidence  #7"
    assert lines[7] == "        -  · info  RT180 late-transcript  #20, #21, #22, #23 and 16 more"
    assert lines[-1] == "3 findings: 1 error, 1 warning, 1 info · 2 recordings, 3 rules"
    assert not any("calls/good" in one for one in lines)


def test_what_broke_is_always_named_and_what_was_not_evaluated_when_asked() -> None:
    brief, long = drawn(*text([TROUBLED])), drawn(*text([TROUBLED], verbose=True))
    assert "▲ RT111 echo broke and says nothing here: ValueError: ·[2J" in brief
    assert "1 rule broke: RT111" in brief
    assert "1 time a rule was not evaluated (--verbose says why)" in " ".join(brief.split())
    assert "not evaluated, no audio: RT101 audio-tail-missing" in long


def test_what_could_not_run_for_one_reason_is_said_in_the_summary() -> None:
    slow = made_up("RT190", "slow", needs=("times",))
    no_times, no_audio = "the recording has no times", "the recording has no audio of the server's"
    first = linted("calls/one", not_evaluated=[(LOST, no_audio), (slow, no_times), (ECHO, "nobody spoke")])
    second = linted("calls/two", not_evaluated=[(LOST, no_audio)])
    told = " ".join(drawn(*text([first, second])).split())
    assert "no times in 1 recording: 1 rule could not run" in told
    assert "no audio in 2 recordings: 1 rule could not run" in told
    assert "1 time a rule lacked something else (--verbose says why)" in told
    assert "no audio: 1 rule could not run" in drawn(*text([second]))
    assert "was not evaluated" not in drawn(*text([second]))


def test_nothing_to_tell_is_one_line() -> None:
    assert drawn(*text([linted()])) == "no findings · 1 recording, 3 rules\n"
    assert drawn(*text([])) == "no findings · 0 recordings, 0 rules\n"


def test_a_command_that_is_too_long_stays_one_command() -> None:
    short = drawn(*text([linted("a" * 50, FOUND[0])]))
    assert f"        rtdebug cat {'a' * 50} \\\n          --seq 345,340\n" in short
    assert evidence("it's here", FOUND[0]) == "rtdebug cat 'it'\"'\"'s here' --seq 345,340"


def test_hostile_words_are_harmless_everywhere() -> None:
    evil = linted("calls/\x1b[2J", *FOUND)
    for written in (
        drawn(*text([evil])),
        FORMATS["github"]([evil]).decode(),
        drawn(*text([ONE])),
        *(write([ONE]).decode() for write in FORMATS.values()),
        line(ONE),
    ):
        assert "\x1b" not in written
        assert "\u202e" not in written


def test_json_has_everything() -> None:
    value = json.loads(FORMATS["json"]([ONE, TROUBLED]))
    assert value["rtdebug_findings"] == 1
    assert value["counts"] == {"error": 1, "warning": 1, "info": 1}
    first, second = value["recordings"]
    assert first["findings"][0]["seqs"] == [345, 340]
    assert first["findings"][0]["command"] == "rtdebug cat calls/one --seq 345,340"
    assert first["findings"][1]["sound"] == [{"track": "client", "start": 0, "frames": 480}]
    assert second["not_evaluated"] == [{"code": "RT101", "name": "audio-tail-missing", "why": "no audio"}]
    assert second["failed"][0]["code"] == "RT111"


def test_github_commands_are_escaped() -> None:
    lines = FORMATS["github"]([linted("calls/a,b:c", *FOUND), TROUBLED]).decode().splitlines()
    assert len(lines) == 4
    assert lines[0].startswith(
        "::error file=calls/a%2Cb%3Ac/events.jsonl,line=345,title=RT101 audio-tail-missing::the "
    )
    assert lines[1].startswith("::warning ")
    assert "::50%25 of it, said: ·[31mred· [bold]::error::" in lines[1]
    assert lines[2].startswith("::notice ")
    assert lines[3].startswith("::warning title=RT111 broke::calls/two")
    assert "%0Artdebug cat" in lines[0]


def test_sarif_points_at_lines_of_files() -> None:
    value = json.loads(FORMATS["sarif"]([linted("my calls/één", *FOUND), TROUBLED]))
    assert value["version"] == "2.1.0"
    [run] = value["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["RT101", "RT111", "RT180"]
    assert rules[0]["name"] == "AudioTailMissing"
    assert "**Why it matters.** It would be bad." in rules[0]["help"]["markdown"]
    first = run["results"][0]
    assert (first["ruleId"], rules[first["ruleIndex"]]["id"], first["level"]) == ("RT101", "RT101", "error")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "my%20calls/%C3%A9%C3%A9n/events.jsonl"
    assert place["region"] == {"startLine": 345}
    assert [one["level"] for one in run["results"]] == ["error", "warning", "note"]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["invocations"][0]["toolExecutionNotifications"][0]["associatedRule"] == {"id": "RT111", "index": 1}
    assert run["invocations"][0]["toolConfigurationNotifications"][0]["level"] == "note"


def test_uris_are_relative_where_paths_are() -> None:
    assert events_uri("a/b") == "a/b/events.jsonl"
    assert events_uri("/a/b/events.jsonl") == "file:///a/b/events.jsonl"


def test_a_line_names_the_gravest_and_each_rule_once() -> None:
    several = linted("calls/one", FOUND[2], FOUND[1], FOUND[1], FOUND[0])
    assert line(several) == (
        "4 findings: RT101 audio-tail-missing, RT111 echo, RT180 late-transcript · rtdebug lint calls/one"
    )
    assert line(linted()) == ""
    more = [finding(made_up(f"RT19{number}", f"slow-{number}"), "slow") for number in range(5)]
    assert "RT192 slow-2 and 2 more · " in line(linted("calls/one", *more))


def test_findings_are_counted_by_severity() -> None:
    assert list(counts([ONE, TROUBLED])) == list(SEVERITIES)
    assert counts([ONE, ONE])["error"] == 2


def test_a_rules_page_stands_under_its_headings() -> None:
    shown = drawn(*page(LOST))
    assert shown.splitlines()[:2] == [
        "RT101 audio-tail-missing",
        "▲ error · high confidence · audio · needs server audio",
    ]
    assert "What it sees\n        A made-up fault, as `this` one.\n" in shown
    assert "Seen in\n        nowhere." in shown


def test_the_table_and_the_document_go_family_by_family() -> None:
    shown = drawn(*table(RULES_MADE_UP))
    assert [one for one in shown.splitlines() if one in ("audio", "interruption", "order")] == [
        *("audio", "interruption", "order"),
    ]
    written = markdown(RULES_MADE_UP)
    assert "| [RT111](#rt111-echo) | echo | warning | interruption |" in written
    assert written.index("## Audio") < written.index("### RT101") < written.index("## Interruption")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rules_page_can_be_drawn(rule: Rule) -> None:
    assert rule.name in drawn(*page(rule), width=60)
    assert FORMATS["sarif"]([Linted("x", Diagnosis([]), [rule], [])])
