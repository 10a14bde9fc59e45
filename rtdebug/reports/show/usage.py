"""Usage: tokens by kind for each response, how the context grows, and what it comes to."""

from collections.abc import Collection

from rich.console import Group, RenderableType
from rich.text import Text

from rtdebug.reports.priced import Bill, bill, transcriber, transcriptions, unheard
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.look import QUIET, Bar, Column, Remark, Rows
from rtdebug.reports.tokens import hit_rate, knows_cached
from rtdebug.reports.units import NONE, count, dollars, length, quote, share
from rtdebug.session.model import Response, Session
from rtdebug.session.usage import Usage

PATTERNS = (("░", "bright_black"), ("▒", "blue"), ("█", "yellow"))
"""Of cached input, fresh input, and output."""
LEGEND = "░ cached  ▒ fresh  █ output"

COLUMNS = [
    Column("#", right=True),
    Column("text in", right=True),
    Column("audio in", right=True),
    Column("image in", right=True, rank=1),
    Column("cached", right=True),
    Column("", right=True, style=QUIET, rank=1),
    Column("text out", right=True),
    Column("audio out", right=True),
    Column("price", right=True),
]


def usage(recorded: Recorded) -> RenderableType | None:
    """Draw a row for each response that reported its usage, and the totals."""
    session, paid = recorded.session, bill(recorded)
    used = [(number, one) for number, one in enumerate(session.responses.values(), 1) if one.usage]
    if not used and not transcriptions(session):
        return None
    most = max((one.usage.total_tokens for _, one in used if one.usage), default=0)
    table = Rows(COLUMNS)
    for number, response in used:
        if response.usage:
            one = paid.responses.get(response.id)
            bar = _bar(response.usage, most)
            table.add(_cells(str(number), response.usage, [response], dollars(one.total if one else None)), bar=bar)
    if len(used) > 1:
        answers = paid.answers
        cells = _cells("all", session.usage, session.responses.values(), dollars(answers))
        table.add([Text(cell, "bold") for cell in cells])
    drawn: list[RenderableType] = [table, Remark(LEGEND)] if used else []
    return Group(*drawn, *map(Remark, _notes(recorded, paid)))


def _cells(name: str, used: Usage, responses: Collection[Response], price: str) -> list[str]:
    return [
        name,
        f"{used.input_text:,}",
        f"{used.input_audio:,}",
        f"{used.input_image:,}" if used.input_image else "-",
        f"{used.cached_tokens:,}" if knows_cached(responses) else NONE,
        share(hit_rate(used, responses)),
        f"{used.output_text:,}",
        f"{used.output_audio:,}",
        price,
    ]


def _bar(used: Usage, most: int) -> Bar:
    fresh = max(0, used.input_tokens - used.cached_tokens)
    amounts = (used.cached_tokens, fresh, used.output_tokens)
    return Bar([(amount, *look) for amount, look in zip(amounts, PATTERNS, strict=True)], most)


def _notes(recorded: Recorded, paid: Bill) -> list[str]:
    session = recorded.session
    notes = []
    growth = context_growth(session)
    if growth is not None and growth[0] != growth[1]:
        first, last = growth
        how = "grew" if last > first else "shrank"
        notes.append(f"context {how} from {first:,} to {last:,} input tokens ({last / first:.1f} times)")
    lost = unheard(recorded)
    if lost is not None:
        price = f", {dollars(lost.price)}" if lost.price is not None else ""
        notes.append(
            f"{length(lost.length_ns)} of answers were never heard: about {count(lost.tokens, 'token')}{price}"
        )
    reasoning = session.usage.reasoning_tokens
    if reasoning:
        notes.append(f"{reasoning:,} of the text tokens out are reasoning")
    heard = transcriptions(session)
    if heard:
        tokens = sum(one.total_tokens for one in heard)
        seconds = sum(one.seconds for one in heard)
        amounts = [count(tokens, "token") if tokens else "", length(round(seconds * 1e9)) if seconds else ""]
        price = f", {dollars(paid.transcriptions)}" if paid.transcriptions is not None else ", price not known"
        by = f" by {quote(transcriber(session), 60)}" if transcriber(session) else ""
        said = " and ".join(amount for amount in amounts if amount) or "nothing"
        notes.append(f"transcription{by}: {said} for {count(len(heard), 'item')}{price}")
    for number, response in enumerate(session.responses.values(), 1):
        notes += [f"response {number}: {broken}" for broken in (response.usage.identities() if response.usage else [])]
    return [*notes, *paid.notes]


def context_growth(session: Session) -> tuple[int, int] | None:
    """Return the input tokens of the first and the last response of the conversation, None where they are not two."""
    counts = [
        response.usage.input_tokens
        for response in session.responses.values()
        if response.usage and response.usage.input_tokens and response.in_conversation
    ]
    return (counts[0], counts[-1]) if len(counts) > 1 else None
