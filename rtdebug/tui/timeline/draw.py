"""All lanes of a call as lines of text: names left, time to the right."""

from dataclasses import dataclass
from typing import Final

from rtdebug.tui.call.peaks import Track
from rtdebug.tui.cells import Canvas
from rtdebug.tui.timeline.bars import draw_responses, draw_waits
from rtdebug.tui.timeline.lanes import Lanes
from rtdebug.tui.timeline.layout import Kind, Place, arrange
from rtdebug.tui.timeline.points import Point
from rtdebug.tui.timeline.ruler import draw_ruler
from rtdebug.tui.timeline.signs import draw_points
from rtdebug.tui.timeline.spans import Spans
from rtdebug.tui.timeline.strokes import draw_generated, draw_spoken
from rtdebug.tui.timeline.tools import draw_called
from rtdebug.tui.timeline.view import View
from rtdebug.tui.timeline.wave import draw_wave
from rtdebug.units import moment_of

_LABELS: Final[dict[Kind, tuple[str, str]]] = {
    "ruler": ("  time", "quiet"),
    "user": ("◉ user", "user"),
    "spoken": ("  vad", "user.quiet"),
    "assistant": ("◈ assistant", "assistant"),
    "generated": ("  generated", "assistant.quiet"),
    "responses": ("▣ responses", "label"),
    "waits": ("  1st audio", "quiet"),
    "called": ("ƒ tools", "tool"),
    "points": ("⚑ marks", "label"),
}
_WIDE, _NARROW, _SIGN = 13, 12, 2


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to be drawn."""

    lanes: Lanes
    user: Track
    assistant: Track
    unheard: Track
    has_clock: bool = True
    is_growing: bool = False
    """More is to come: what there will be has its place already."""


def left_of(width: int) -> int:
    """Return how many columns the names take."""
    return _WIDE if width >= 100 else _NARROW if width >= 50 else _SIGN


def arranged(scene: Scene, height: int) -> dict[Kind, Place]:
    """Decide which lanes are drawn, and where."""
    lanes = scene.lanes
    has: set[Kind] = {"ruler", "head"}
    has |= {"user", "assistant", "responses", "points"} if scene.is_growing else set()
    has |= {"responses"} if lanes.responses.all else set()
    has |= {"points"} if lanes.points.all else set()
    has |= {"user"} if scene.user.count or lanes.typed.all else set()
    has |= {"assistant"} if scene.assistant.count or scene.unheard.count else set()
    has |= {"spoken"} if lanes.spoken.all else set()
    has |= {"generated"} if lanes.generated.all else set()
    has |= {"called"} if lanes.called.all else set()
    has |= {"waits"} if any(bar.has_audio for bar in lanes.responses.all[:50]) else set()
    most: dict[Kind, int] = {"responses": max(1, lanes.responses.rows), "called": max(1, lanes.called.rows)}
    if not scene.user.count and not scene.is_growing:
        most["user"] = 1
    return arrange(height, has, most)


def draw(scene: Scene, view: View, width: int, height: int) -> Canvas:
    """Draw everything but the playhead."""
    canvas, left = Canvas(width, height), left_of(width)
    if width <= left:
        return canvas
    places, lanes = arranged(scene, height), scene.lanes
    for kind, place in places.items():
        label, style = _LABELS.get(kind, ("", ""))
        if kind == "ruler" and not scene.has_clock:
            label, style = "▲ no times", "warn"
        canvas.put(place.row + (place.rows - 1) // 2, 0, label[: left - 1], style)
    if "ruler" in places:
        draw_ruler(canvas, places["ruler"].row, left, view)
    _draw_sound(canvas, places, left, scene, view)
    if "spoken" in places:
        draw_spoken(canvas, places["spoken"].row, left, view, lanes.spoken)
    if "generated" in places:
        draw_generated(canvas, places["generated"].row, left, view, lanes.generated)
    if "responses" in places:
        draw_responses(canvas, places["responses"], left, view, lanes.responses, says_wait="waits" not in places)
    if "waits" in places:
        draw_waits(canvas, places["waits"].row, left, view, lanes.responses)
    if "called" in places:
        draw_called(canvas, places["called"], left, view, lanes.called)
    if "points" in places:
        draw_points(canvas, places["points"].row, left, view, lanes.points)
    return canvas


def _draw_sound(canvas: Canvas, places: dict[Kind, Place], left: int, scene: Scene, view: View) -> None:
    width = canvas.width - left
    if "user" in places:
        place = places["user"]
        levels = scene.user.columns(view.start_ns, view.span_ns, width)
        draw_wave(canvas, place.row, left, place.rows, levels, "user", None)
        _draw_typed(canvas, place.row, left, view, scene.lanes.typed)
    if "assistant" in places:
        place = places["assistant"]
        levels = scene.assistant.columns(view.start_ns, view.span_ns, width)
        ghost = scene.unheard.columns(view.start_ns, view.span_ns, width)
        draw_wave(canvas, place.row, left, place.rows, levels, "assistant", ghost)


def _draw_typed(canvas: Canvas, row: int, left: int, view: View, lane: Spans[Point]) -> None:
    """Write what the user typed where it was sent."""
    draw_points(canvas, row, left, view, lane)


def draw_head(view: View, width: int, head_ns: int, sign: str = "▲") -> tuple[int, str]:
    """Return what the playhead says of itself, and the column where that begins."""
    left = left_of(width)
    column = left + min(view.column(head_ns, max(1, width - left)), width - left - 1)
    time = moment_of(head_ns) if head_ns >= 60 * 10**9 else f"{moment_of(head_ns)} s"
    if column + 2 + len(time) <= width:
        return column, f"{sign} {time}"
    return max(0, column - len(time) - 1), f"{time} {sign}"


def under_head(char: str) -> str:
    """Return what is drawn where the playhead crosses a cell: it never hides a letter or a sign."""
    return "│" if char in _CROSSED else char


_CROSSED: Final = frozenset(" ─━╌╰╯┬▁▂▃▄▅▆▇█░")


def lines_of_use(scene: Scene) -> int:
    """Say how many rows the lanes can make good use of."""
    return sum(place.rows for place in arranged(scene, _MOST_ROWS).values())


_MOST_ROWS: Final = 22
