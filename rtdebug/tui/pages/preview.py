"""What is wrong with a recording, and how its conversation begins; of a live one, where it is."""

from collections.abc import Mapping
from typing import Final

from rtdebug.clock import wall_text
from rtdebug.tui.call.book import Book
from rtdebug.tui.call.facts import Said
from rtdebug.tui.call.verdict import Found
from rtdebug.tui.cells import Line, cells, clip, fit, tame, wrap
from rtdebug.tui.pages.findings import SIGNS
from rtdebug.tui.pages.parts import cut
from rtdebug.units import NONE, count, dollars, duration, moment_of

_WHO: Final[Mapping[str, str]] = {"user": "user", "assistant": "assistant", "tool": "tool"}
_ROOMY: Final = 9
"""Lines from which there is one to spare."""
_INDENT: Final = 21
"""Where texts begin, behind when and who."""


def in_brief(book: Book, now_ns: int) -> str:
    """Say the most important of a recording in a few words."""
    if book.summary is None:
        return ""
    took = book.took_ns(now_ns)
    parts = [
        wall_text(book.started_ns)[:16].replace("T", " ") if book.started_ns else "",
        duration(took) if took is not None and not book.live else "",
        tame(book.model, 40),
        count(book.facts.turns, "turn") if book.facts is not None else "",
        dollars(book.facts.price) if book.facts is not None and book.facts.price is not None else "",
    ]
    return " · ".join(part for part in parts if part)


def preview(book: Book, width: int, height: int) -> list[Line]:
    """Draw the gravest findings and the first lines of a conversation, of a live one the last."""
    if book.problem:
        return wrap(f" ✕ {tame(book.problem)}", width, "bad")
    facts = book.facts
    if facts is None:
        return [((" reading …", "quiet"),)]
    found = _findings(book, width, height)
    found += [()] if found and height >= _ROOMY else []
    if not facts.lines:
        nothing = "nobody has said anything yet" if book.live else "nobody says anything in it"
        is_http = book.summary is not None and book.summary.header.carries == "http"
        return [*found, ((" plain HTTP, no call" if is_http else f" {nothing}", "quiet"),)]
    drawn: list[Line] = []
    for said in facts.lines:
        drawn += _said(said, width, 2)
    return drawn[-height:] if book.live else [*found, *_first(drawn, height - len(found), facts.more)]


def _findings(book: Book, width: int, height: int) -> list[Line]:
    """Name the gravest findings, a line each, in a third of the room; the last line says how many more there are."""
    verdict = book.verdict
    if verdict is None or book.live or not verdict.gravest:
        return []
    most = max(2, height // 3)
    shown = verdict.gravest[:most]
    more = verdict.errors + verdict.warnings - len(shown)
    if len(shown) == 1 and not more:
        return _only_finding(shown[0], width, most)
    rest = f"  +{more:,}" if more else ""
    lines = [cut(_finding(one), width) for one in shown[:-1]]
    return [*lines, (*cut(_finding(shown[-1]), width - len(rest)), (rest, "quiet"))]


def _only_finding(found: Found, width: int, most: int) -> list[Line]:
    """Write a finding that has all the room to itself."""
    line = _finding(found)
    if cells(line) <= width:
        return [line]
    texts = wrap(found.text, max(10, width - _INDENT))
    texts = [*texts[: most - 2], ((" ".join(text for one in texts[most - 2 :] for text, _ in one), ""),)]
    return [cut(line[:-1], width), *(cut(((" " * _INDENT, ""), *text), width) for text in texts)]


def _finding(found: Found) -> Line:
    sign, style = SIGNS[found.severity]
    when = (f" {moment_of(found.at_ns):>8}  ", "quiet")
    return (when, (fit(sign, 10), style), (f"{found.code} {found.name}  ", "strong"), (found.text, ""))


def _first(drawn: list[Line], height: int, more: int) -> list[Line]:
    if len(drawn) <= height and not more:
        return drawn
    return [*drawn[: max(1, height - 1)], ((f"{'':>10}…", "quiet"),)]


def _said(said: Said, width: int, most: int) -> list[Line]:
    """Draw what was said, in at most so many lines."""
    style = _WHO.get(said.who, "")
    sign = {"call": "ƒ ", "result": "→ "}.get(said.kind, "")
    head = ((f" {moment_of(said.at_ns):>8}  ", "quiet"), (fit(said.who, 10), style))
    room = max(10, width - 22)
    texts = wrap(sign + said.text, room, "tool" if sign else "") if said.text else []
    if len(texts) > most:
        texts = [
            *texts[: most - 1],
            ((clip("".join(text for line in texts[most - 1 :] for text, _ in line), room), ""),),
        ]
    remark = (f"{'✂ ' if said.is_cut else ''}({said.remark})", "warn" if said.is_cut else "quiet")
    if said.remark and (not texts or cells(texts[-1]) + len(said.remark) + 5 > room):
        texts.append((remark,) if len(remark[0]) <= room else ((clip(remark[0], room), remark[1]),))
    elif said.remark:
        texts[-1] = (*texts[-1], ("  ", ""), remark)
    blank = ((" " * _INDENT, ""),)
    return [(*(head if number == 0 else blank), *text) for number, text in enumerate(texts or [((NONE, "quiet"),)])]
