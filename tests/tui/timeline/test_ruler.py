"""Ticks stand at round moments, far enough apart to be read."""

import pytest

from rtdebug.tui.cells import Canvas, text_of
from rtdebug.tui.timeline.ruler import draw_ruler, moment, step_of
from rtdebug.tui.timeline.view import View, whole

MS, S = 1_000_000, 1_000_000_000


def ruled(view: View, width: int = 60) -> str:
    canvas = Canvas(width, 1)
    draw_ruler(canvas, 0, 0, view)
    return text_of(canvas.lines()[0])


def test_seconds() -> None:
    assert ruled(whole(48 * S)) == "┬0 s────────┬10 s────────┬20 s───────┬30 s────────┬40 s─────"


def test_part_of_an_hour() -> None:
    assert ruled(View(3540 * S, 120 * S)) == "┬59:00─────────┬59:30─────────┬1:00:00───────┬1:00:30───────"


def test_milliseconds() -> None:
    assert ruled(View(2 * S + 30 * MS, 100 * MS)).count("┬2.0") == 3


@pytest.mark.parametrize("span", [1, MS, 7 * S, 3600 * S, 86400 * S, 10**17])
@pytest.mark.parametrize("width", [1, 2, 9, 40, 200])
def test_ticks_never_touch(span: int, width: int) -> None:
    view = View(0, span)
    assert step_of(view, width) * width >= 10 * span or width < 10
    assert len(ruled(view, width)) == width
    assert ruled(view, width).count("┬") <= max(1, width // 9 + 1)


@pytest.mark.parametrize(
    ("at_ns", "step_ns", "text"),
    [
        (0, S, "0 s"),
        (5 * S, S, "5 s"),
        (5 * S, 500 * MS, "5.0 s"),
        (2250 * MS, 50 * MS, "2.25 s"),
        (2251 * MS, MS, "2.251 s"),
        (60 * S, S, "1:00"),
        (61500 * MS, 500 * MS, "1:01.5"),
        (3661 * S, S, "1:01:01"),
    ],
)
def test_a_moment_is_as_exact_as_its_ticks(at_ns: int, step_ns: int, text: str) -> None:
    assert moment(at_ns, step_ns) == text
