"""Lanes of lines: what was taken for speech, and when audio came."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from rtdebug.tui.call.peaks import Levels
from rtdebug.tui.cells import Canvas
from rtdebug.tui.timeline.lanes import Generated, Spoken
from rtdebug.tui.timeline.spans import Lasting, Spans
from rtdebug.tui.timeline.view import View, extent

_BLOCKS: Final = " ▁▂▃▄▅▆▇█"


def draw_spoken(canvas: Canvas, row: int, left: int, view: View, lane: Spans[Spoken]) -> None:
    """Draw what was taken for speech as braces; a dashed one is silence that became a turn."""
    width = canvas.width - left
    seen = [lane.all[index] for index in lane.within(view.start_ns, view.end_ns)]
    if len(seen) * 4 > width:
        _draw_shares(canvas, row, left, _shares(seen, view, width), "user.quiet")
        return
    for speech in seen:
        first, last = extent(view, width, speech.start_ns, speech.end_ns)
        line = "╌" if speech.is_silence else "─"
        end = "╌" if speech.is_open else "╯"
        shown = "".join(
            "╰" if column == first and last - first > 1 else end if column == last - 1 > first else line
            for column in range(max(0, first), min(width, last))
        )
        canvas.put(row, left + max(0, first), shown, "user.quiet")


def draw_generated(canvas: Canvas, row: int, left: int, view: View, lane: Spans[Generated]) -> None:
    """Draw when audio came, and how many times faster than it is heard."""
    width = canvas.width - left
    seen = [lane.all[index] for index in lane.within(view.start_ns, view.end_ns)]
    if len(seen) * 4 > width:
        _draw_shares(canvas, row, left, _shares(seen, view, width), "assistant.quiet")
        return
    ends = [extent(view, width, one.start_ns, one.end_ns) for one in seen]
    for number, (one, (first, last)) in enumerate(zip(seen, ends, strict=True)):
        canvas.put(row, left + max(0, first), "━" * (min(last, width) - max(0, first)), "assistant.quiet")
        until = ends[number + 1][0] if number + 1 < len(ends) else width + 1
        words = f"{one.factor:.1f}×" if one.factor is not None and one.factor < 1000 else ""  # noqa: RUF001 (times)
        if words and last >= 0 and last + 1 + len(words) + 1 <= until:
            canvas.put(row, left + last + 1, words, "quiet" if (one.factor or 0) >= 1 else "warn")


def _shares(seen: Sequence[Lasting], view: View, width: int) -> Levels:
    """Return which part of each column's time is taken."""
    taken = np.zeros(width + 1)
    for one in seen:
        begin = max(0.0, (one.start_ns - view.start_ns) * width / view.span_ns)
        end = min(float(width), (one.end_ns - view.start_ns) * width / view.span_ns)
        first, last = int(begin), int(end)
        if first == last:
            taken[first] += end - begin
        elif first < last:
            taken[first] += first + 1 - begin
            taken[first + 1 : last] += 1
            taken[last] += end - last
    return np.minimum(1, taken[:width]).astype(np.float32)


def _draw_shares(canvas: Canvas, row: int, left: int, shares: Levels, style: str) -> None:
    """Where there are too many for lines: the higher the more of the time was taken."""
    for column, share in enumerate(shares.tolist()):
        if share > 0:
            canvas.put(row, left + column, _BLOCKS[max(1, round(share * 8))], style)
