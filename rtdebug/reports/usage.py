"""Usage across recordings: for each response, each session and all together, with prices; as table, JSON and CSV."""

import csv
import io
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
from rich.console import Group, RenderableType
from rich.text import Text

from rtdebug.reports.priced import Bill, bill, transcriber
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.look import QUIET, Column, Remark, Rows, section
from rtdebug.reports.show.usage import usage as usage_of_one
from rtdebug.reports.spent import context_growth
from rtdebug.reports.tokens import hit_rate, knows_cached, sum_values, usage_values
from rtdebug.reports.values import amount, clean, price_values
from rtdebug.session.model import Response
from rtdebug.session.usage import Usage
from rtdebug.units import NONE, count, dollars, length, plain, quote, share

VERSION = 1
COLUMNS = [
    Column("recording"),
    Column("model", rank=3),
    Column("answers", right=True, rank=2),
    Column("in", right=True),
    Column("cached", right=True, rank=1),
    Column("out", right=True),
    Column("grew", right=True, rank=2),
    Column("transcribed", right=True, rank=3),
    Column("price", right=True),
]
_CACHED = ("cached_tokens", "cached_text", "cached_audio", "cached_image")
COUNTS = (
    *("input_tokens", "input_text", "input_audio", "input_image"),
    *_CACHED,
    *("output_tokens", "output_text", "output_audio", "reasoning_tokens"),
)
FIELDS = (
    *("kind", "recording", "session_id", "model", "number", "response_id", "item_id", "status", "seq", "at_ns"),
    *COUNTS,
    *("seconds", "price_input", "price_output", "price_total"),
)
_FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet would take for the beginning of a formula."""


@dataclass(frozen=True, slots=True)
class Totals:
    """All recordings together."""

    usage: Usage
    price: Decimal | None
    unpriced: int
    """Recordings with usage whose price is not known, or not whole."""
    responses: Sequence[Response]

    @property
    def cache_hit_rate(self) -> float | None:
        """The part of the input that was cached, None where nobody knows."""
        return hit_rate(self.usage, self.responses)


def totals(all_: Sequence[Recorded]) -> Totals:
    """Add everything up."""
    bills = [bill(one) for one in all_]
    known = [one.total for one in bills if one.total is not None]
    unpriced = sum(
        bool(one.notes) and any(r.usage for r in of.session.responses.values())
        for one, of in zip(bills, all_, strict=True)
    )
    usage = sum((one.session.usage for one in all_), start=Usage())
    responses = [response for one in all_ for response in one.session.responses.values()]
    return Totals(usage, sum(known, Decimal()) if known else None, unpriced, responses)


def table(all_: Sequence[Recorded], *, by_response: bool) -> RenderableType:
    """Draw a row for each session, or for each response, and one for all together.

    What is to be noted of several sessions stands once, below them.
    """
    if by_response:
        drawn: list[RenderableType] = []
        for one in all_:
            drawn.append(section(quote(one.name, 100)))
            drawn.append(usage_of_one(one) or Text("no usage reported", QUIET))
            drawn.append("")
        return Group(*drawn[:-1]) if len(all_) == 1 else Group(*drawn, _sum(all_))
    rows = Rows(COLUMNS)
    notes = Counter(note for one in all_ for note in bill(one).notes)
    shared = {note: number for note, number in notes.items() if number > 1}
    for one in all_:
        rows.add(*_row(one, shared))
    whole = totals(all_)
    cells = [
        "all",
        "",
        str(sum(len(one.session.responses) for one in all_)),
        *_tokens(whole.usage, whole.responses),
        "",
        "",
    ]
    rows.add([Text(cell, "bold") for cell in (*cells, dollars(whole.price))])
    remarks = [f"{note} ({number} of {count(len(all_), 'recording')})" for note, number in shared.items()]
    if whole.unpriced and not shared:
        remarks.append(f"{count(whole.unpriced, 'recording')} not priced, or not whole")
    return Group(rows, *map(Remark, remarks))


def _sum(all_: Sequence[Recorded]) -> Text:
    whole = totals(all_)
    used = whole.usage
    words = f"{count(len(all_), 'recording')}: {used.input_tokens:,} tokens in ({share(whole.cache_hit_rate)} cached), "
    return Text(f"{words}{used.output_tokens:,} out, {dollars(whole.price)}", "bold")


def _row(one: Recorded, told: Container[str]) -> tuple[list[str], Text]:
    """Write a recording's row, and its notes but those that are told once for all."""
    session, paid = one.session, bill(one)
    growth = context_growth(session)
    responses = session.responses.values()
    seconds = sum(
        item.transcription.usage.seconds
        for item in session.items.values()
        if item.transcription and item.transcription.usage
    )
    return [
        quote(one.name, 60),
        quote(session.model, 40) or NONE,
        str(len(session.responses)),
        *_tokens(session.usage if any(response.usage for response in responses) else None, responses),
        f"{growth[1] / growth[0]:.1f} x" if growth else NONE,
        length(round(seconds * 1e9)) if seconds else NONE,
        dollars(paid.total),
    ], Text("; ".join(note for note in paid.notes if note not in told), QUIET)


def _tokens(used: Usage | None, responses: Iterable[Response]) -> list[str]:
    if used is None:
        return [NONE] * 3
    return [f"{used.input_tokens:,}", share(hit_rate(used, responses)), f"{used.output_tokens:,}"]


def json(all_: Sequence[Recorded]) -> bytes:
    """Write everything as one JSON object."""
    whole = totals(all_)
    values = {
        "rtdebug_usage": VERSION,
        "sessions": [_session(one, bill(one)) for one in all_],
        "total": {
            **sum_values(whole.usage, whole.responses),
            "cache_hit_rate": whole.cache_hit_rate,
            "price": amount(whole.price),
        },
    }
    return orjson.dumps(clean(values), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _session(one: Recorded, paid: Bill) -> dict[str, Any]:
    session = one.session
    growth = context_growth(session)
    return {
        "recording": one.name,
        "session_id": session.id or None,
        "model": session.model or None,
        "responses": [
            {
                "id": response.id,
                "status": response.status,
                "seq": response.done.seq if response.done else None,
                "at_ns": response.done.at_ns if response.done else None,
                "usage": usage_values(response),
                "cache_hit_rate": hit_rate(response.usage, [response]),
                "price": price_values(paid.responses.get(response.id)),
            }
            for response in session.responses.values()
        ],
        "transcription": {
            "model": transcriber(session) or None,
            "items": [
                {"item_id": item.id, **item.transcription.usage.wire()}
                for item in session.items.values()
                if item.transcription and item.transcription.usage
            ],
            "price": amount(paid.transcriptions),
        },
        "total": sum_values(session.usage, session.responses.values()),
        "cache_hit_rate": hit_rate(session.usage, session.responses.values()),
        "context": {"first": growth[0], "last": growth[1]} if growth else None,
        "price": amount(paid.total),
        "notes": list(paid.notes),
    }


def comma_separated(all_: Iterable[Recorded]) -> str:
    """Write one line for each response and each transcription, with a heading."""
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS, lineterminator="\n", restval="")
    writer.writeheader()
    for one in all_:
        for row in _lines(one):
            writer.writerow({key: _cell(value) for key, value in row.items()})
    return out.getvalue()


def _lines(one: Recorded) -> Iterable[dict[str, Any]]:
    session, paid = one.session, bill(one)
    common = {"recording": one.name, "session_id": session.id}
    for number, response in enumerate(session.responses.values(), 1):
        used, priced = response.usage, paid.responses.get(response.id)
        row = {"kind": "response", **common, "model": session.model, "number": number, "response_id": response.id}
        row |= {"status": response.status, "seq": response.done.seq if response.done else None}
        row |= {"at_ns": response.done.at_ns if response.done else None}
        row |= {name: getattr(used, name) for name in COUNTS} if used else {}
        row |= {} if knows_cached([response]) else dict.fromkeys(_CACHED)
        if priced is not None:
            row |= {"price_input": amount(priced.input), "price_output": amount(priced.output)}
            row |= {"price_total": amount(priced.total)}
        yield row
    for item in session.items.values():
        heard = item.transcription
        if heard is None or heard.usage is None:
            continue
        row = {"kind": "transcription", **common, "model": transcriber(session), "item_id": item.id}
        row |= {"status": heard.status, "seq": heard.done.seq if heard.done else None}
        row |= {"at_ns": heard.done.at_ns if heard.done else None, "seconds": heard.usage.seconds or None}
        row |= {"input_tokens": heard.usage.input_tokens, "input_text": heard.usage.input_text}
        yield row | {"input_audio": heard.usage.input_audio, "output_tokens": heard.usage.output_tokens}


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = plain(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
