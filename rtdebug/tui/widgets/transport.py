"""The line that tells where a call is played: position, length, speed, what comes next, and what it is heard by."""

from collections.abc import Callable

from rtdebug.tui.call.playhead import MOMENTS, Marks, Moment, Playhead
from rtdebug.tui.cells import Line, Piece, cells, clip
from rtdebug.tui.sound import manner
from rtdebug.tui.widgets.block import Block
from rtdebug.units import duration, moment_of

_SIGNS: dict[Moment, tuple[str, str]] = {
    "response": ("▸ response", "good"),
    "turn": ("◉ turn", "user"),
    "error": ("▲ error", "bad"),
    "finding": ("⚑ finding", "warn"),
}
_SHORTEST_BAR = 12
_TIMES = "\u00d7"


def transport(playhead: Playhead, now_ns: int, among: Marks, sound: str, width: int, *, notice: str = "") -> Line:
    """Draw the line; where there is little room, what comes next goes first, then the bar."""
    at_ns = playhead.at(now_ns)
    left = _position(playhead, at_ns)
    heard = manner(playhead.speed) or sound
    right: list[Piece] = [("  ", ""), (clip(notice or heard, 48), "warn" if notice else "quiet"), (" ", "")]
    for kind in reversed(MOMENTS):
        at = among.after(kind, at_ns)
        words, style = _SIGNS[kind]
        piece: list[Piece] = [("  ", ""), (words, style), (f" {moment_of(at)}", "label")] if at is not None else []
        if cells(left) + cells(piece) + cells(right) + _SHORTEST_BAR + 2 <= width:
            right = [*piece, *right]
    room = width - cells(left) - cells(right) - 2
    if room < _SHORTEST_BAR:
        return [*left, (" " * max(0, room + 2), ""), *right]
    return [*left, ("  ", ""), *_bar(at_ns, playhead.end_ns, room), *right]


def _position(playhead: Playhead, at_ns: int) -> list[Piece]:
    sign, style = ("▶", "good") if playhead.playing else ("❚❚", "label")
    word = "live" if playhead.following else f"{playhead.speed:g}{_TIMES}"
    return [
        (f" {sign:<2} ", style),
        (f"{moment_of(at_ns):>7}", "head"),
        (f" / {duration(playhead.end_ns)}", "label"),
        ("  ", ""),
        (f"◉ {word}" if playhead.following else f"{word:<5}", "live" if playhead.following else "strong"),
    ]


def _bar(at_ns: int, end_ns: int, width: int) -> list[Piece]:
    place = min(width - 1, at_ns * width // end_ns) if end_ns else 0
    return [("━" * place, "assistant"), ("●", "head"), ("─" * (width - 1 - place), "faint")]


class Transport(Block):
    """Shows a playhead; whoever moves it asks for it to be drawn again."""

    def __init__(
        self,
        playhead: Playhead,
        *,
        now_ns: Callable[[], int],
        among: Callable[[], Marks] = Marks,
        sound: Callable[[], tuple[str, str]] = lambda: ("", ""),
        id: str | None = None,
    ) -> None:
        super().__init__(self._lines, id=id)
        self.playhead = playhead
        self._now_ns, self._among, self._sound = now_ns, among, sound

    def _lines(self, width: int) -> list[Line]:
        name, notice = self._sound()
        return [transport(self.playhead, self._now_ns(), self._among(), name, width, notice=notice)]
