"""What only a whole reading of a recording tells: turns, how it spoke, its price, and how the conversation begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from rtdebug.reports.priced import bill, transcriber
from rtdebug.reports.saying import Line, lines
from rtdebug.session.prices import rates
from rtdebug.tui.call.call import Call
from rtdebug.tui.cells import tame

_MOST_LINES: Final = 24
_MOST_TEXT: Final = 600


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a conversation, harmless."""

    who: str
    kind: str
    """speech, text, call, result, or the item's type."""
    text: str
    remark: str = ""
    """How it was cut, and what else is to know."""
    is_cut: bool = False
    at_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """A recording, read."""

    turns: int = 0
    dialect: str = ""
    model: str = ""
    """The one that answers, or else the one that only listens."""
    responses: Mapping[str, int] = field(default_factory=dict)
    """By status."""
    errors: int = 0
    gaps: int = 0
    price: Decimal | None = None
    """USD, as far as it is known."""
    lines: Sequence[Said] = ()
    """The first ones; of a live call the last ones."""
    more: int = 0
    """Lines that are not among them."""


def load_prices() -> None:
    """Have the price list read: the first price takes half a second, every other next to nothing."""
    rates("gpt-realtime", "openai")


def facts(call: Call) -> Facts:
    """Sum up what has been read of a call."""
    recorded, session = call.recorded(), call.session
    statuses: dict[str, int] = {}
    for response in session.responses.values():
        statuses[response.status] = statuses.get(response.status, 0) + 1
    said = lines(recorded)
    shown = said[-_MOST_LINES:] if call.live else said[:_MOST_LINES]
    return Facts(
        len(session.turns),
        recorded.dialect,
        session.model or transcriber(session),
        statuses,
        len(session.errors),
        len(session.gaps),
        bill(recorded).total,
        tuple(map(_said, shown)),
        len(said) - len(shown),
    )


def _said(line: Line) -> Said:
    remark = "; ".join(part for part in (line.cut, *line.notes) if part)
    at_ns = line.span.start_ns if line.span else None
    return Said(tame(line.who, 20), line.kind, tame(line.text, _MOST_TEXT), tame(remark, 200), bool(line.cut), at_ns)
