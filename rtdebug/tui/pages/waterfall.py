"""One clock for what happened around a response: labels, when each began, bars on a common scale. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from rtdebug.tui.cells import Canvas, Line, fit, fit_right
from rtdebug.tui.pages.parts import cut, entry
from rtdebug.tui.pages.rows import Row
from rtdebug.units import delay

_AT, _TOOK, _NAME, _LEAST_BAR = 8, 9, 24, 10


@dataclass(frozen=True, slots=True)
class Step:
    """Something that took from one moment to another, or happened at one."""

    label: str
    """Harmless already."""
    start_ns: int | None
    end_ns: int | None = None
    """None for what took no time."""
    style: str = ""
    """Of its bar."""
    seq: int | None = None
    mark: str = "◆"
    """How a moment is drawn."""
    line: str = "━"
    """What a bar is drawn with."""
    is_wait: bool = False
    """It is told by its end: that is how long somebody waited."""
    is_open: bool = False
    """It has not ended where the recording does."""


def waterfall(steps: Sequence[Step], width: int) -> list[Row]:
    """Draw the steps; without times there are their names and entries."""
    known = [ns for one in steps for ns in (one.start_ns, one.end_ns) if ns is not None]
    if not known:
        return [Row(cut(((fit(one.label, _NAME), ""), (entry(one.seq), "quiet")), width), one.seq) for one in steps]
    start, end = min(known), max(known)
    longest = max(len(one.label) for one in steps)
    label = max(6, min(longest, 22, width - _AT - 3 - _LEAST_BAR))
    room = width - label - 1 - _AT - 2
    has_took = room - _TOOK >= _LEAST_BAR
    room -= _TOOK if has_took else 0
    rows = [Row(_scale(label, end - start, room, has_took=has_took))] if room >= _LEAST_BAR else []
    for one in steps:
        at_ns = one.end_ns if one.is_wait else one.start_ns
        at = "" if at_ns is None else delay(at_ns - start)
        line: Line = ((fit(one.label, label), ""), (" ", ""), (fit_right(at, _AT), "label"), ("  ", ""))
        line = (*line, *_bar(one, start, end, room)) if room >= _LEAST_BAR else line
        line = (*line, (fit_right(_took(one), _TOOK), "quiet")) if has_took else line
        rows.append(Row(cut(line, width), one.seq))
    return rows


def _took(one: Step) -> str:
    if one.is_wait or one.start_ns is None or one.end_ns is None:
        return ""
    return delay(one.end_ns - one.start_ns) + (" …" if one.is_open else "")


def _scale(label: int, length_ns: int, room: int, *, has_took: bool) -> Line:
    """Draw the clock above the bars: nothing at its left end, the whole length at its right."""
    canvas = Canvas(room, 1)
    canvas.put(0, 0, "├" + "─" * (room - 2) + "┤", "faint")
    whole, half = delay(length_ns), delay(length_ns // 2)
    canvas.put(0, 2, " 0 ", "quiet")
    canvas.put(0, room - len(whole) - 4, f" {whole} ", "quiet")
    at = (room - len(half)) // 2 - 1
    if at > 6 and at + len(half) + 8 < room - len(whole):
        canvas.put(0, at, f" {half} ", "quiet")
    took = ((fit_right("took", _TOOK), "quiet"),) if has_took else ()
    return ((" " * (label + 1), ""), (fit_right("at", _AT), "quiet"), ("  ", ""), *canvas.lines()[0], *took)


def _bar(one: Step, start: int, end: int, room: int) -> Line:
    canvas = Canvas(room, 1)
    canvas.put(0, 0, "│", "faint")
    canvas.put(0, room - 1, "│", "faint")
    if one.start_ns is not None and one.end_ns is None:
        canvas.put(0, _column(one.start_ns, start, end, room), one.mark, one.style)
    elif one.start_ns is not None and one.end_ns is not None:
        first = _column(one.start_ns, start, end, room)
        last = max(first, _column(one.end_ns, start, end, room))
        canvas.put(0, first, one.line * (last - first + 1), one.style)
        if one.is_open:
            canvas.put(0, last, "▸", one.style)
    return canvas.lines()[0]


def _column(at_ns: int, start: int, end: int, room: int) -> int:
    return (at_ns - start) * (room - 1) // (end - start) if end > start else 0
