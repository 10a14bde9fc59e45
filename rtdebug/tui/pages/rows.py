"""One line of a page."""

from dataclasses import dataclass

from rtdebug.tui.cells import Line


@dataclass(frozen=True, slots=True)
class Row:
    """A line, and the entry it rests on."""

    line: Line
    seq: int | None = None


def text(words: str, style: str = "", *, seq: int | None = None) -> Row:
    """Make a row of one piece; the words are harmless already."""
    return Row(((words, style),), seq)


BLANK = Row(())
