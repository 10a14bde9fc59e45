"""The lane of tool calls: bars while they run, their names in them or after them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len

from rtdebug.tui.cells import Canvas, clip
from rtdebug.tui.timeline.lanes import Called
from rtdebug.tui.timeline.layout import Place
from rtdebug.tui.timeline.spans import Spans
from rtdebug.tui.timeline.view import View, extent
from rtdebug.units import delay


@dataclass(slots=True)
class _Group:
    """Calls that would hide each other in their row."""

    first: int
    last: int
    calls: list[Called] = field(default_factory=list)


def draw_called(canvas: Canvas, place: Place, left: int, view: View, lane: Spans[Called]) -> None:
    """Draw tool calls; those that overlap in a row are counted."""
    width = canvas.width - left
    for number, groups in enumerate(_grouped(place.rows, view, width, lane)):
        for index, group in enumerate(groups):
            until = groups[index + 1].first if index + 1 < len(groups) else width + 1
            _draw_group(canvas, place.row + number, left, group, until)


def _grouped(rows: int, view: View, width: int, lane: Spans[Called]) -> list[list[_Group]]:
    found: list[list[_Group]] = [[] for _ in range(rows)]
    for index in lane.within(view.start_ns, view.end_ns):
        call, groups = lane.all[index], found[min(lane.row_of[index], rows - 1)]
        first, last = extent(view, width, call.start_ns, call.end_ns)
        first, last = max(0, first), min(width, last)
        if first >= last:
            continue
        if not groups or groups[-1].last <= first:
            groups.append(_Group(first, last))
        groups[-1].last = max(groups[-1].last, last)
        groups[-1].calls.append(call)
    return found


def _draw_group(canvas: Canvas, row: int, left: int, group: _Group, until: int) -> None:
    room = group.last - group.first
    canvas.put(row, left + group.first, " " * room, "tool.bar")
    sign = "ƒ" if len(group.calls) == 1 else f"ƒ{len(group.calls)}"
    names = _names(group.calls)
    inside = next((name for name in names if len(sign) + 1 + cell_len(name) <= room), "")
    canvas.put(row, left + group.first, clip(f"{sign} {inside}".rstrip(), room) if room > 1 else "ƒ", "tool.bar")
    if inside == names[0]:
        return
    begin = group.last + 1
    outside = next((name for name in names if begin + cell_len(name) + 1 <= until), "")
    if len(outside) > len(inside):
        canvas.put(row, left + group.first, " " * room, "tool.bar")
        canvas.put(row, left + group.first, clip(sign, room) if room > 1 else "ƒ", "tool.bar")
        canvas.put(row, left + begin, outside, "tool")


def _names(calls: Sequence[Called]) -> list[str]:
    """Say what was called, most telling first."""
    call = calls[0]
    if len(calls) > 1:
        return [", ".join(one.name for one in calls), call.name + " …"]
    took = "…" if call.is_open else delay(call.end_ns - call.start_ns)
    return [f"{call.name} {took}", call.name]
