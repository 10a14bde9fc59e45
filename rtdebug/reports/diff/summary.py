"""Several recordings against one: a line for each, and how far their waits spread."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from rtdebug.reports.diff.middle import middle
from rtdebug.reports.diff.values import Comparison
from rtdebug.reports.priced import bill
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.look import QUIET, Column, Fields, Remark, Rows
from rtdebug.units import count, delay, dollars, quote

_COLUMNS = [
    Column(""),
    Column("recording"),
    Column("turns", right=True, rank=1),
    Column("voice→voice", right=True, rank=1),
    Column("1st audio", right=True),
    Column("tokens", right=True, rank=2),
    Column("price", right=True, rank=2),
]
_SPREAD = ("voice→voice", "1st audio", "1st delta", "end of turn", "tool", "barge-in", "transcript")


def summary(found: Sequence[Comparison]) -> RenderableType:
    """Draw A, a row for each B with what differs under it, and the spread of all B's."""
    table = Rows(_COLUMNS)
    table.add(["A", *_cells(found[0].a)])
    for comparison in found:
        if comparison.same:
            table.add([Text("=", "green"), *_cells(comparison.b)])
        else:
            table.add([Text("≠", "yellow"), *_cells(comparison.b)], Text(_differing(comparison), "yellow"))
    same = sum(one.same for one in found)
    drawn: list[RenderableType] = [table, "", Remark(Text(f"{same:,} of {len(found):,} the same as A", "bold"))]
    spread = _spread([middle(one.b) for one in found], middle(found[0].a))
    if spread:
        drawn.append(Remark(f"waits of {count(len(found), 'recording')}, the middle of each: least to most"))
        drawn.append(Fields(spread))
    return Group(*drawn)


def _cells(recorded: Recorded) -> list[str]:
    waits, used = middle(recorded), recorded.session.usage
    return [
        quote(recorded.name, 40) or "without a name",
        f"{len(recorded.session.turns):,}",
        delay(waits["voice→voice"]),
        delay(waits["1st audio"]),
        f"{used.total_tokens:,}",
        dollars(bill(recorded).total),
    ]


def _differing(comparison: Comparison) -> str:
    return ", ".join(f"{part.aspect} {len(part.differences):,}" for part in comparison.compared if part.differences)


def _spread(each: Sequence[dict[str, int | None]], of_a: dict[str, int | None]) -> list[tuple[str | Text, Text]]:
    rows: list[tuple[str | Text, Text]] = []
    for name in _SPREAD:
        known = [value for one in each if (value := one[name]) is not None]
        if known:
            ends = dict.fromkeys((delay(min(known)), delay(max(known))))
            rows.append((f"  {name}", Text.assemble(" to ".join(ends), (f"  A {delay(of_a[name])}", QUIET))))
    return rows
