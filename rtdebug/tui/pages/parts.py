"""What pages are put together from: headings, labelled values, words that wrap, bars. Every row fits its width."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from rtdebug.tui.cells import Line, Piece, cells, clip, fit, fit_right, tame, wrap
from rtdebug.tui.pages.rows import BLANK, Row
from rtdebug.units import status

LABEL: Final = 13
"""Cells of a label, the blank after it counted."""
_LONGEST = 4000
"""Characters of one text that a page shows; the entry it rests on has the rest."""
_STATUS_STYLES: Final = {
    "completed": "good",
    "cancelled": "warn",
    "incomplete": "warn",
    "failed": "bad",
    "in_progress": "assistant",
}


def status_style(word: str) -> str:
    """Name the style of a response's status."""
    return _STATUS_STYLES.get(word, "")


def sign(word: str) -> Piece:
    """Return the sign of a response's status."""
    return status(word).split(" ")[0], status_style(word)


def words(text: str, most: int = _LONGEST) -> str:
    """Make text from the wire harmless, and no longer than a page may show."""
    return tame(text[: most + 1] if len(text) <= most else text[:most] + "…")


def cut(line: Line, width: int) -> Line:
    """Cut a line to so many cells."""
    if cells(line) <= width:
        return line
    found: list[Piece] = []
    left = width
    for text, style in line:
        kept = clip(text, left)
        found.append((kept, style))
        left -= cells(((kept, style),))
        if kept != text or left <= 0:
            break
    return tuple(found)


def spread(left: Line, right: Line, width: int) -> Line:
    """Put one thing at the left and another at the right end; the left one is cut where there is no room."""
    right = cut(right, width)
    room = width - cells(right) - 1
    if room < 4 and left:
        return cut(left, width)
    left = cut(left, room)
    return (*left, (" " * (width - cells(left) - cells(right)), ""), *right)


def section(title: str, width: int, note: str = "", *, seq: int | None = None) -> list[Row]:
    """Begin a part of a page: a blank line, its title, a rule, and a note at the end of it."""
    note = clip(note, max(0, width - len(title) - 4))
    rule = width - len(title) - cells(((note, ""),)) - (2 if note else 1)
    line: list[Piece] = [(clip(title, width), "title"), (" " + "─" * max(0, rule), "faint")]
    if note:
        line.append((f" {note}", "quiet"))
    return [BLANK, Row(cut(line, width), seq)]


def field(
    label: str,
    value: str,
    width: int,
    *,
    style: str = "",
    note: str = "",
    seq: int | None = None,
    label_width: int = LABEL,
    most: int = 0,
) -> list[Row]:
    """Write a label and a value (harmless already) that wraps beside it, at most `most` lines of it.

    A note follows quietly, where there is room on the line or else below.
    """
    label_width = min(label_width, max(6, width // 2))
    room = max(1, width - label_width)
    lines = wrap(value, room, style)
    if most and len(lines) > most:
        last = lines[most - 1][0][0]
        lines = [*lines[: most - 1], ((clip(last + " …", room), style),)]
    if note:
        if cells(lines[-1]) + 2 + cells(((note, ""),)) <= room:
            lines[-1] = (*lines[-1], (f"  {note}", "quiet"))
        else:
            lines += wrap(note, room, "quiet")
    heads = [fit(label, label_width - 1) + " ", *[" " * label_width] * (len(lines) - 1)]
    return [Row(cut(((head, "label"), *line), width), seq) for head, line in zip(heads, lines, strict=True)]


def figure(label: str, value: str, width: int, *, note: str = "", style: str = "", seq: int | None = None) -> list[Row]:
    """Write a label, a number at the right of its column, and what it means, where there is room for that."""
    label_width = min(LABEL, max(6, width // 2))
    size = min(9, max(1, width - label_width))
    head: Line = ((fit(label, label_width), "label"), (fit_right(value, size), style))
    room = width - label_width - size - 2
    if not note or (room < 24 and len(note) > room):
        return [Row(head, seq)]
    notes = wrap(note, room, "quiet")
    indent = " " * (label_width + size + 2)
    return [Row((*head, ("  ", ""), *notes[0]), seq), *(Row(((indent, ""), *line), seq) for line in notes[1:])]


def paragraph(text: str, width: int, style: str = "", *, indent: int = 0, seq: int | None = None) -> list[Row]:
    """Write harmless words over as many lines as they need."""
    indent = min(indent, width // 2)
    return [Row(((" " * indent, ""), *line), seq) for line in wrap(text, max(1, width - indent), style)]


def columns(cells_: Iterable[tuple[str, int, str]], *, gap: int = 2) -> Line:
    """Write cells of a table: text, width (below 0 it stands at the right), style."""
    found: list[Piece] = []
    for text, width, style in cells_:
        if found:
            found.append((" " * gap, ""))
        found.append((fit(text, width) if width >= 0 else fit_right(text, -width), style))
    return tuple(found)


def stacked(parts: Sequence[tuple[int, str, str]], most: int, width: int) -> Line:
    """Draw parts of a whole (amount, letter, style) as one thin bar; `most` is as wide as `width`.

    Each part begins with its letter where it has room for it, so that it is known without its colour.
    """
    found: list[Piece] = []
    at, drawn = 0, 0
    for amount, letter, style in parts:
        at += max(0, amount)
        end = min(width, round(at * width / most)) if most > 0 else 0
        end = max(end, min(width, drawn + 1)) if amount > 0 else max(end, drawn)
        room = end - drawn
        if room > 0:
            found.append((letter + "━" * (room - 1) if room > 1 else "━", style))
        drawn = end
    return tuple(found)


_STEPS: Final = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[int], width: int) -> str:
    """Draw values as heights from 0 up; of more values than there are cells, the highest of each few."""
    if not values or width <= 0:
        return ""
    if len(values) > width:
        edges = [index * len(values) // width for index in range(width + 1)]
        values = [max(values[start:end]) for start, end in pairwise(edges)]
    most = max(1, *values)
    return "".join(_STEPS[min(7, max(0, value) * 7 // most)] for value in values)


def numbers(session_responses: Iterable[str]) -> dict[str, int]:
    """Number responses as every report does: from 1, in the order in which they began."""
    return {id_: number for number, id_ in enumerate(session_responses, 1)}


def entry(seq: int | None) -> str:
    """Name an entry: `#156`."""
    return "" if seq is None else f"#{seq}"
