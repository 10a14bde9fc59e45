"""Usage: tokens by kind for each response, how the context grows, and what it comes to."""

from collections.abc import Collection

from rich.console import Group, RenderableType
from rich.text import Text

from rtdebug.reports.priced import bill, transcriptions
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.look import QUIET, Bar, Column, Remark, Rows
from rtdebug.reports.spent import remarks
from rtdebug.reports.tokens import hit_rate, knows_cached
from rtdebug.session.model import Response
from rtdebug.session.usage import Usage
from rtdebug.units import NONE, dollars, share

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
    together = [Remark(f"{dollars(paid.total)} in all: {paid.made_of}")] if paid.made_of else []
    return Group(*drawn, *map(Remark, remarks(recorded, paid)), *together)


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
