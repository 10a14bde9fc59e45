"""Lines of styled text: what is drawn stays in its cells, whatever it is made of."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from rtdebug.tui.cells import Canvas, cells, clip, clip_start, fit, fit_right, joined, tame, text_of, wrap

HOSTILE = st.text(max_size=60) | st.sampled_from(
    ["\x1b[31mred\x1b[0m", "[bold]x[/]", "a\u202eb", "e\u0301" * 9, "漢字" * 9]
)


@given(HOSTILE, st.integers(0, 40))
def test_text_takes_the_cells_it_is_given(text: str, width: int) -> None:
    assert cell_len(clip(text, width)) <= max(width, 0)
    assert cell_len(clip_start(text, width)) <= max(width, 0)
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit_right(text, width)) == width


@given(st.text(max_size=200))
def test_nothing_a_terminal_would_obey_comes_through(text: str) -> None:
    drawn = tame(text, 30)
    assert cell_len(drawn) <= 30
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in drawn)


def test_escape_codes_and_signs_that_change_widths_are_shown_or_gone() -> None:
    assert tame("\x1b[2J\u202egone\u2066") == "·[2J·gone·"
    assert tame("⚠\ufe0f 1\ufe0f\u20e3") == "⚠ 1"
    assert tame("two\nlines\tand more") == "two lines and more"


def test_what_is_cut_at_its_start_keeps_its_end() -> None:
    assert clip_start("test_office/test_hi", 8) == "…test_hi"
    assert clip_start("漢字漢字", 4) == "…字"
    assert clip_start("short", 5) == "short"


def test_a_megabyte_is_cut_before_it_is_looked_at() -> None:
    assert tame("x" * 1_000_000, 10) == "xxxxxxxxx…"


@given(st.text(alphabet="ab 漢é\u0301", max_size=80), st.integers(2, 30))
def test_wrapped_lines_fit_and_say_everything(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join(text_of(line) for line in lines).replace(" ", "") == text.replace(" ", "")


@given(st.lists(st.tuples(st.integers(-3, 12), st.text(alphabet="ab漢\u0301", max_size=6)), max_size=12))
def test_a_canvas_keeps_its_width(drawn: list[tuple[int, str]]) -> None:
    canvas = Canvas(10, 2)
    for column, text in drawn:
        canvas.put(1, column, text, "good")
    assert [cells(line) for line in canvas.lines()] == [10, 10]


def test_half_of_a_wide_character_never_stays() -> None:
    canvas = Canvas(6, 1)
    canvas.put(0, 1, "漢字", "tool")
    canvas.put(0, 2, "x")
    assert text_of(canvas.lines()[0]) == "  x字 "


def test_neighbours_of_one_style_are_one_piece() -> None:
    assert joined([("a", "x"), ("b", "x"), ("c", ""), ("d", "x")]) == (("ab", "x"), ("c", ""), ("d", "x"))
