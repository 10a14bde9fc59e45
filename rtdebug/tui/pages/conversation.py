"""The page of the conversation: who said what, in true order; calls, cuts and interruptions where they happened.

What an item comes to is kept, so that a call that grows is not written anew with every word.
"""

from functools import lru_cache

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.saying import Line as Said
from rtdebug.reports.saying import lines
from rtdebug.session.model import Item, Session
from rtdebug.tui.cells import Piece, fit, tame
from rtdebug.tui.pages.cutting import marked, share_of
from rtdebug.tui.pages.item import SIGNS
from rtdebug.tui.pages.parts import cut, paragraph, words
from rtdebug.tui.pages.rows import BLANK, Row
from rtdebug.units import moment_of

_WHEN, _WHO = 8, 10
_NARROW = 50


def conversation_page(recorded: Recorded, width: int) -> list[Row]:
    """Write the page."""
    session = recorded.session
    said = lines(recorded)
    if not said:
        return paragraph("nothing was said" + (" yet" if recorded.live else ""), width, "quiet")
    breaks = _breaks(session)
    rows: list[Row] = []
    before = ""
    for line in said:
        item = session.items.get(line.item_id)
        rows += [BLANK] if line.who == "user" and before not in ("", "user") else []
        before = line.who
        rows += _rows(line, share_of(recorded, item) if item is not None and line.cut else None, width)
        if line.item_id in breaks:
            words_, seq = breaks[line.item_id]
            rows += _remark(words_, width, "user.quiet", seq)
        if item is not None and item.deleted is not None:
            rows += _remark("✕ deleted later", width, "quiet", item.deleted.seq)
    return rows


@lru_cache(maxsize=4096)
def _rows(line: Said, share: float | None, width: int) -> tuple[Row, ...]:
    """Write one thing said or done: who and when, the words, and what is to know about them under these."""
    indent = _indent(width)
    body = marked(_words(line), share, max(1, width - indent), _style(line))
    head = _head(line, width)
    rows = []
    if width < _NARROW:
        rows.append(Row(cut(head, width), line.seq))
        rows += [Row(((" " * indent, ""), *one), line.seq) for one in body]
    else:
        rows += [
            Row(((*head, *one) if not at else ((" " * indent, ""), *one)), line.seq) for at, one in enumerate(body)
        ]
    if line.cut:
        rows += _remark(f"✂ {tame(line.cut, 300)}", width, "warn", line.seq)
    for note in line.notes:
        if note != "deleted later":
            rows += _remark(f"· {tame(note, 300)}", width, "label", line.seq)
    return tuple(rows)


def _head(line: Said, width: int) -> tuple[Piece, ...]:
    when = moment_of(line.span.start_ns if line.span else None)
    sign, style = SIGNS.get(line.who, ("·", "label"))
    if line.kind in ("call", "result"):
        sign, style = ("ƒ", "tool") if line.kind == "call" else ("→", "tool")
    who = tame(line.who, _WHO - 1)
    if width < _NARROW:
        return (
            (f"{when}  ", "quiet"),
            (f"{sign} {who}", f"{style}.strong" if style in ("user", "assistant") else style),
        )
    strong = f"{style}.strong" if style in ("user", "assistant") else style
    return ((f"{when:>{_WHEN - 1}} ", "quiet"), (f"{sign} ", style), (fit(who, _WHO), strong), (" ", ""))


def _indent(width: int) -> int:
    return _WHEN + 2 + _WHO + 1 if width >= _NARROW else min(2, width // 10)


def _words(line: Said) -> str:
    return words(line.text) or ("" if line.notes or line.kind == "nothing" else "…")


def _style(line: Said) -> str:
    return "label" if line.kind in ("call", "result") else ""


def _remark(text: str, width: int, style: str, seq: int | None) -> list[Row]:
    return paragraph(text, width, style, indent=_indent(width), seq=seq)


def _breaks(session: Session) -> dict[str, tuple[str, int]]:
    """Find, by the user's item, which answers were broken into."""
    numbers = {id_: number for number, id_ in enumerate(session.responses, 1)}
    found = {}
    for turn in session.turns:
        cut_ = turn.barge_in
        item = _first(session, turn.item_ids)
        if cut_ is not None and item is not None:
            which = f"response {numbers[cut_.response_id]}" if cut_.response_id in numbers else "the answer before"
            during = "was being made" if cut_.during == "generation" else "was being heard"
            found[item.id] = (f"» breaks in while {which} {during}", cut_.speech.seq)
    return found


def _first(session: Session, ids: list[str]) -> Item | None:
    return next((session.items[id_] for id_ in ids if id_ in session.items), None)
