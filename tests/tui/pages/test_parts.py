"""What pages are put together from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.tui.cells import cells, text_of
from rtdebug.tui.pages.parts import cut, field, figure, paragraph, section, sparkline, spread, stacked, words

from .written import lines


def test_a_value_wraps_beside_its_label() -> None:
    assert lines(field("status", "it took a long time", 24, note="#4")) == [
        "status      it took a",
        "            long time",
        "            #4",
    ]
    assert lines(field("status", "done", 40, note="#4")) == ["status       done  #4"]


def test_a_value_of_too_many_lines_ends_in_an_ellipsis() -> None:
    assert lines(field("a", "one two three four five six seven", 26, most=2)) == [
        "a            one two three",
        "             four five si…",
    ]


def test_numbers_stand_at_the_right_and_their_meaning_beside_them() -> None:
    assert lines(figure("created", "0 ms", 60, note="asked for until response.created")) == [
        "created           0 ms  asked for until response.created"
    ]
    assert lines(figure("created", "0 ms", 30, note="asked for until response.created")) == ["created           0 ms"]


def test_a_part_of_a_page_begins_with_its_title_and_a_rule() -> None:
    assert lines(section("waits", 20, "3", seq=1)) == ["", "waits ──────────── 3"]
    assert lines(section("waits", 4)) == ["", "wai…"]


def test_a_bar_says_each_part_by_its_letter() -> None:
    bar = stacked([(50, "c", "usage.cached"), (0, "t", "usage.text_in"), (1, "a", "usage.audio_in")], 100, 20)
    assert text_of(bar) == "c━━━━━━━━━" + "━"
    assert [style for _, style in bar] == ["usage.cached", "usage.audio_in"]
    assert text_of(stacked([(3, "c", "")], 0, 20)) == "━"


@given(st.lists(st.integers(-5, 10**13), max_size=8), st.integers(0, 10**13), st.integers(0, 50))
def test_no_bar_is_wider_than_its_room(amounts: list[int], most: int, width: int) -> None:
    assert cells(stacked([(amount, "x", "") for amount in amounts], most, width)) <= width


def test_a_sparkline_keeps_the_highest_of_each_few() -> None:
    assert sparkline([0, 5, 10], 10) == "▁▄█"
    assert sparkline([0, 10, 0, 0, 1, 0], 3) == "█▁▁"
    assert sparkline([], 5) == ""
    assert sparkline([0, 0], 5) == "▁▁"


@given(st.text(max_size=30), st.text(max_size=30), st.integers(0, 40))
def test_both_ends_of_a_line_fit(left: str, right: str, width: int) -> None:
    line = spread(((words(left), ""),), ((words(right), ""),), width)
    assert cells(line) <= width


@pytest.mark.parametrize("width", range(6))
def test_a_line_is_cut_within_its_pieces(width: int) -> None:
    assert cells(cut((("ab", ""), ("世界", ""), ("c", "")), width)) <= width


def test_text_beyond_what_a_page_shows_is_cut() -> None:
    assert words("ab\x1b\n c", 100) == "ab· c"
    assert words("abcdef", 3) == "abc…"
    assert lines(paragraph("one two", 5, indent=2, seq=3)) == ["  one", "  two"]
