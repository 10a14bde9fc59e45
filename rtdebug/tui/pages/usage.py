"""The page of usage: a stacked bar for each response, the totals, how the context grew, what it comes to."""

from decimal import Decimal

from rtdebug.reports.priced import Bill, bill
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.spent import contexts, growth, remarks
from rtdebug.session.model import Response, Session
from rtdebug.tui.cells import Piece
from rtdebug.tui.pages import amounts
from rtdebug.tui.pages.brief import seq_of
from rtdebug.tui.pages.parts import cut, figure, paragraph, section, sign, sparkline, stacked, words
from rtdebug.tui.pages.rows import BLANK, Row
from rtdebug.units import dollars

_LEAST_BAR, _WIDEST_BAR = 6, 72


def usage_page(recorded: Recorded, width: int) -> list[Row]:
    """Write the page."""
    session, paid = recorded.session, bill(recorded)
    used = [one for one in session.responses.values() if one.usage]
    rows: list[Row] = []
    if not used:
        rows += paragraph("no response reported its usage" + (" yet" if recorded.live else ""), width, "quiet")
    else:
        rows += [*_context(session, width), *_bars(session, paid, width), *_totals(session, used, paid, width)]
    shown = growth(session) if len(contexts(session)) > 2 else ""
    notes = [note for note in remarks(recorded, paid) if note != shown]
    if notes:
        rows += section("to know", width)
        for note in notes:
            rows += _dotted(words(note, 400), width)
    return rows


def _dotted(words_: str, width: int) -> list[Row]:
    found = paragraph(words_, width, indent=2)
    return [Row((("· ", "quiet"), *found[0].line[1:])), *found[1:]] if width >= 6 else found


def _bars(session: Session, paid: Bill, width: int) -> list[Row]:
    """Draw a bar for each response on one scale, with its sum and its price."""
    responses = list(session.responses.values())
    shown = {letter for one in responses if one.usage for amount, letter, _ in amounts.parts(one.usage) if amount}
    most = max((one.usage.total_tokens for one in responses if one.usage), default=0)
    number = len(str(len(responses)))
    total = max(6, len(f"{most:,}"))
    price = 8 if paid.responses and width >= 34 else 0
    room = min(_WIDEST_BAR, width - number - 3 - total - 2 - (price + 2 if price else 0))
    rows = amounts.legend(width, shown)
    for index, one in enumerate(responses, 1):
        head: list[Piece] = [(f"{index:>{number}} ", "strong"), sign(one.status), (" ", "")]
        if one.usage is None:
            rows.append(Row(cut((*head, ("no usage reported", "quiet")), width), seq_of(one)))
            continue
        if room >= _LEAST_BAR:
            bar = stacked(amounts.parts(one.usage), most, room)
            head += [*bar, (" " * (room - sum(len(text) for text, _ in bar) + 1), "")]
        head.append((f"{one.usage.total_tokens:>{total},}", ""))
        if price:
            own = paid.responses.get(one.id)
            head.append((f"  {dollars(own.total if own else None):>{price}}", "label"))
        rows.append(Row(cut(tuple(head), width), one.done.seq if one.done else seq_of(one)))
    return rows


def _totals(session: Session, used: list[Response], paid: Bill, width: int) -> list[Row]:
    rows = section("all responses together" if len(used) > 1 else "the response", width, _known(paid.answers))
    rows += amounts.table(session.usage, used, width)
    priced = list(paid.responses.values())
    if priced:
        read, made = sum((one.input for one in priced), Decimal()), sum((one.output for one in priced), Decimal())
        rows += figure("answers", dollars(paid.answers), width, note=f"{dollars(read)} in + {dollars(made)} out")
    if paid.transcriptions is not None:
        rows += figure("transcribing", dollars(paid.transcriptions), width)
    if paid.total is not None:
        rows += figure("total", dollars(paid.total), width, style="strong")
    return rows


def _known(amount: Decimal | None) -> str:
    return "" if amount is None else dollars(amount)


def _context(session: Session, width: int) -> list[Row]:
    """Draw how the input grew from response to response, where that is more than two numbers."""
    read, told = contexts(session), growth(session)
    if not told or len(read) < 3:
        return []
    label = "context "
    drawn = sparkline(read, width - len(label))
    return [Row(((label, "label"), (drawn, "usage.audio_in"))), *paragraph(told, width, "quiet"), BLANK]
