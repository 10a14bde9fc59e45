from collections.abc import Callable
from typing import Any

import pytest

from rtdebug.diagnosis.conformance import RULES
from tests.protocol.shared import REAL, needs_real, told

from .orderly import FIRST, Lines, broken, orderly, verdicts

Disorder = Callable[[Lines], object]
NOT_A_RULE = {"R10", "R20", "R24"}  # they did not hold on the wire


# How a session is brought into disorder.


def place(lines: Lines, type_: str, about: str = "") -> int:
    """Find the first event of a type, about a response or an item."""
    return next(n for n, (_, event) in enumerate(lines) if event["type"] == type_ and about in str(event))


def without(type_: str, about: str = "") -> Disorder:
    return lambda lines: lines.pop(place(lines, type_, about))


def twice(type_: str, about: str = "") -> Disorder:
    def disorder(lines: Lines) -> None:
        at = place(lines, type_, about)
        lines.insert(at + 1, ("server", {**lines[at][1], "event_id": "event_again"}))

    return disorder


def behind(type_: str, other: str, about: str = "") -> Disorder:
    """Move an event to right behind another one."""

    def disorder(lines: Lines) -> None:
        line = lines.pop(place(lines, type_, about))
        lines.insert(place(lines, other, about) + 1, line)

    return disorder


def saying(type_: str, about: str = "", /, **fields: Any) -> Disorder:
    """Change what an event says; a dict changes the object that stands there."""

    def disorder(lines: Lines) -> None:
        event = lines[place(lines, type_, about)][1]
        for key, value in fields.items():
            event[key] = {**event[key], **value} if isinstance(value, dict) else value

    return disorder


def using(**changed: int) -> Disorder:
    def disorder(lines: Lines) -> None:
        lines[place(lines, "response.done")][1]["response"]["usage"].update(changed)

    return disorder


def in_one_conversation(lines: Lines) -> None:
    for _, event in lines:
        if event.get("response", {}).get("id") == "resp_3":
            event["response"]["conversation_id"] = "conv_1"


def late_limits(lines: Lines) -> None:
    at = place(lines, "rate_limits.updated")
    lines[at], lines[at + 1] = lines[at + 1], lines[at]


def mirrored_aside(lines: Lines) -> None:
    mirror = {"type": ADDED, "event_id": "event_mirror", "previous_item_id": None, "item": {"id": "item_aside"}}
    lines.insert(place(lines, f"{ITEM}.added", "item_aside") + 1, ("server", mirror))


AUDIO, TEXT = "response.output_audio", "response.output_text"
PART, ITEM = "response.content_part", "response.output_item"
ADDED, BUFFER = "conversation.item.added", "input_audio_buffer"

DISORDERS: list[tuple[str, Disorder, dict[str, int]]] = [
    ("something comes before the session", behind("session.created", f"{BUFFER}.speech_started"), {"R01": 1}),
    ("an event id is used twice", saying(f"{TEXT}.delta", event_id="event_1"), {"R02": 1}),
    ("an event has no id", saying(f"{TEXT}.delta", event_id=None), {"R02": 1}),
    ("a response begins late", behind("response.created", f"{ITEM}.added", "resp_1"), {"R03": 1}),
    ("a response never begins", without("response.created"), {"R03": 1, "R04": 1}),
    ("a response begins twice", twice("response.created"), {"R04": 1}),
    ("a response ends twice", twice("response.done", "resp_2"), {"R04": 1, "R25": 1, "R26": 1}),
    ("something comes after the end", behind(f"{PART}.done", "response.done", "resp_2"), {"R04": 1, "R25": 1}),
    ("the conversation changes", saying("response.done", response={"conversation_id": "conv_2"}), {"R05": 1}),
    ("completed with details", saying("response.done", response={"status_details": {"type": "completed"}}), {"R06": 1}),
    ("an item is not closed", without(f"{ITEM}.done", "resp_1"), {"R07": 1}),
    (
        "an item is closed after the end",
        behind(f"{ITEM}.done", "response.done", "resp_2"),
        {"R04": 1, "R07": 1, "R25": 1},
    ),
    ("indexes begin with 1", saying(f"{ITEM}.added", "resp_2", output_index=1), {"R08": 1}),
    ("an item is missing from the end", saying("response.done", response={"output": []}), {"R09": 1}),
    ("an item is not in the conversation", without(ADDED, "item_written"), {"R11": 1, "R19": 1}),
    ("the conversation has it first", behind(f"{ITEM}.added", ADDED, "item_written"), {"R11": 1}),
    ("an item out of band is in the conversation", mirrored_aside, {"R11": 1}),
    ("the response has it done first", behind("conversation.item.done", f"{ITEM}.done", "item_spoken"), {"R12": 1}),
    ("a delta comes before its part", behind(f"{PART}.added", f"{AUDIO}_transcript.delta", "item_spoken"), {"R13": 1}),
    ("a delta comes after its part", behind(f"{TEXT}.delta", f"{PART}.done", "item_aside"), {"R13": 1, "R14": 1}),
    ("a part is not done", without(f"{PART}.done", "item_written"), {"R13": 1}),
    ("a stream is not closed", without(f"{TEXT}.done"), {"R14": 1}),
    ("a stream of audio is not closed", without(f"{AUDIO}.done"), {"R14": 1}),
    ("a delta is lost", without(f"{TEXT}.delta"), {"R15": 1}),
    ("arguments are others", saying("response.function_call_arguments.done", arguments="{}"), {"R15": 1}),
    ("the transcript is done first", behind(f"{AUDIO}.done", f"{AUDIO}_transcript.done"), {"R16": 1}),
    ("there are two transcripts", saying(f"{PART}.done", part={"transcript": "Good night."}), {"R17": 1}),
    ("two responses in one conversation", in_one_conversation, {"R11": 1, "R12": 1, "R18": 1}),
    ("an item is added twice", twice(ADDED, "item_user"), {"R19": 1}),
    ("an item stands behind nobody", saying(ADDED, "item_output", previous_item_id="item_nobody"), {"R19": 1}),
    ("an item is there before its audio", behind(f"{BUFFER}.committed", ADDED), {"R21": 1}),
    ("speech stops that had not started", without(f"{BUFFER}.speech_started"), {"R22": 1}),
    ("speech starts twice", without(f"{BUFFER}.speech_stopped"), {"R22": 1}),
    ("speech has two names", saying(f"{BUFFER}.speech_stopped", item_id="item_other"), {"R22": 1}),
    ("speech ends before it starts", saying(f"{BUFFER}.speech_stopped", audio_end_ms=100), {"R22": 1}),
    (
        "a transcript comes too soon",
        behind("conversation.item.input_audio_transcription.completed", "session.created"),
        {"R23": 1},
    ),
    ("limits come late", late_limits, {"R25": 1}),
    ("limits are left out", without("rate_limits.updated"), {"R25": 1, "R26": 1}),
    ("a total is off by one", using(total_tokens=151), {"R27": 1}),
    ("the input is off by one", using(input_tokens=121, total_tokens=151), {"R27": 1}),
]


def test_an_orderly_session_keeps_every_rule_and_gives_each_something_to_judge() -> None:
    judged = verdicts(orderly().lines)
    assert [verdict.rule.code for verdict in judged] == [rule.code for rule in RULES]
    assert broken(orderly().lines) == {}
    assert all(verdict.cases for verdict in judged)


def test_so_does_every_beginning_of_one() -> None:
    lines = orderly().lines
    for length in range(len(lines)):
        assert broken(lines[:length]) == {}, lines[length - 1]


@pytest.mark.parametrize(("disorder", "expected"), [one[1:] for one in DISORDERS], ids=[one[0] for one in DISORDERS])
def test_each_disorder_is_found_once(disorder: Disorder, expected: dict[str, int]) -> None:
    lines = orderly().lines
    disorder(lines)
    assert broken(lines) == expected


def test_every_rule_has_a_disorder_and_its_number_in_the_protocol() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == [f"R{n:02d}" for n in range(1, 28) if f"R{n:02d}" not in NOT_A_RULE]
    assert set(codes) == {code for _, _, expected in DISORDERS for code in expected}


def test_a_breach_says_where_and_what() -> None:
    lines = orderly().lines
    using(total_tokens=151)(lines)
    [breach] = [breach for verdict in verdicts(lines) for breach in verdict.breaches]
    assert lines[breach.seq - FIRST][1]["type"] == "response.done"
    assert breach.breach == "total_tokens 151 is not input 120 + output 30"


@pytest.mark.parametrize("meddling", ["input_audio_buffer.commit", "input_audio_buffer.clear", "session.update"])
def test_a_client_may_end_speech_in_its_own_way(meddling: str) -> None:
    session = orderly()
    at = place(session.lines, f"{BUFFER}.speech_stopped")
    session.lines[at][1]["item_id"] = "item_other"
    session.lines.insert(at, ("client", {"type": meddling}))
    assert broken(session.lines) == {}


def test_a_cancelled_response_may_leave_things_open() -> None:
    session = orderly()
    without(f"{ITEM}.done", "item_written")(session.lines)
    without(f"{TEXT}.done", "item_written")(session.lines)
    saying("response.done", "resp_2", response={"status": "cancelled", "status_details": {"reason": "turn_detected"}})(
        session.lines
    )
    assert broken(session.lines) == {}


def test_the_id_of_a_deleted_item_is_free_again_and_nothing_stands_behind_it() -> None:
    session = orderly()
    session.server("conversation.item.deleted", item_id="item_again")
    session.item("item_again", "item_written")
    assert broken(session.lines) == {}
    session.server("conversation.item.deleted", item_id="item_again")
    session.item("item_last", "item_again")
    assert broken(session.lines) == {"R19": 1}


def test_who_listens_in_need_not_have_heard_the_beginning() -> None:
    lines = orderly().lines[1:]
    assert broken(lines) == {}
    assert broken(lines, is_sideband=False) == {"R01": 1}


KNOWN = {
    "xai_ws__audio_in_server_vad_turn": {"R16": 1, "R23": 1},
    "xai_ws__tool_call_round": {"R08": 1, "R16": 2},
}


@needs_real
def test_real_services_keep_the_rules_but_where_it_is_known() -> None:
    found = {}
    for path in REAL:
        if breaches := broken(told(path)):
            found[path.stem] = breaches
    assert found == KNOWN
