"""Two sessions compared: what counts, what does not, and that the order of the two does not matter."""

import itertools
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from session.test_two_tellings import Teller

from rtdebug.reports.diff import ASPECTS, USUAL

from .sides import SAMPLES, Talk, all_of, diff, found, sample, side

each_sample = pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
_ID = re.compile(rb"\b(sess|item|resp|call|event|conv|msg)_(\w{12,})")


@each_sample
def test_a_recording_does_not_differ_from_itself(path: Path) -> None:
    told = sample(path)
    comparison = diff(told, told, "0")
    assert comparison.same
    assert [part.aspect for part in comparison.compared] == list(ASPECTS)
    assert not any(part.within for part in comparison.compared)


@each_sample
def test_other_ids_are_no_difference(path: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(path, tmp_path / path.name))
    text = (copy / "events.jsonl").read_bytes()
    renamed = _ID.sub(lambda match: match[1] + b"_" + match[2][::-1], text)
    (copy / "events.jsonl").write_bytes(renamed)
    assert renamed != text
    assert found(diff(sample(path), sample(copy), "0")) == {}


def test_both_directions_find_as_much() -> None:
    for a, b in itertools.combinations(map(sample, SAMPLES), 2):
        there, back = diff(a, b), diff(b, a)
        assert not there.same
        assert sorted(there.turns, key=str) == sorted(((y, x) for x, y in back.turns), key=str)
        keys = [
            {(one.what, str(one.a), str(one.b)) for one in all_of(there)},
            {(one.what, str(one.b), str(one.a)) for one in all_of(back)},
        ]
        for part, other in zip(there.compared, back.compared, strict=True):
            assert bool(part.differences) == bool(other.differences)
        assert keys[0] == keys[1]


def test_beta_and_ga_differ_in_nothing_but_their_dialect() -> None:
    ga, beta = Teller(beta=False), Teller(beta=True)
    ga.tell()
    beta.tell()
    comparison = diff(side(ga.call), side(beta.call, "beta"), "latency=100ms", only=",".join(USUAL))
    assert found(comparison) == {"session": [("dialect", "GA", "beta")]}


def test_pieces_and_ids_do_not_count() -> None:
    a = Talk("x", 1).turn("Hello there, who is it?", tool='find({"to": "Leeds"}) {"row": "ID"}')
    b = Talk("other", 8).turn("Hello there, who is it?", tool='find({"to": "Leeds"}) {"row": "ID"}')
    assert found(diff(a, b, "0")) == {}


def talk(*turns: str, **config: Any) -> Talk:
    made = Talk(**config)
    for says in turns:
        made.turn(says)
    return made


HELLO, TRAIN, SEAT, BYE = "Hello.", "When is the next train?", "The first one, please.", "Thanks, bye."


@pytest.mark.parametrize(
    ("turns", "pairs"),
    [
        ((HELLO, TRAIN, SEAT, BYE), [(1, 1), (2, 2), (3, 3), (4, 4)]),
        ((TRAIN, SEAT, BYE), [(1, None), (2, 1), (3, 2), (4, 3)]),
        ((HELLO, TRAIN, "Say that again?", SEAT, BYE), [(1, 1), (2, 2), (None, 3), (3, 4), (4, 5)]),
        ((HELLO, "When does the next train go?", SEAT), [(1, 1), (2, 2), (3, 3), (4, None)]),
    ],
)
def test_a_turn_more_or_less_does_not_shift_the_others(
    turns: tuple[str, ...], pairs: list[tuple[int | None, int | None]]
) -> None:
    comparison = diff(talk(HELLO, TRAIN, SEAT, BYE), talk(*turns), only="transcript,responses,latency")
    assert list(comparison.turns) == pairs
    lonely = sum(None in pair for pair in pairs)
    rest = found(comparison)
    assert [one for one in rest.get("responses", []) if one[0] == "response"] == rest.get("responses", [])
    assert len(rest.get("responses", [])) == lonely
    assert "latency" not in rest


def test_what_was_in_force_goes_by_its_dotted_path() -> None:
    tool = {"type": "function", "name": "find", "description": "Find it."}
    a = talk(
        HELLO, tools=[tool], temperature=1.0, audio={"output": {"voice": "marin"}, "input": {"noise_reduction": None}}
    )
    b = talk(HELLO, tools=[{**tool, "description": "Search."}, {**tool, "name": "book"}], temperature=1, audio={})
    book = {"type": "function", "name": "book", "description": "Find it."}
    assert found(diff(a, b, only="config"))["config"] == [
        ("tools.find.description", "Find it.", "Search."),
        ("tools.book", None, book),
        ("audio", {"output": {"voice": "marin"}}, None),
    ]


def test_a_setting_that_was_other_only_meanwhile_is_found() -> None:
    a, b = talk(HELLO), talk(HELLO)
    for made, voice in ((a, "Be kind."), (b, "Be rude.")):
        made.client("session.update", session={"instructions": voice})
        made.server("session.updated", session={"type": "realtime", "model": "gpt-realtime", "instructions": voice})
        made.turn(TRAIN)
        made.server(
            "session.updated", session={"type": "realtime", "model": "gpt-realtime", "instructions": "Be brief."}
        )
    [one] = all_of(diff(a, b, only="config"))
    assert (one.what, one.a, one.b, one.in_a.turn, one.in_b.response) == ("instructions", "Be kind.", "Be rude.", 2, 2)


def test_words_count_unless_it_is_asked_for_less() -> None:
    a = Talk().turn(HELLO, "The next one leaves at ten fifteen, from platform four.")
    b = Talk().turn(HELLO, "the next one  leaves at ten fifteen from Platform four")
    [(who, x, y)] = found(diff(a, b, only="transcript"))["transcript"]
    assert (who, str(x)[:3], str(y)[:3]) == ("assistant", "The", "the")
    assert diff(a, b, "text=words", only="transcript").same
    c = Talk().turn(HELLO, "The next one leaves at ten forty, from platform four.")
    assert not diff(a, c, "text=5%", only="transcript").same
    comparison = diff(a, c, "text=10%", only="transcript")
    assert comparison.same
    assert comparison.compared[0].within == 1


def test_blanks_never_count() -> None:
    a, b = Talk().turn(HELLO, "Ten  fifteen. "), Talk().turn(HELLO, "Ten\nfifteen.")
    assert diff(a, b, only="transcript").same


def test_how_responses_ended_is_compared() -> None:
    details = {"type": "incomplete", "reason": "content_filter"}
    a, b = Talk().turn(HELLO), Talk().turn(HELLO, status="incomplete", status_details=details)
    comparison = diff(a, b, only="responses")
    assert found(comparison)["responses"] == [
        ("status", "completed", "incomplete"),
        ("reason", None, "content_filter"),
    ]
    one = all_of(comparison)[0]
    assert (one.in_a.turn, one.in_a.response) == (1, 1)
    assert one.in_b.seq == b.lines.index(b.lines[-1]) + 2


@pytest.mark.parametrize(
    ("tool", "difference"),
    [
        ('find({"to": "York"}) ["10:15"]', ("find arguments to", "Leeds", "York")),
        ('find({"to":  "Leeds"}) [ "10:15" ]', None),
        ('find({"to": "Leeds"}) ["10:40"]', ("find output", ["10:15"], ["10:40"])),
        ('find({"to": "Leeds", "on": 1}) ["10:15"]', ("find arguments on", None, 1)),
        ('find(broken) ["10:15"]', ("find arguments", {"to": "Leeds"}, "broken")),
        ('book({"to": "Leeds"}) ["10:15"]', ("name", "find", "book")),
        ("", ("call", 'find({"to": "Leeds"})', None)),
    ],
)
def test_tool_calls_are_compared_as_values(tool: str, difference: tuple[str, object, object] | None) -> None:
    a, b = Talk().turn(HELLO, tool='find({"to": "Leeds"}) ["10:15"]'), Talk().turn(HELLO, tool=tool)
    expected = {"tools": [difference]} if difference else {}
    assert found(diff(a, b, only="tools")) == expected
    assert bool(found(diff(b, a, only="tools"))) == bool(difference)


def test_waits_may_be_apart_by_a_share_or_by_so_much() -> None:
    a, b = Talk().turn(HELLO, wait=300), Talk().turn(HELLO, wait=390)
    comparison = diff(a, b, only="latency")
    assert comparison.same
    assert comparison.compared[0].within == 2
    assert found(diff(a, b, "latency=10%", only="latency"))["latency"] == [
        ("1st delta", 310_000_000, 400_000_000),
        ("1st audio", 310_000_000, 400_000_000),
    ]
    assert diff(a, b, "latency=10%,latency=90ms", only="latency").same
    assert not diff(a, Talk().turn(HELLO, wait=900), only="latency").same


def test_without_times_there_are_no_waits_to_compare() -> None:
    a, b = side(Talk().turn(HELLO)), side(Talk().turn(HELLO))
    b.recorded.session.duration_ns = None
    comparison = diff(a, b, only="latency")
    assert comparison.same
    assert comparison.compared[0].note == "B without times"


def used(text: int, audio: int) -> dict[str, Any]:
    return {
        "input_tokens": 20, "output_tokens": text + audio, "total_tokens": 20 + text + audio,
        "input_token_details": {"text_tokens": 20, "cached_tokens": 0},
        "output_token_details": {"text_tokens": text, "audio_tokens": audio},
    }  # fmt: skip


def test_tokens_are_compared_by_kind_and_price_goes_with_them() -> None:
    a, b = Talk().turn(HELLO, usage=used(10, 100)), Talk().turn(HELLO, usage=used(10, 120))
    names = [what for what, _, _ in found(diff(a, b, only="usage"))["usage"]]
    assert names[0] == "audio out"
    assert set(names) <= {"audio out", "tokens out", "price"}
    assert diff(a, b, "usage=20%", only="usage").same
    assert diff(a, b, "usage=20", only="usage").same
    nothing = Talk().turn(HELLO)
    assert ("tokens", None, 130) in found(diff(nothing, a, only="usage"))["usage"]


def test_lengths_of_audio_are_compared() -> None:
    a, b = Talk(pieces=1).turn(HELLO), Talk(pieces=1)
    b.turn(HELLO)
    twice = [line if "audio.delta" not in line[1]["type"] else _longer(line) for line in b.lines]
    b.lines = twice
    [(what, x, y)] = found(diff(a, b, only="audio"))["audio"]
    assert (what, y) == ("made", 2 * int(str(x)))


def _longer(line: tuple[str, dict[str, Any], int]) -> tuple[str, dict[str, Any], int]:
    sender, event, at = line
    return sender, {**event, "delta": event["delta"] * 2}, at


def test_errors_are_told_by_their_code() -> None:
    a, b = talk(HELLO), talk(HELLO)
    a.server("error", error={"type": "invalid_request_error", "code": "late", "message": "Item item_1 is late."})
    b.server("error", error={"type": "invalid_request_error", "code": "late", "message": "Item item_2 is late."})
    assert diff(a, b, only="errors").same
    b.server("error", error={"type": "server_error", "message": "Oh."})
    assert found(diff(a, b, only="errors"))["errors"] == [("error", None, "server_error")]


def test_events_are_counted_and_their_order_is_another_question() -> None:
    a, b = talk(HELLO), talk(HELLO)
    b.lines[-1], b.lines[-2] = b.lines[-2], b.lines[-1]
    assert diff(a, b, only="events").same
    [one] = all_of(diff(a, b, only="order"))
    assert (one.a, one.b) == ("response.output_item.done", "response.done")
    b.server("rate_limits.updated", rate_limits=[])
    assert found(diff(a, b, only="events"))["events"] == [("server rate_limits.updated", 0, 1)]
    assert "order" not in USUAL


def test_a_call_without_turns_is_compared_as_a_whole() -> None:
    a, b = Talk(), Talk()
    for made, text in ((a, "Be calm."), (b, "Be quick.")):
        made.write("item_s", "system", text)
    assert found(diff(a, b, only="transcript"))["transcript"] == [("system", "Be calm.", "Be quick.")]


def test_how_the_call_ended_is_compared_and_who_served_it_is_not() -> None:
    a, b = side(talk(HELLO), "GA (OpenAI)"), side(talk(HELLO), "GA")
    assert diff(a, b, only="session").same
    b.recorded.session.ending.by, b.recorded.session.ending.code = "server", 1011
    assert found(diff(a, b, only="session"))["session"] == [
        ("ended by", "cut off", "server"),
        ("close code", None, "1011"),
    ]


def test_a_response_out_of_band_is_held_against_one_of_its_kind() -> None:
    path = next(path for path in SAMPLES if path.name == "out-of-band")
    a, b = sample(path), sample(path)
    aside = [one for one in b.recorded.session.responses.values() if not one.in_conversation]
    aside[0].status = "failed"
    [one] = all_of(diff(a, b, only="responses"))
    assert (one.what, one.a, one.b, one.in_a.response) == ("status", "completed", "failed", one.in_b.response)
