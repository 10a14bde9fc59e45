"""How `show` looks: columns that fit the width, notes under a row, labelled fields, section rules.

Everything a session says goes in as `rich.text.Text` or is made plain first, so that it is never markup.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, RenderResult
from rich.rule import Rule
from rich.text import Text

from rtdebug.units import plain, status

STYLES = {"completed": "green", "cancelled": "yellow", "failed": "bold red", "incomplete": "magenta"}
QUIET, USER, ASSISTANT, TOOL, BAD = "dim", "cyan", "blue", "magenta", "bold red"
_GAP = 2
_INDENT = 4
_WIDEST_BAR = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """Parts of a whole, drawn as wide as there is room."""

    parts: Sequence[tuple[int, str, str]]
    """Each with its pattern and style: patterns tell them apart where there is no colour."""
    most: int
    """What the whole width stands for."""

    def draw(self, width: int) -> Text:
        """Draw it."""
        bar, at, drawn = Text(), 0, 0
        for amount, pattern, style in self.parts:
            at += amount
            end = round(at * width / self.most) if self.most else 0
            bar.append(pattern * (end - drawn), style)
            drawn = end
        return bar


@dataclass(frozen=True, slots=True)
class Column:
    """A column of short cells that never wrap."""

    heading: str
    right: bool = False
    rank: int = 0
    """Columns of the highest rank give way first where the width does not suffice; those of rank 0 stay."""
    style: str = ""


@dataclass(slots=True)
class Rows:
    """A table that drops columns before it breaks cells; longer words stand under their row, bars at its end."""

    columns: Sequence[Column]
    least_bar: int = 8
    """Bars are left out where there are fewer columns for them."""
    rows: list[tuple[list[Text], list[Text], Bar | None]] = field(default_factory=list)

    def add(self, cells: Iterable[str | Text], *notes: str | Text, bar: Bar | None = None) -> None:
        """Add a row, and what is to stand under it and at its end."""
        self.rows.append(([text(cell) for cell in cells], [text(note) for note in notes if note], bar))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw as many columns as fit."""
        widths = self._widths()
        shown = self._fitting(widths, options.max_width)
        room = min(options.max_width - sum(widths[index] + _GAP for index in shown), _WIDEST_BAR)
        head = self._line([Text(self.columns[index].heading, QUIET) for index in shown], shown, widths)
        yield _cut(head, options.max_width)
        for cells, notes, bar in self.rows:
            line = self._line([_styled(cells[index], self.columns[index].style) for index in shown], shown, widths)
            if bar is not None and room >= self.least_bar:
                line.pad_right(sum(widths[index] + _GAP for index in shown) - line.cell_len)
                line.append_text(bar.draw(room))
            yield _cut(line, options.max_width)
            for note in notes:
                yield from _indented(note, _INDENT, console, options)

    def headings(self, width: int) -> list[str]:
        """Name the columns that are drawn where there is so much room."""
        return [self.columns[index].heading for index in self._fitting(self._widths(), width)]

    def _widths(self) -> list[int]:
        return [
            max([len(column.heading), *(cells[index].cell_len for cells, _, _ in self.rows)])
            for index, column in enumerate(self.columns)
        ]

    def _fitting(self, widths: Sequence[int], width: int) -> list[int]:
        shown = [index for index, column in enumerate(self.columns) if column.rank == 0 or not self._is_empty(index)]
        while sum(widths[index] + _GAP for index in shown) - _GAP > width:
            last = max(shown, key=lambda index: (self.columns[index].rank, index))
            if self.columns[last].rank == 0:
                break
            shown.remove(last)
        return shown

    def _is_empty(self, index: int) -> bool:
        return all(cells[index].plain in ("", "-") for cells, _, _ in self.rows)

    def _line(self, cells: Sequence[Text], shown: Sequence[int], widths: Sequence[int]) -> Text:
        line = Text(no_wrap=True, overflow="ellipsis")
        for cell, index in zip(cells, shown, strict=True):
            room = " " * (widths[index] - cell.cell_len)
            line.append(room if self.columns[index].right else "")
            line.append_text(cell)
            line.append(" " * _GAP if self.columns[index].right else room + " " * _GAP)
        return line


@dataclass(frozen=True, slots=True)
class Fields:
    """Labels and what stands beside them, wrapped within its own column."""

    pairs: Sequence[tuple[str | Text, Text]]
    widest: int = 40
    """A label longer than this does not move the column; what stands beside it goes on under it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the pairs that have something to say."""
        said = [(_label(label), value) for label, value in self.pairs if value.plain]
        widest = min(self.widest, options.max_width * 2 // 3)
        indent = max((label.cell_len for label, _ in said if label.cell_len <= widest), default=0) + _GAP
        for label, value in said:
            label.pad_right(max(indent - label.cell_len, _GAP))
            if label.cell_len + value.cell_len <= options.max_width:
                yield _joined(label, value)
            elif label.cell_len > indent:
                yield _joined(label, Text())
                yield from _indented(value, indent, console, options)
            else:
                for number, line in enumerate(_wrapped(value, indent, console, options)):
                    yield _joined(label if number == 0 else Text(" " * indent), line)


@dataclass(frozen=True, slots=True)
class Remark:
    """A line or more on its own; quiet, where it is not styled."""

    words: str | Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        yield from _wrapped(_label(self.words), 0, console, options)


@dataclass(frozen=True, slots=True)
class Legend:
    """What the columns of a table mean: of those that are drawn."""

    table: Rows
    meanings: Mapping[str, str]
    """By heading."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        told = [name for name in self.table.headings(options.max_width) if name in self.meanings]
        yield from _wrapped(_label("; ".join(f"{name}: {self.meanings[name]}" for name in told)), 0, console, options)


def section(title: str) -> Rule:
    """Head a section."""
    return Rule(Text(title, "bold"), align="left", style="dim", characters="─")


def text(value: str | Text) -> Text:
    """Take words that are ours, or a text that was made harmless."""
    return value if isinstance(value, Text) else Text(plain(value))


def status_text(word: str) -> Text:
    """Write how a response ended, in sign, word and colour."""
    return Text(status(word), STYLES.get(word, ""))


def _indented(value: Text, indent: int, console: Console, options: ConsoleOptions) -> Iterator[Text]:
    for line in _wrapped(value, indent, console, options):
        yield _joined(Text(" " * indent), line)


def _wrapped(value: Text, indent: int, console: Console, options: ConsoleOptions) -> Iterator[Text]:
    for line in value.wrap(console, max(20, options.max_width - indent)):
        line.rstrip()
        yield line


def _cut(line: Text, width: int) -> Text:
    line.rstrip()
    line.truncate(width, overflow="ellipsis")
    line.rstrip()
    return line


def _label(label: str | Text) -> Text:
    return label.copy() if isinstance(label, Text) else Text.assemble((label, QUIET))


def _joined(first: Text, second: Text) -> Text:
    """Put two texts on one line, each in its own style."""
    line = Text.assemble(first, second)
    line.rstrip()
    return line


def _styled(cell: Text, style: str) -> Text:
    if style and not cell.style and not cell.spans:
        cell = Text(cell.plain, style)
    return cell
