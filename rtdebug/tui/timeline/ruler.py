"""The time above the lanes: ticks at round moments, as many as can be read."""

from typing import Final

from rtdebug.tui.cells import Canvas
from rtdebug.tui.timeline.view import View

_MS: Final = 1_000_000
_S: Final = 1000 * _MS
_STEPS: Final = (
    *(step * _MS for step in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(step * _S for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400)),
)
_APART: Final = 10
"""Columns between two ticks, at least."""


def draw_ruler(canvas: Canvas, row: int, left: int, view: View) -> None:
    """Draw ticks with their times."""
    width = canvas.width - left
    if width <= 0:
        return
    canvas.put(row, left, "─" * width, "faint")
    step = step_of(view, width)
    first = -(-view.start_ns // step)
    for number in range(first, first + width // 2):
        at_ns = number * step
        column = view.column(at_ns, width)
        if column >= width:
            return
        text = moment(at_ns, step)
        canvas.put(row, left + column, "┬", "faint")
        if column + 1 + len(text) <= width:
            canvas.put(row, left + column + 1, text, "quiet")


def step_of(view: View, width: int) -> int:
    """Choose the time between two ticks."""
    least = view.span_ns * _APART // max(1, width)
    step = next((step for step in _STEPS if step >= least), _STEPS[-1])
    while step < least:
        step *= 2
    return step


def moment(at_ns: int, step_ns: int) -> str:
    """Write a round moment as exactly as the ticks need it: `35 s`, `2.25 s`, `4:30`, `1:05:00`."""
    places = 0 if step_ns % _S == 0 else 1 if step_ns % (100 * _MS) == 0 else 2 if step_ns % (10 * _MS) == 0 else 3
    minutes, rest = divmod(at_ns, 60 * _S)
    if not minutes:
        return f"{rest / _S:.{places}f} s"
    seconds = f"{rest / _S:0{places + 3 if places else 2}.{places}f}"
    return f"{minutes}:{seconds}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d}:{seconds}"
