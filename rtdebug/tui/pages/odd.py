"""The page of what is odd: errors, failures, gaps, unknown events, what reading met, what the recording lacks."""

from collections.abc import Iterator

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.trouble import Trouble, troubles
from rtdebug.reports.words import ending
from rtdebug.tui.cells import Piece
from rtdebug.tui.pages.parts import cut, entry, paragraph, section, spread, words
from rtdebug.tui.pages.rows import Row
from rtdebug.units import moment_of

_LACKS = {"times": "it has no times: nothing can be measured", "audio": "its audio is not in it, or only bits"}


def odd_page(recorded: Recorded, width: int, *, says_none: bool = True) -> list[Row]:
    """Write the page; where nothing is odd it says so, or without `says_none` is empty."""
    found = troubles(recorded)
    rows: list[Row] = []
    for title, kinds in (("errors", ("error", "failed")), ("gaps", ("gap",)), ("odd", ("unknown type", "odd"))):
        chosen = [one for one in found if one.kind in kinds]
        rows += section(title, width, str(len(chosen))) if chosen else []
        for one in chosen:
            rows += _trouble(one, width)
    said = [*(one.words for one in found if one.kind == "files"), *_recording(recorded)]
    rows += section("the recording", width) if said else []
    for words_ in said:
        rows += _dotted(words_, width)
    if not rows:
        return paragraph("✔ nothing odd", width, "good") if says_none else []
    return rows[1:]


def _trouble(one: Trouble, width: int) -> list[Row]:
    sign: Piece = ("▲ ", "bad") if one.is_bad else ("· ", "warn")
    mark = one.mark
    first = mark.seq if mark else next(iter(one.seqs), None)
    when = (f"{moment_of(mark.at_ns)}  ", "quiet") if mark and mark.at_ns is not None else ("", "")
    name = one.name or ("" if one.words else one.kind)
    if one.kind == "unknown type":
        name = f"unknown type {name}"
    right = " ".join(map(entry, one.seqs)) if one.seqs else entry(first)
    rows: list[Row] = []
    if name:
        rows.append(Row(spread((sign, when, (name, "strong")), ((right, "quiet"),), width), first))
        rows += paragraph(one.words, width, indent=2, seq=first) if one.words else []
    else:
        lines = paragraph(one.words, max(1, width - 2 - len(right) - 1), seq=first)
        rows.append(Row(cut(spread((sign, when, *lines[0].line[1:]), ((right, "quiet"),), width), width), first))
        rows += [Row(cut((("  ", ""), *row.line[1:]), width), first) for row in lines[1:]]
    if one.about is not None:
        rows += paragraph(f"it answers {entry(one.about)}", width, "link", indent=2, seq=one.about)
    return rows


def _recording(recorded: Recorded) -> Iterator[str]:
    """Say what the recording lacks, and that it did not end well."""
    for what in recorded.lacks:
        yield _LACKS.get(what, f"it lacks {words(what, 60)}")
    if recorded.source:
        yield f"imported from {words(recorded.source, 200)}"
    if not recorded.live and recorded.session.ending.mark is None:
        yield f"how it ended: {ending(recorded.session)}"


def _dotted(words_: str, width: int) -> list[Row]:
    found = paragraph(words_, max(1, width - 2))
    return [Row(cut((("  " if at else "· ", "warn"), *row.line), width), row.seq) for at, row in enumerate(found)]
