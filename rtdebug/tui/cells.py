"""Lines of text with named styles: what every drawing of the screens is made of. Pure.

Text from the wire goes through `tame` before it is drawn; nothing else makes it harmless.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.cells import cell_len, set_cell_size

from rtdebug.units import plain

Piece = tuple[str, str]
"""Text and the name of its style, one of those in palette.py."""
Line = Sequence[Piece]

_WIDENS: Final = str.maketrans({"\ufe0f": "", "\ufe0e": "", "\u20e3": ""})
"""Signs that make a terminal draw the character before them at another width than it counts."""


def tame(text: str, most: int = 0) -> str:
    """Make text from the wire one harmless line, of at most `most` cells where that is given."""
    if most and len(text) > 4 * most + 64:
        text = text[: 4 * most + 64]
    line = plain(" ".join(text.split())).translate(_WIDENS)
    return clip(line, most) if most else line


def clip(text: str, most: int) -> str:
    """Cut text to so many cells; an ellipsis says that there was more."""
    if cell_len(text) <= most:
        return text
    return set_cell_size(text, max(0, most - 1)).rstrip() + "…" if most > 0 else ""


def clip_start(text: str, most: int) -> str:
    """Cut text to so many cells at its start; an ellipsis says that there was more."""
    if cell_len(text) <= most:
        return text
    kept = text[-most:] if most > 0 else ""
    while cell_len(kept) >= most > 0:
        kept = kept[1:]
    return f"…{kept}" if most > 0 else ""


def fit(text: str, cells: int) -> str:
    """Cut or fill text to exactly so many cells."""
    return set_cell_size(clip(text, cells), cells)


def fit_right(text: str, cells: int) -> str:
    """Cut text to so many cells, or fill it from the left."""
    cut = clip(text, cells)
    return " " * (cells - cell_len(cut)) + cut


def cells(line: Line) -> int:
    """Count the cells of a line."""
    return sum(cell_len(text) for text, _ in line)


def text_of(line: Line) -> str:
    """Return a line without its styles."""
    return "".join(text for text, _ in line)


def wrap(text: str, width: int, style: str = "") -> list[Line]:
    """Break harmless text into lines of at most `width` cells, at spaces where there are some."""
    lines: list[Line] = []
    current = ""
    for word in text.split(" "):
        longer = f"{current} {word}" if current else word
        if cell_len(longer) <= width:
            current = longer
            continue
        if current:
            lines.append(((current, style),))
        while cell_len(word) > width > 0:
            head = _head(word, width)
            lines.append(((head, style),))
            word = word[len(head) :]
        current = word
    lines.append(((current, style),))
    return lines


def _head(word: str, width: int) -> str:
    """Return as much of a word as fits; at least a character, so that it always goes on."""
    end = width
    while end > 1 and cell_len(word[:end]) > width:
        end -= 1
    return word[:end]


class Canvas:
    """A grid of cells to draw on, one style each. What falls outside is not drawn."""

    def __init__(self, width: int, height: int) -> None:
        """Begin with blank cells."""
        self.width = max(0, width)
        self.height = max(0, height)
        self._chars = [[" "] * self.width for _ in range(self.height)]
        self._styles = [[""] * self.width for _ in range(self.height)]

    def put(self, row: int, column: int, text: str, style: str = "") -> None:
        """Write text from a cell on; a wide character takes two cells, one without width none."""
        if not 0 <= row < self.height:
            return
        at = column
        for char in text:
            cells = 1 if char < "\u0300" else cell_len(char)
            if cells == 1:
                self._set(row, at, char, style)
            elif cells == 2 and at >= 0 and at + 1 < self.width:
                self._set(row, at, char, style)
                self._set(row, at + 1, "", style)
                self._chars[row][at] = char
            at += cells

    def _set(self, row: int, at: int, char: str, style: str) -> None:
        """Fill one cell; half of a wide character that stood there becomes blank."""
        if not 0 <= at < self.width:
            return
        chars = self._chars[row]
        if chars[at] == "" and at > 0:
            chars[at - 1] = " "
        if at + 1 < self.width and chars[at + 1] == "":
            chars[at + 1] = " "
        chars[at], self._styles[row][at] = char, style

    def style(self, row: int, column: int, style: str) -> None:
        """Give a cell another style."""
        if 0 <= row < self.height and 0 <= column < self.width:
            self._styles[row][column] = style

    def char(self, row: int, column: int) -> str:
        """Return the character of a cell, "" outside."""
        return self._chars[row][column] if 0 <= row < self.height and 0 <= column < self.width else ""

    def lines(self) -> list[Line]:
        """Return the rows, neighbours of one style joined."""
        return [
            joined(zip(chars, styles, strict=True)) for chars, styles in zip(self._chars, self._styles, strict=True)
        ]


def joined(pieces: Iterable[Piece]) -> Line:
    """Join neighbours of one style."""
    found: list[Piece] = []
    text, style = "", ""
    for char, next_style in pieces:
        if text and next_style != style:
            found.append((text, style))
            text = ""
        text, style = text + char, next_style
    if text:
        found.append((text, style))
    return tuple(found)
