"""How a comparison looks, and what programs get: at every width, whatever is said on the wire."""

import io
import json
import re
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from rich.console import Console, RenderableType

from rtdebug.protocol.event import EventReader
from rtdebug.recording.format import Entry
from rtdebug.reports.diff import ASPECTS, compare
from rtdebug.reports.diff.drawing import drawn
from rtdebug.reports.diff.json import comparisons_json
from rtdebug.reports.diff.summary import summary
from rtdebug.reports.diff.tolerance import Tolerance
from rtdebug.reports.diff.values import Comparison, Side
from rtdebug.reports.recorded import Recorded
from rtdebug.session.fold import Fold

from .calls import call, hostile, recorded, timeless
from .sides import SAMPLES, Talk, all_of, diff, sample
from .test_any_session import EVENTS, _small

EXACT = Tolerance()
PAIRS = {
    "two samples": lambda: diff(*map(sample, SAMPLES[:2])),
    "call and hostile": lambda: of(call(), hostile()),
    "hostile and timeless": lambda: of(hostile(), timeless()),
    "itself": lambda: of(call(), call()),
}


def of(a: Any, b: Any) -> Comparison:
    return diff(Side(recorded(a)), Side(recorded(b)))


def text_of(*parts: RenderableType, width: int = 80, colour: bool = False) -> str:
    out = io.StringIO()
    system = "standard" if colour else None
    console = Console(
        file=out, width=width, highlight=False, markup=False, emoji=False, force_terminal=colour, color_system=system
    )
    for part in parts:
        console.print(part)
    return out.getvalue()


@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_no_width_is_overrun_and_no_line_ends_in_blanks(pair: Any, width: int) -> None:
    comparison = pair()
    lines = text_of(*drawn(comparison), summary([comparison, comparison]), width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert width < 80 or not [line for line in lines if line != line.rstrip()]


def test_what_is_the_same_is_told_in_a_line() -> None:
    a = Talk().turn("Hello.", tool="find({}) 1")
    text = text_of(*drawn(diff(a, a)), width=200)
    assert text.startswith("no differences: 1 turn, 6 facts, 3 settings, 2 texts, 2 responses, 1 tool call, ")
    assert text.count("\n") == 1


def test_words_are_marked_by_signs_and_by_colours() -> None:
    a = Talk().turn("When is the train?", "It leaves at ten fifteen.")
    b = Talk().turn("When is the train?", "It leaves at ten forty.").turn("Thanks.")
    found = list(drawn(diff(a, b, only="transcript")))
    text = text_of(*found)
    assert "turns   1 side by side; only in B: 2\n" in text
    assert "turn 1  A #8  B #8\n  ▼ assistant  It leaves at ten [-fifteen.-]{+forty.+}\n" in text
    assert "only in B: turn 2" in text
    assert "▲ user       {+Thanks.+}" in text
    assert "\x1b[31m[-fifteen.-]\x1b[0m\x1b[32m{+forty.+}" in text_of(*found, colour=True)


def test_long_texts_are_told_around_what_changed() -> None:
    long = " ".join(f"word{number}" for number in range(200))
    other = long.replace("word100 ", "instead ")
    a, b = Talk(instructions=long), Talk(instructions=other)
    text = " ".join(text_of(*drawn(diff(a, b, only="config"))).split())
    assert "… word92 word93" in text
    assert "word99 [-word100-] {+instead+} word101" in text.replace("-]{+", "-] {+")
    assert "word50" not in text


def test_settings_that_differ_in_blanks_alone_are_shown_as_they_are() -> None:
    told = "You are a friendly assistant on the phone."
    a, b = Talk(instructions=f"{told} Be brief."), Talk(instructions=f"{told}\nBe brief.")
    text = " ".join(text_of(*drawn(diff(a, b, only="config"))).split())
    assert f'"{told} Be brief." → "{told}\\nBe brief."' in text


def test_numbers_stand_in_columns_with_their_change() -> None:
    a, b = Talk().turn("Hello.", wait=300), Talk().turn("Hello.", wait=900)
    lines = text_of(*drawn(diff(a, b, only="latency"))).splitlines()
    assert "turn 1, response 1  1st delta  310 ms  910 ms  +600 ms  +194 %" in [line[:62].rstrip() for line in lines]


def test_several_have_a_line_each_and_their_spread() -> None:
    a = Talk().turn("Hello.")
    others = [Talk().turn("Hello.", wait=wait) for wait in (300, 340, 900)]
    text = text_of(summary([diff(a, b, only="latency,transcript") for b in others]))
    assert [line[0] for line in text.splitlines() if re.match("[A=≠] ", line)] == ["A", "=", "=", "≠"]
    assert "    latency 2\n" in text
    assert "2 of 3 the same as A" in text
    assert "1st audio  310 ms to 910 ms  A 310 ms" in text


def test_programs_get_a_stable_shape() -> None:
    a = Talk().turn("Hello.", wait=300)
    b = Talk(instructions="Be quick.").turn("Hello.", wait=900)
    value = json.loads(comparisons_json(Recorded(a.session()), EXACT, [diff(a, b, only="config,latency")]))
    assert list(value) == ["rtdebug_diff", "same", "tolerance", "a", "comparisons"]
    assert (value["rtdebug_diff"], value["same"]) == (1, False)
    assert value["tolerance"]["latency"] == {"share": 0.25, "least_ns": 100_000_000}
    [one] = value["comparisons"]
    assert list(one) == ["b", "same", "turns", "compared", "differences"]
    assert one["turns"] == [[1, 1]]
    assert one["compared"]["config"] == {"number": 3, "differences": 1, "within_tolerance": 0, "note": None}
    assert one["differences"][0] == {
        "aspect": "config",
        "what": "instructions",
        "unit": "value",
        "a": "Be brief.",
        "b": "Be quick.",
        "in_a": {"turn": None, "response": None, "seq": None},
        "in_b": {"turn": None, "response": None, "seq": None},
    }
    assert [(part["what"], part["b"]) for part in one["differences"][1:]] == [
        ("first_delta", 910_000_000),
        ("first_audio", 910_000_000),
    ]
    assert one["b"]["middle"]["first_audio_ns"] == 910_000_000


@settings(deadline=None)
@given(EVENTS, EVENTS)
def test_whatever_is_said_it_can_be_compared(first: Any, second: Any) -> None:
    a, b = _side(first), _side(second)
    assert compare(a, a, EXACT, list(ASPECTS)).same
    there, back = compare(a, b, EXACT, list(ASPECTS)), compare(b, a, EXACT, list(ASPECTS))
    assert there.same == back.same
    assert len(all_of(there)) == len(all_of(back))
    out = text_of(*drawn(there), summary([there, back]))
    assert not set(out) & set("\x1b\u202e")
    assert max(map(len, out.splitlines())) <= 80
    orjson.loads(comparisons_json(a.recorded, EXACT, [there, back]))


def _side(events: list[tuple[tuple[str, str], dict[str, object], int]]) -> Side:
    reader, fold, at_ns, types = EventReader(), Fold(), 0, []
    for seq, ((sender, name), fields, wait) in enumerate(events, 2):
        at_ns += wait * 1_000_000
        text = orjson.dumps({**_small(fields), "type": name})
        event = reader.read(Entry(seq, at_ns, sender, "message", {}, text))  # type: ignore[arg-type]
        fold.take(event)
        types.append((sender, event.type))
    return Side(Recorded(fold.session, "it", vendor="other"), types)
