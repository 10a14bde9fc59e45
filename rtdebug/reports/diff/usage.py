"""Tokens and what they come to: of each pair of responses by kind, and of the whole call."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from rtdebug.reports.diff.pairing import Pairs
from rtdebug.reports.diff.tolerance import Allowance
from rtdebug.reports.diff.values import Compared, Difference, Place, Unit
from rtdebug.reports.priced import Bill, bill, transcriptions
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.tokens import knows_cached
from rtdebug.session.model import Response
from rtdebug.session.usage import Usage

Amount = int | float | Decimal | None
Row = tuple[str, Unit, Amount, Amount]

KINDS: Final = {
    "text in": "input_text",
    "audio in": "input_audio",
    "image in": "input_image",
    "cached": "cached_tokens",
    "text out": "output_text",
    "audio out": "output_audio",
    "reasoning": "reasoning_tokens",
}


def usage(pairs: Pairs) -> Compared:
    """Compare what was used and what it costs."""
    a, b = pairs.a.recorded, pairs.b.recorded
    bills = bill(a), bill(b)
    found: list[Difference] = []
    number = within = 0
    nowhere = Place(), Place()
    groups = [(list(_of_responses(bills, x, y)), pairs.places(x, y)) for x, y in pairs.responses if x and y]
    groups.append((list(_of_sessions((a, b), bills)), nowhere))
    for rows, (in_a, in_b) in groups:
        rows = [row for row in rows if row[2] or row[3]]
        number += len(rows)
        beyond = _beyond(rows, pairs.tolerance.usage)
        within += sum(row[2] != row[3] for row in rows) - len(beyond)
        found += [Difference(what, x, y, unit, in_a, in_b) for what, unit, x, y in beyond]
    return Compared("usage", number, "amount", found, within)


def _beyond(rows: list[Row], allowance: Allowance) -> list[Row]:
    """Return the rows that differ; a price is within where its tokens are apart, but none of them too far."""
    tokens = [row for row in rows if row[1] == "tokens"]
    far = [row for row in tokens if not _same(row, allowance)]
    close = not far and any(row[2] != row[3] for row in tokens)
    rest = [row for row in rows if row[1] != "tokens" and not _same(row, Allowance(allowance.share))]
    return far + [row for row in rest if not (close and row[1] == "price")]


def _same(row: Row, allowance: Allowance) -> bool:
    _, _, a, b = row
    return a == b or (a is not None and b is not None and allowance.allows(a, b))


def _of_responses(bills: tuple[Bill, Bill], a: Response, b: Response) -> Iterator[Row]:
    if a.usage is None or b.usage is None:
        first, second = (one.usage.total_tokens if one.usage else None for one in (a, b))
        yield "tokens", "tokens", first, second
        return
    cached = knows_cached([a]) and knows_cached([b])
    for name, field in KINDS.items():
        if name != "cached" or cached:
            yield name, "tokens", getattr(a.usage, field), getattr(b.usage, field)
    yield "other in", "tokens", _other_in(a.usage), _other_in(b.usage)
    yield "other out", "tokens", _other_out(a.usage), _other_out(b.usage)
    paid, other = bills[0].responses.get(a.id), bills[1].responses.get(b.id)
    if paid and other:
        yield "price", "price", paid.total, other.total


def _of_sessions(both: tuple[Recorded, Recorded], bills: tuple[Bill, Bill]) -> Iterator[Row]:
    a, b = (one.session for one in both)
    yield "tokens in", "tokens", a.usage.input_tokens, b.usage.input_tokens
    yield "tokens out", "tokens", a.usage.output_tokens, b.usage.output_tokens
    heard = transcriptions(a), transcriptions(b)
    first, second = (sum(one.total_tokens for one in of) for of in heard)
    yield "transcription", "tokens", first, second
    seconds, others = (sum(one.seconds for one in of) for of in heard)
    yield "transcribed", "seconds", seconds, others
    if bills[0].total is not None and bills[1].total is not None:
        yield "price", "price", bills[0].total, bills[1].total


def _other_in(used: Usage) -> int:
    return max(0, used.input_tokens - used.input_text - used.input_audio - used.input_image)


def _other_out(used: Usage) -> int:
    return max(0, used.output_tokens - used.output_text - used.output_audio)
