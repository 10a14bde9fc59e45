"""The lane of responses: bars in the colour of how they ended, the wait for their first audio at their front."""

from typing import Final

from rich.cells import cell_len

from rtdebug.tui.cells import Canvas
from rtdebug.tui.timeline.lanes import Bar
from rtdebug.tui.timeline.layout import Place
from rtdebug.tui.timeline.spans import Spans
from rtdebug.tui.timeline.view import View, extent
from rtdebug.units import delay
from rtdebug.units import status as in_words

_WAIT, _COMPLETED = 1, 2
_RANKS: Final = {"completed": _COMPLETED, "in_progress": 3, "incomplete": 5, "cancelled": 6, "failed": 7}
_OTHER: Final = 4


def draw_responses(canvas: Canvas, place: Place, left: int, view: View, lane: Spans[Bar], *, says_wait: bool) -> None:
    """Draw responses as bars: the wait for their first audio in grey, then in their status. The worst wins a cell."""
    width = canvas.width - left
    ranks = [[0] * width for _ in range(place.rows)]
    seen = lane.within(view.start_ns, view.end_ns)
    for index in seen:
        bar = lane.all[index]
        first, last = extent(view, width, bar.start_ns, bar.end_ns)
        body = first if bar.first_ns is None else min(max(first, view.column(bar.first_ns, width)), last - 1)
        row, rank = ranks[min(lane.row_of[index], place.rows - 1)], _RANKS.get(bar.status, _OTHER)
        for column in range(max(0, first), min(width, last)):
            row[column] = max(row[column], rank if column >= body else _WAIT)
    for number, row in enumerate(ranks):
        for column, rank in enumerate(row):
            if rank:
                canvas.put(place.row + number, left + column, " ", _STYLES[rank])
    if len(seen) * 4 > width:
        _number(canvas, place.row, left, view, lane, ranks[0])
        _signs(canvas, place.row, left, ranks)
        return
    free = [0] * place.rows
    for index in seen:
        bar, number = lane.all[index], min(lane.row_of[index], place.rows - 1)
        free[number] = _name(canvas, place.row + number, left, view, bar, ranks[number], free[number], says_wait)


def _signs(canvas: Canvas, row: int, left: int, ranks: list[list[int]]) -> None:
    """Where there are too many for names: a sign on each cell with something else than completed ones."""
    for number, cells in enumerate(ranks):
        for column, rank in enumerate(cells):
            if rank > _COMPLETED:
                canvas.put(row + number, left + column, _SIGNS[rank], _STYLES[rank])


def _number(canvas: Canvas, row: int, left: int, view: View, lane: Spans[Bar], ranks: list[int]) -> None:
    """Where there are too many for names: now and then the number of the response that begins there."""
    width, free = len(ranks), 0
    for index in lane.within(view.start_ns, view.end_ns):
        bar = lane.all[index]
        column, words = view.column(bar.start_ns, width), str(bar.number)
        if column >= free and column + len(words) <= width:
            canvas.put(row, left + column, words, _STYLES[max(ranks[column], _COMPLETED)])
            free = column + _APART


def _name(
    canvas: Canvas,
    row: int,
    left: int,
    view: View,
    bar: Bar,
    ranks: list[int],
    free: int,
    says_wait: bool,
) -> int:
    """Write what fits into a bar; return the first column that is free after it."""
    width, rank = len(ranks), _RANKS.get(bar.status, _OTHER)
    first, last = extent(view, width, bar.start_ns, bar.end_ns)
    body = first if bar.first_ns is None else min(max(first, view.column(bar.first_ns, width)), last - 1)
    body, end = max(body, free, 0), min(last, width)
    if says_wait and bar.wait_ns is not None and first >= free:
        wait = delay(bar.wait_ns)
        if body - first > len(wait):
            canvas.put(row, left + first, wait, "bar.wait")
    while body < end and ranks[body] != rank:
        body += 1
    room = end - body
    if room <= 0:
        return max(free, end)
    words = _words(bar, room)
    canvas.put(row, left + body, words, _STYLES[rank])
    number = str(bar.number)
    if number not in words and not says_wait and body - max(first, free, 0) > len(number):
        canvas.put(row, left + body - len(number) - 1, number, _STYLES[_WAIT])
    return max(free, end)


def _words(bar: Bar, room: int) -> str:
    """Say as much of a response as there is room for."""
    sign, _, word = in_words(bar.status).partition(" ")
    aside = " aside" if bar.is_aside else ""
    for words in (
        f" {sign} {bar.number} {word}{aside} …{bar.tail}",
        f" {sign} {bar.number} {word}{aside}",
        f" {sign} {bar.number} {word}",
        f" {sign} {bar.number}",
        f"{sign} {bar.number}",
        f"{sign}{bar.number}",
    ):
        if cell_len(words) <= room:
            return words
    return sign


def draw_waits(canvas: Canvas, row: int, left: int, view: View, lane: Spans[Bar]) -> None:
    """Write how long each first audio was waited for, below the bars; where they would touch, the longest counts."""
    width = canvas.width - left
    labels: list[tuple[int, int, str]] = []
    free = 0
    for index in lane.within(view.start_ns, view.end_ns):
        bar = lane.all[index]
        first = view.column(bar.start_ns, width)
        if bar.wait_ns is None or not 0 <= first < width:
            continue
        if first >= free:
            labels.append((first, bar.wait_ns, ""))
        else:
            column, wait_ns, _ = labels[-1]
            labels[-1] = (column, max(wait_ns, bar.wait_ns), "≤")
        column, wait_ns, sign = labels[-1]
        free = column + len(sign + delay(wait_ns)) + (4 if sign else 1)
    for column, wait_ns, sign in labels:
        words = sign + delay(wait_ns)
        if column + len(words) <= width:
            canvas.put(row, left + column, words, "quiet")


_APART: Final = 12
_SIGNS: Final = {_OTHER: "·", **{rank: in_words(status)[0] for status, rank in _RANKS.items()}}
_STYLES: Final = {
    _WAIT: "bar.wait",
    _OTHER: "bar.other",
    **{rank: f"bar.{status}" for status, rank in _RANKS.items()},
}
