"""Responses: how each ended and why, what was heard of it, how long the user waited, what it used."""

from rich.console import RenderableType
from rich.text import Text

from rtdebug.reports.priced import bill
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.look import QUIET, TOOL, Column, Rows, status_text
from rtdebug.reports.tokens import knows_cached
from rtdebug.reports.waits import first_audio_ns
from rtdebug.reports.words import account, asked_by, seqs
from rtdebug.session.model import Item, Response, Session
from rtdebug.units import NONE, delay, dollars, length, moment_of, quote

COLUMNS = [
    Column("#", right=True),
    Column("at", right=True, rank=1),
    Column("status"),
    Column("1st audio", right=True, rank=1),
    Column("audio", right=True, rank=1),
    Column("heard", right=True, rank=2),
    Column("in", right=True),
    Column("cached", right=True, rank=3),
    Column("out", right=True),
    Column("price", right=True),
    Column("asked for by", rank=4),
    Column("entries", rank=1, style=QUIET),
]


def responses(recorded: Recorded) -> RenderableType | None:
    """Draw a row for each, with the reasons under it."""
    session = recorded.session
    if not session.responses:
        return None
    prices = bill(recorded).responses
    waits = {one.response_id: first_audio_ns(one) for one in recorded.latencies()}
    table = Rows(COLUMNS)
    for number, response in enumerate(session.responses.values(), 1):
        used, told = response.usage, recorded.heard(response)
        paid = prices.get(response.id)
        table.add(
            [
                str(number),
                moment_of(response.created.at_ns if response.created else None),
                status_text(response.status),
                delay(waits.get(response.id)),
                length(told.made_ns) if told.made_ns else NONE,
                length(told.heard_ns),
                f"{used.input_tokens:,}" if used else NONE,
                f"{used.cached_tokens:,}" if used and knows_cached([response]) else NONE,
                f"{used.output_tokens:,}" if used else NONE,
                dollars(paid.total if paid else None),
                asked_by(response),
                seqs(response.created, response.done),
            ],
            _named(session, response),
            Text(account(recorded, response), status_text(response.status).style),
        )
    return table


def _named(session: Session, response: Response) -> Text:
    """Write a response's id, and what it is beside an answer to be heard."""
    told = Text.assemble((quote(response.id, 60) or "without an id", QUIET))
    if not response.in_conversation:
        told.append("  out of band", QUIET)
    calls = [item for id_ in response.item_ids if (item := session.items.get(id_)) and _is_call(item)]
    for item in calls:
        told.append("  ƒ ", TOOL)
        told.append(quote(item.name, 40) or "a tool", TOOL)
        told.append(f"({quote(item.arguments, 60).removeprefix('{').removesuffix('}')})", QUIET)
    return told


def _is_call(item: Item) -> bool:
    return item.type in ("function_call", "mcp_call")
