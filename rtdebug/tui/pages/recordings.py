"""The list of recordings: its columns, as many as there is room for, and the lines of one recording."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from rtdebug.clock import wall_text
from rtdebug.diagnosis.finding import Severity
from rtdebug.tui.call.book import Book
from rtdebug.tui.cells import Line, Piece, cells, clip, clip_start, fit, fit_right, joined, tame
from rtdebug.tui.pages.findings import SIGNS
from rtdebug.units import NONE, count, dollars, duration, status

_STAMPED: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z_")
_GAP: Final = "  "
_NOT_YET: Final = "…"
_STATUS_STYLES: Final[Mapping[str, str]] = {
    "completed": "good",
    "cancelled": "warn",
    "incomplete": "warn",
    "failed": "bad",
    "in_progress": "assistant",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One fact about each recording."""

    heading: str
    width: int
    """Cells, at least."""
    cell: Callable[[Book, int], Line]
    """Draw it, given the wall clock."""
    from_width: int = 0
    """The room from which it is shown."""
    until: int = 1 << 16
    """The room from which others say it better."""
    share: int = 0
    """Its part of what room is left."""
    right: bool = False
    clip: Callable[[str, int], str] = clip
    """Cuts what is too long for it."""

    @property
    def sort(self) -> str:
        """What a list is sorted by that is sorted by it."""
        return self.heading.split(" ", 1)[0]


def layout(width: int) -> list[tuple[Column, int]]:
    """Choose the columns for so many cells, and how wide each is."""
    shown = [column for column in COLUMNS if column.from_width <= width < column.until]
    spare = width - 2 - sum(column.width for column in shown) - len(_GAP) * (len(shown) - 1)
    shares = sum(column.share for column in shown)
    found = []
    for column in shown:
        more = spare * column.share // shares if column.share else 0
        spare, shares = spare - more, shares - column.share
        found.append((column, max(1, column.width + more)))
    return found


def heading(width: int, sort: str = "") -> Line:
    """Name the columns; the one that the list is sorted by carries a sign."""
    pieces: list[Piece] = [("  ", "")]
    for number, (column, cells_) in enumerate(layout(width)):
        by = column.sort == sort
        put = fit_right if column.right else fit
        words = _marked(column, cells_) if by else column.heading
        pieces += [(_GAP if number else "", ""), (put(words, cells_), "title" if by else "label")]
    return pieces


def _marked(column: Column, room: int) -> str:
    """Put a sign to a heading, in the place of its last letter where it must be."""
    if column.right:
        return f"▾ {column.heading}"
    words = f"{column.heading} ▾"
    return words if len(words) <= room else f"{column.heading[: room - 1]}▾"


def row(book: Book, width: int, now_ns: int) -> Line:
    """Draw a recording's line."""
    if book.problem:
        return _broken(book, width)
    pieces: list[Piece] = [_sign(book)]
    for number, (column, cells_) in enumerate(layout(width)):
        pieces.append((_GAP if number else "", ""))
        pieces += _fitted(column, column.cell(book, now_ns), cells_)
    return pieces


def _sign(book: Book) -> Piece:
    if book.live:
        return "◉ ", "live"
    if book.gaps or any(word == "failed" for word in book.responses):
        return "▲ ", "bad"
    if book.errors:
        return "▲ ", "warn"
    return "  ", ""


def _broken(book: Book, width: int) -> Line:
    name_width = layout(width)[0][1]
    room = max(1, width - 4 - name_width)
    return [
        ("✕ ", "bad"),
        (fit(_clip_name(_tidy_name(book), name_width), name_width), "quiet"),
        (_GAP, ""),
        (clip(tame(book.problem, room), room), "bad"),
    ]


def _fitted(column: Column, line: Line, width: int) -> list[Piece]:
    """Bring a cell to its width, cutting its last piece where it must be."""
    kept: list[Piece] = []
    left = width
    for text, style in line:
        part = column.clip(text, left)
        kept.append((part, style))
        left -= cells(((part, ""),))
        if part != text or left <= 0:
            break
    filler = (" " * max(0, left), "")
    return [filler, *kept] if column.right else [*kept, filler]


# The cells.


def _tidy_name(book: Book) -> str:
    """Name a recording; the time that its name begins with has a column of its own."""
    found = _STAMPED.match(book.name)
    return tame(book.name[found.end() :] if found else book.name)


def _clip_name(name: str, most: int) -> str:
    """Cut a name; one that is a way tells most at its end, the others of the folder begin alike."""
    return clip_start(name, most) if "/" in name else clip(name, most)


def _name(book: Book, _: int) -> Line:
    return ((_tidy_name(book), "strong"),)


def _name_and_time(book: Book, _: int) -> Line:
    if _STAMPED.match(book.name) is None or not book.started_ns:
        return ((tame(book.name), "strong"),)
    return ((wall_text(book.started_ns)[5:16].replace("T", " ") + " ", "label"), (_tidy_name(book), "strong"))


def _started(book: Book, _: int) -> Line:
    return ((wall_text(book.started_ns)[:19].replace("T", " ") if book.started_ns else NONE, "label"),)


def _started_short(book: Book, _: int) -> Line:
    return ((wall_text(book.started_ns)[5:16].replace("T", " ") if book.started_ns else NONE, "label"),)


def _took(book: Book, now_ns: int) -> Line:
    if book.summary is None:
        return ((_NOT_YET, "faint"),)
    found = book.took_ns(now_ns)
    if found is None:
        return ((NONE, "quiet"),)
    return (
        (
            duration(found // 1_000_000_000 * 1_000_000_000) if book.live else duration(found),
            "live" if book.live else "",
        ),
    )


def _model(book: Book, _: int) -> Line:
    return ((tame(book.model, 60) or NONE, ""),)


def _dialect(book: Book, _: int) -> Line:
    return ((tame(book.dialect) or (_NOT_YET if book.facts is None else NONE), "label"),)


def _turns(book: Book, _: int) -> Line:
    return ((str(book.facts.turns), "") if book.facts is not None else (_NOT_YET, "faint"),)


def _events(book: Book, _: int) -> Line:
    if book.summary is None:
        return ((_NOT_YET, "faint"),)
    counted = book.summary.messages
    about = "≈" if book.summary.is_estimate else ""
    return ((f"{about}{counted:,}" if counted is not None else NONE, "label"),)


def _responses(book: Book, _: int) -> Line:
    return _statuses(book, lambda word: status(word).split(" ", 1)[0])


def _responses_in_words(book: Book, _: int) -> Line:
    return _statuses(book, status)


def _statuses(book: Book, write: Callable[[str], str]) -> Line:
    counted = book.responses
    if not counted:
        return (
            (_NOT_YET, "faint") if book.facts is None and book.ending in ("", "live", "cut off") else (NONE, "quiet"),
        )
    pieces: list[Piece] = []
    for word, number in sorted(counted.items()):
        pieces += [
            ("  " if pieces else "", ""),
            (f"{number} {tame(write(word[:48]), 24)}", _STATUS_STYLES.get(word, "")),
        ]
    return pieces


def _price(book: Book, _: int) -> Line:
    if book.facts is None:
        return ((_NOT_YET, "faint"),)
    price: Decimal | None = book.facts.price
    return ((dollars(price), "" if price is not None else "quiet"),)


def _findings(book: Book, _: int) -> Line:
    return _by_severity(book, lambda number, _: str(number))


def _findings_in_words(book: Book, _: int) -> Line:
    return _by_severity(book, count)


def _by_severity(book: Book, write: Callable[[int, str], str]) -> Line:
    """Count errors and warnings; nothing for none, and for what is still being written."""
    verdict = book.verdict
    if book.live or verdict is None:
        return () if book.live else ((_NOT_YET, "faint"),)
    if not verdict.is_known:
        return ((NONE, "quiet"),)
    pieces: list[Piece] = []
    counted: Sequence[tuple[Severity, int]] = (("error", verdict.errors), ("warning", verdict.warnings))
    for severity, number in counted:
        sign, style = SIGNS[severity]
        if number:
            pieces += [("  " if pieces else "", ""), (f"{sign[0]} {write(number, severity)}", style)]
    return pieces


def _trouble(book: Book) -> Line:
    """Say what went wrong in it, nothing where nothing did."""
    wrong, missing = book.errors, book.gaps
    told = [(count(wrong, "error"), "warn")] if wrong else []
    told += [(count(missing, "gap"), "bad")] if missing else []
    return joined(piece for number, one in enumerate(told) for piece in ((", " if number else "", "quiet"), one))


def _troubles(book: Book, _: int) -> Line:
    return _trouble(book) or ((NONE, "quiet"),)


def _ended(book: Book, _: int) -> Line:
    if book.summary is None:
        return ((_NOT_YET, "faint"),)
    if book.live:
        return (("◉ live", "live"),)
    if not book.summary.complete:
        return (("✂ cut off", "warn"),)
    return ((tame(book.summary.ending, 80), "label"),)


def _ended_and_trouble(book: Book, now_ns: int) -> Line:
    trouble = _trouble(book)
    return (*trouble, (" · ", "quiet"), *_ended(book, now_ns)) if trouble else _ended(book, now_ns)


_TWO, _ALL, _MORE = 117, 190, 215
"""The room from which there are more columns (a terminal of 120), and all, and words where signs were."""
COLUMNS: Final[Sequence[Column]] = (
    Column("name", 24, _name_and_time, until=_TWO, share=3, clip=_clip_name),
    Column("name", 17, _name, _TWO, share=4, clip=_clip_name),
    Column("started", 11, _started_short, _TWO, _ALL),
    Column("started (UTC)", 19, _started, _ALL),
    Column("took", 7, _took, right=True),
    Column("model", 16, _model, 95, share=1),
    Column("dialect", 7, _dialect, _ALL),
    Column("turns", 5, _turns, _TWO, right=True),
    Column("events", 7, _events, _ALL, right=True),
    Column("responses", 9, _responses, until=_ALL, share=1),
    Column("responses", 28, _responses_in_words, _ALL, share=1),
    Column("findings", 9, _findings, 77, _TWO),
    Column("findings", 8, _findings, _TWO, _MORE),
    Column("findings", 23, _findings_in_words, _MORE),
    Column("price", 8, _price, 105, right=True),
    Column("errors", 15, _troubles, _ALL),
    Column("ended", 18, _ended_and_trouble, until=_ALL, share=2),
    Column("ended", 18, _ended, _ALL, share=1),
)
