import re
from pathlib import Path

import pytest

from rtdebug.errors import UsageError
from rtdebug.simulator.script_file import parse
from rtdebug.simulator.script_reply import Drop, Ending, Fault, Reply, ToolCall
from rtdebug.simulator.script_rule import When

DOCS = Path(__file__).parents[2] / "docs" / "simulator-script.md"


def only_rule(text: str) -> tuple[When, Reply]:
    (rule,) = parse(f"[[rule]]\n{text}", "s.toml").rules
    return rule.when, rule.reply


def test_a_rule_without_when_answers_anything() -> None:
    assert only_rule('say = "Yes."') == (When(), Reply(say="Yes."))


def test_the_example_in_the_docs_is_a_script() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", DOCS.read_text(), re.DOTALL)
    script = parse(example, "bakery.toml")
    assert script.greeting.startswith("Good morning")
    assert len(script.hears) == 2
    replies = [rule.reply for rule in script.rules]
    assert any(reply.calls and reply.then for reply in replies)
    assert any(len(reply.calls) > 1 for reply in replies)
    assert {reply.ending.status for reply in replies if reply.ending} == {"incomplete", "failed"}
    assert any(reply.fault for reply in replies) and any(reply.drop for reply in replies)
    assert script.rules[-1].when == When()


def test_when_takes_words_a_pattern_a_turn_a_kind_and_a_tool() -> None:
    when, _ = only_rule('when = { text = "a", regex = "b+", turn = 3, kind = "said" }\nsay = "Yes."')
    assert (when.text, when.turn, when.kind) == ("a", 3, "said")
    assert when.regex is not None and when.regex.text == "b+"
    assert only_rule('when = { tool = "look" }\nsay = "Yes."')[0] == When(tool="look")


def test_calls_are_one_or_several_with_arguments_as_table_or_text() -> None:
    assert only_rule('call = { name = "look", arguments = { at = "sky" } }')[1].calls == (
        ToolCall("look", '{"at": "sky"}'),
    )
    several = 'call = [{ name = "a" }, { name = "b", arguments = "{broken" }]'
    assert only_rule(several)[1].calls == (ToolCall("a", "{}"), ToolCall("b", "{broken"))


def test_a_response_can_end_in_every_way() -> None:
    incomplete = only_rule('say = "Well"\nstatus = "incomplete"\nreason = "content_filter"')[1]
    assert incomplete.ending == Ending("incomplete", reason="content_filter")
    failed = only_rule('status = "failed"\ncode = "rate_limit_exceeded"\nmessage = "Too fast."\ndelay_ms = 20')[1]
    assert failed == Reply(delay_ms=20, ending=Ending("failed", code="rate_limit_exceeded", message="Too fast."))
    assert only_rule('status = "failed"')[1].ending == Ending(
        "failed", code="server_error", message="The server had an error while processing the request."
    )
    assert only_rule('say = "Yes."\nstatus = "completed"')[1] == Reply(say="Yes.")


def test_an_error_can_come_instead_and_the_connection_can_end() -> None:
    assert only_rule('error = { code = "c", message = "m", type = "t", param = "p" }')[1].fault == Fault(
        "c", "m", "t", "p"
    )
    assert only_rule("drop = {}")[1].drop == Drop()
    drop = only_rule('say = "Bye"\ndrop = { code = 1011, reason = "why", after_ms = 5, after_chars = 2 }')[1].drop
    assert drop == Drop(1011, "why", 5, 2)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[rule]\n", "s.toml is not TOML: .*line 1"),
        ("", "s.toml: there is no .*rule"),
        ("[rules]\n", "s.toml: 'rules' is not known here; there are greeting, hears, rule"),
        ("rule = 3", "s.toml: rule should be a table"),
        ('hears = [1]\n[[rule]]\nsay = "a"', "hears should hold strings only"),
        ('hears = "a"\n[[rule]]\nsay = "a"', "hears is 'a', but should be an array"),
        ('[[rule]]\nsay = "a"\n\n[[rule]]\nsay = 3', "s.toml: line 4, rule 2: say is 3, but should be a string"),
        ("[[rule]]\n", "line 1, rule 1: it does nothing"),
        ("[[rule]]\ndelay_ms = 5", "it does nothing"),
        ('[[rule]]\nsay = "a"\nspeak = "b"', "'speak' is not known here"),
        (
            '[[rule]]\nsay = "a"\nwhen = { kind = "spoken" }',
            "rule 1, when: kind is 'spoken', but should be one of said",
        ),
        ('[[rule]]\nsay = "a"\nwhen = { regex = "(" }', r"when: regex '\(' cannot be read: "),
        ('[[rule]]\nsay = "a"\nwhen = { turn = 0 }', "turn is 0, but should be 1 to"),
        ('[[rule]]\nsay = "a"\nwhen = { turn = true }', "turn is True, but should be a whole number"),
        ('[[rule]]\nsay = "a"\nwhen = { tool = "x", kind = "said" }', "tool goes with the kind 'output'"),
        ('[[rule]]\nsay = "a"\ndelay_ms = -1', "delay_ms is -1, but should be 0 to 600000"),
        ('[[rule]]\nsay = "a"\nthen = "b"', "then is said after a call's output, but there is no call"),
        ('[[rule]]\nsay = "a"\nstatus = "cancelled"', "status is 'cancelled', but should be one of completed"),
        ('[[rule]]\nsay = "a"\nstatus = "incomplete"', "needs its reason: one of max_output_tokens"),
        ('[[rule]]\nstatus = "incomplete"\nreason = "content_filter"', "has something to cut off"),
        ('[[rule]]\nsay = "a"\nreason = "content_filter"', "status is 'completed'"),
        ('[[rule]]\nsay = "a"\nmessage = "m"', "message says how a response fails, but status is 'completed'"),
        ('[[rule]]\nstatus = "failed"\nreason = "content_filter"', "is incomplete, but status is 'failed'"),
        (
            '[[rule]]\nsay = "a"\nstatus = "incomplete"\nreason = "content_filter"\ncode = "c"',
            "code says how a response fails, but status is 'incomplete'",
        ),
        ('[[rule]]\ncall = { arguments = "{}" }', "rule 1, call 1: a call needs the name of its tool"),
        ('[[rule]]\ncall = { name = "a", arguments = 3 }', "arguments should be a table, or a string"),
        ('[[rule]]\ncall = { name = "a", arguments = { at = 2026-11-20 } }', "write it as a string"),
        (
            '[[rule]]\nsay = "a"\n[[rule]]\ncall = { name = "a", arguments = { at = [1.5, nan] } }',
            "s.toml: line 3, rule 2, call 1: arguments hold nan or inf, which JSON does not have",
        ),
        ('[[rule]]\ncall = { name = "a", arguments = { at = -inf } }', "arguments hold nan or inf"),
        ('[[rule]]\ncall = { name = "a", arguments = nan }', "arguments should be a table, or a string"),
        ('[[rule]]\ncall = "a"', "call should be a table or an array of tables"),
        ('[[rule]]\nerror = { code = "a" }', "an error needs its code and its message"),
        ('[[rule]]\nsay = "a"\nerror = { code = "a", message = "b" }', "nothing else can stand beside it"),
        ("[[rule]]\ndrop = { code = 99 }", "code is 99, but should be 1000 to 4999"),
        ("[[rule]]\ndrop = { code = 1006 }", "no close frame has the code 1006"),
        ('[[rule]]\ndrop = { reason = "a" }', "a reason goes with a close code"),
        (f'[[rule]]\ndrop = {{ code = 1000, reason = "{"a" * 124}" }}', "at most 123 bytes"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        parse(text, "s.toml")
