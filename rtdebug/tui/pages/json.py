"""A message as lines: its JSON as it is kept, coloured where it is seen. Pure; a line is drawn when it is asked for.

What is not JSON is shown as text, what is not text as bytes.
"""

import re
from typing import Final

import numpy as np

from rtdebug.protocol.reading import loads
from rtdebug.tui.cells import Line, clip, fit_right, wrap
from rtdebug.tui.pages.layout import Layout
from rtdebug.tui.pages.tokens import IN_A_ROW, Note, aside, coloured, cut, harmless, hexadecimal, marked, noted
from rtdebug.units import count

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"\s*:\s*("(?:[^"\\]|\\.)*")|\s*("(?:[^"\\]|\\.)*")')
_MOST_OPEN: Final = 1 << 16
"""Bytes of a string that are shown when it is laid open."""


class Document:
    """A message, on lines. `line` draws one; a line may be folded away or laid open."""

    def __init__(
        self, text: bytes, *, is_json: bool = True, head: tuple[Line, ...] = (), note: Note | None = None
    ) -> None:
        """Find the lines; `head` stands above them."""
        self.text = text
        self.head = head
        self.is_json = is_json
        self._note = note
        self._layout = Layout(text) if is_json else _plain_lines(text)
        self._folded: dict[int, int] = {}
        self._open: dict[int, list[Line]] = {}
        self._shown: np.ndarray[tuple[int], np.dtype[np.int64]] | None = None
        self._tops: np.ndarray[tuple[int], np.dtype[np.int64]] | None = None
        self._number_cells = len(str(len(self)))

    def __len__(self) -> int:
        if not self.text:
            return 0
        if self._layout is None:
            return -(-len(self.text) // IN_A_ROW)
        return len(self._layout)

    # Rows: the head, then the lines that are not folded away, each with what was laid open below it.

    def count(self) -> int:
        """Say how many rows there are."""
        if self._tops is not None and len(self._tops):
            last = int(self._shown[-1]) if self._shown is not None else len(self._tops) - 1
            return len(self.head) + int(self._tops[-1]) + 1 + len(self._open.get(last, ()))
        return len(self.head) + (len(self) if self._shown is None else len(self._shown))

    def where(self, row: int) -> tuple[int, int]:
        """Return the line of a row, -1 for the head, and how far below the line it is."""
        row -= len(self.head)
        if row < 0:
            return -1, 0
        shown, below = row, 0
        if self._tops is not None:
            shown = int(np.searchsorted(self._tops, row, "right")) - 1
            below = row - int(self._tops[shown])
        return (shown if self._shown is None else int(self._shown[shown])), below

    def row_of(self, line: int) -> int:
        """Return the row a line stands in, or what it is folded into."""
        shown = line
        if self._shown is not None:
            shown = max(0, int(np.searchsorted(self._shown, line, "right")) - 1)
        return len(self.head) + (shown if self._tops is None else int(self._tops[shown]))

    def toggle(self, row: int, width: int) -> None:
        """Fold or unfold what a line opens, or lay a long string open below its line."""
        line = self.where(row)[0] if row < self.count() else -1
        if line < 0 or self._layout is None:
            return
        if line in self._folded:
            del self._folded[line]
        elif line in self._open:
            del self._open[line]
        elif self.is_json and (end := self._layout.end_of(line)) > line:
            self._folded[line] = end
        elif rows := self._laid_open(line, width):
            self._open[line] = rows
        self._lay()

    def fold_all(self) -> None:
        """Fold what stands one step in, or unfold everything."""
        if self._folded:
            self._folded.clear()
        elif self._layout is not None and self.is_json:
            line = 1
            while line < len(self._layout) and len(self._folded) < 1000:
                end = self._layout.end_of(line)
                if end > line:
                    self._folded[line] = end
                line = end + 1
        self._lay()

    def unfold_to(self, line: int) -> None:
        """Make a line be seen."""
        hiding = [first for first, end in self._folded.items() if first < line <= end]
        for first in hiding:
            del self._folded[first]
        if hiding:
            self._lay()

    def closed(self) -> None:
        """Fold what was laid open: it was wrapped at another width."""
        self._open.clear()
        self._lay()

    def _lay(self) -> None:
        self._shown = self._tops = None
        if self._folded:
            is_shown = np.ones(len(self), dtype=np.bool_)
            for first, end in self._folded.items():
                is_shown[first + 1 : end + 1] = False
            self._shown = np.flatnonzero(is_shown)
        if self._open:
            heights = np.ones(len(self) if self._shown is None else len(self._shown), dtype=np.int64)
            for line, rows in self._open.items():
                shown = line if self._shown is None else int(np.searchsorted(self._shown, line))
                if self._shown is None or (shown < len(heights) and self._shown[shown] == line):
                    heights[shown] += len(rows)
            self._tops = np.cumsum(heights) - heights

    # Words.

    def find(self, word: str, start: int, way: int) -> int | None:
        """Find a word from a byte on, or backwards before it; big and small letters are alike."""
        needle = word.lower().encode()
        found = self._small.find(needle, start) if way > 0 else self._small.rfind(needle, 0, max(0, start))
        return None if found < 0 or not needle else found

    def times(self, word: str) -> int:
        """Count how often a word stands in it."""
        return self._small.count(word.lower().encode()) if word else 0

    @property
    def _small(self) -> bytes:
        small: bytes | None = getattr(self, "_small_text", None)
        if small is None:
            small = self._small_text = self.text.lower()
        return small

    def line_at(self, offset: int) -> int:
        """Return the line a byte is on."""
        return offset // IN_A_ROW if self._layout is None else self._layout.line_at(offset)

    def span(self, line: int) -> tuple[int, int]:
        """Return where a line begins and ends, in bytes."""
        if self._layout is None:
            return line * IN_A_ROW, min(len(self.text), (line + 1) * IN_A_ROW)
        return self._layout.span(line)

    # Drawing.

    def row(self, row: int, width: int, word: str = "") -> Line:
        """Draw a row; a word that is searched for is marked."""
        if row < len(self.head):
            return self.head[row]
        line, below = self.where(row)
        gutter = f"{fit_right(str(line + 1) if not below else '', self._number_cells + 1)} "
        room = width - len(gutter)
        if below:
            opened = self._open.get(line, [])
            pieces: Line = [("│ ", "json.line"), *(opened[below - 1] if below <= len(opened) else ())]
        elif self._layout is None:
            pieces = hexadecimal(self.text, line)
        else:
            pieces = self._drawn(self._layout, line, room)
        return [(gutter, "json.line"), *marked(pieces, word)]

    def _drawn(self, layout: Layout, line: int, room: int) -> Line:
        start, end = layout.span(line)
        indent = "  " * min(layout.depth(line), max(0, room // 4)) if self.is_json else ""
        if self._note is not None and start <= self._note.at < end:
            return [(indent, ""), *noted(self.text[start:end], self._note, start, room - len(indent))]
        cells = max(1, room - len(indent))
        raw = self.text[start : min(end, start + 4 * cells + 256)]
        text = harmless(raw.decode("utf-8", "replace"))
        if not self.is_json:
            return [(clip(text, cells), "")]
        if line in self._folded:
            hidden = count(self._folded[line] - line - 1, "line")
            first, last = layout.span(self._folded[line])
            closing = self.text[first:last][:8].decode("utf-8", "replace").strip()
            return [(indent, ""), *coloured(text), (f" {aside(hidden)} ", "json.note"), (closing, "json.mark")]
        if end - start <= cells and len(text) <= cells:
            return [(indent, ""), *coloured(text)]
        return [(indent, ""), *cut(text, cells, end - start)]

    def _depth(self, line: int) -> int:
        return 0 if self._layout is None else self._layout.depth(line)

    def _laid_open(self, line: int, width: int) -> list[Line]:
        """Write out the string of a line: with its line breaks, and as JSON where it is JSON itself."""
        start, end = self.span(line)
        room = max(10, width - self._number_cells - 4)
        text = self.text[start : min(end, start + _MOST_OPEN)]
        left = end - start - len(text)
        said = text.decode("utf-8", "replace") if not self.is_json else _string_in(text, is_cut=left > 0)
        inner = None if said is None else _json_in(said)
        is_seen = end - start + 2 * self._depth(line) <= room
        if said is None or (inner is None and is_seen and "\n" not in said):
            return []
        if inner is not None:
            lines = [inner.row(row, max(room, 10_000)) for row in range(inner.count())]
            rows: list[Line] = [row[1:] for row in lines]
        else:
            rows = [row for part in said.split("\n") for row in wrap(harmless(part), room, "json.string")]
        return [*rows, ((f"… {count(left, 'byte')} more", "json.note"),)] if left else rows


def _string_in(text: bytes, *, is_cut: bool) -> str | None:
    """Read the string that a line holds, None where it holds none."""
    found = _STRING.match(text.strip() + (b'"' if is_cut else b""))
    if found is None:
        return None
    try:
        said = loads(found[1] or found[2])
    except ValueError:
        return None
    return said if isinstance(said, str) else None


def _json_in(said: str) -> Document | None:
    if not said.lstrip().startswith(("{", "[")):
        return None
    try:
        loads(said.encode())
    except (ValueError, UnicodeEncodeError):
        return None
    return Document(said.encode())


def _plain_lines(text: bytes) -> Layout | None:
    """Find the lines of what is no JSON, None where it is no text at all."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return None
    layout = Layout(b"")
    data = np.frombuffer(text, dtype=np.uint8)
    layout.text = text
    breaks = np.flatnonzero(data == 10) + 1
    layout.starts = np.concatenate((np.zeros(1, dtype=np.int64), breaks[breaks < len(text)]))
    layout.depths = np.zeros(len(layout.starts), dtype=np.int64)
    return layout
