"""The lane of marks: a sign where something happened, counted where several would hide each other."""

from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from rtdebug.tui.cells import Canvas
from rtdebug.tui.timeline.points import Point
from rtdebug.tui.timeline.spans import Spans
from rtdebug.tui.timeline.view import View

_WORST: Final = ("bad", "warn", "user")


@dataclass(slots=True)
class _Sign:
    column: int
    sign: str
    style: str
    text: str
    count: int = 1

    @property
    def shown(self) -> str:
        return self.sign if self.count == 1 else f"{self.sign}{self.count}" if self.count < 100 else f"{self.sign}+"


def draw_points(canvas: Canvas, row: int, left: int, view: View, lane: Spans[Point]) -> None:
    """Draw marks: text where it fits before the next sign, a count where signs fall together."""
    width = canvas.width - left
    signs, begin = _signs(view, width, lane), 0
    for number, sign in enumerate(signs):
        until = signs[number + 1].column if number + 1 < len(signs) else width + 1
        shown = sign.shown
        canvas.put(row, left + sign.column, shown[: max(1, min(until, width) - sign.column)], sign.style)
        begin, ends = sign.column + len(shown) + 1, begin
        if sign.count > 1 or not sign.text:
            continue
        size = cell_len(sign.text)
        if begin + size + 1 > until and number + 1 == len(signs) and sign.column - 1 - size > ends:
            begin = sign.column - 1 - size  # the last one may say it on its other side
        elif begin + size + 1 > until:
            continue
        canvas.put(row, left + begin, sign.text, "label" if sign.style == "user" else sign.style)
        begin += size


def _signs(view: View, width: int, lane: Spans[Point]) -> list[_Sign]:
    """Put marks into columns: neighbours of one kind are counted, of several kinds the next column is taken."""
    found: list[_Sign] = []
    for index in lane.within(view.start_ns, view.end_ns):
        point = lane.all[index]
        column = min(view.column(point.start_ns, width), width - 1)
        if column < 0:
            continue
        near = [sign for sign in found[-_NEAR:] if sign.column + len(sign.shown) > column]
        same = next((sign for sign in near if sign.sign == point.sign and sign.style == point.style), None)
        if same is not None:
            same.count += 1
            continue
        after = max((sign.column + len(sign.shown) for sign in near), default=column)
        if after - column <= _NEAR:
            found.append(_Sign(after, point.sign, point.style, point.text))
        else:
            _merge(near[-1], point)
    limit = width
    for sign in reversed(found):  # at the right edge they make room to the left
        sign.column = limit = min(sign.column, max(0, limit - len(sign.shown)))
    return found


def _merge(sign: _Sign, point: Point) -> None:
    """Count a mark with another kind's; the worse of them shows."""
    sign.count += 1
    if _rank(point.style) < _rank(sign.style):
        sign.sign, sign.style = point.sign, point.style


def _rank(style: str) -> int:
    return _WORST.index(style) if style in _WORST else len(_WORST)


_NEAR: Final = 4
"""So many columns a sign may stand beside its moment."""
