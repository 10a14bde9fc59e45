"""How a comparison looks: the two calls, what is not the same, aspect by aspect, and where.

`[-words-]` are A's alone, `{+words+}` are B's: signs as well as colours, so that a pipe tells as much as a terminal.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from rtdebug.clock import wall_text
from rtdebug.reports.diff.figures import change, figure, in_words
from rtdebug.reports.diff.values import Compared, Comparison, Difference, Place
from rtdebug.reports.diff.wording import pieces
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.look import ASSISTANT, QUIET, USER, Column, Fields, Remark, Rows, section
from rtdebug.units import count, duration, quote

REMOVED, ADDED = "red", "green"
_NUMBERS: Final = ("wait", "length", "tokens", "seconds", "price", "count")
_WHO: Final = {"user": ("▲", USER), "assistant": ("▼", ASSISTANT), "system": ("▲", USER)}
_SENDERS: Final = {"client": ("▲", USER), "server": ("▼", ASSISTANT)}
_KEPT = 8
"""Words that stay on either side of a change in a long text."""
_MOST = 600
_WIDEST = 46
"""Labels that are longer stand on a line of their own."""
_WORDS_FROM = 40
"""Settings that are longer are compared word by word."""


def drawn(comparison: Comparison) -> Iterator[RenderableType]:
    """Yield a comparison, part by part; one line where nothing differs."""
    if comparison.same:
        yield Remark(Text(same_in_words(comparison)))
        return
    yield _heading(comparison)
    for part in comparison.compared:
        if part.differences:
            yield ""
            yield section(part.aspect)
            yield _part(part)


def same_in_words(comparison: Comparison) -> str:
    """Say that nothing differs, and what was compared."""
    told = [count(len(comparison.turns), "turn")]
    parts = sorted(comparison.compared, key=lambda part: bool(part.note))
    told += [words for part in parts if (words := in_words(part))]
    return f"no differences: {', '.join(told)}"


def _heading(comparison: Comparison) -> RenderableType:
    same = [part.aspect for part in comparison.compared if not part.differences and part.number]
    differ = [f"{part.aspect} {len(part.differences):,}" for part in comparison.compared if part.differences]
    notes = [f"{part.aspect}: {part.note}" for part in comparison.compared if part.note]
    within = sum(part.within for part in comparison.compared)
    return Fields(
        [
            ("A", _call(comparison.a, REMOVED)),
            ("B", _call(comparison.b, ADDED)),
            ("turns", Text(_turns(comparison))),
            ("differ", Text(", ".join(differ), "yellow")),
            ("close", Text(f"{count(within, 'value')} within the tolerance" if within else "")),
            ("same", Text(", ".join(same))),
            ("left out", Text("; ".join(notes))),
        ]
    )


def _call(recorded: Recorded, style: str) -> Text:
    session = recorded.session
    started = wall_text(recorded.started_ns)[:16].replace("T", " ") if recorded.started_ns else ""
    took = duration(session.duration_ns) if session.duration_ns is not None else "no times"
    facts = [session.model or "unknown model", recorded.dialect, started, took]
    words = Text.assemble((quote(recorded.name, 60) or "without a name", f"bold {style}"), "  ")
    return words.append(" · ".join(quote(fact, 60) for fact in facts if fact))


def _turns(comparison: Comparison) -> str:
    both = [pair for pair in comparison.turns if None not in pair]
    only_a = [str(a) for a, b in comparison.turns if b is None]
    only_b = [str(b) for a, b in comparison.turns if a is None]
    told = [f"{len(both):,} side by side"] if both else ["none side by side"]
    told += [f"only in A: {_shortened(only_a)}"] if only_a else []
    told += [f"only in B: {_shortened(only_b)}"] if only_b else []
    return "; ".join(told)


def _shortened(numbers: Sequence[str]) -> str:
    more = f" and {len(numbers) - 12:,} more" if len(numbers) > 12 else ""
    return ", ".join(numbers[:12]) + more


def _part(part: Compared) -> RenderableType:
    if all(one.unit in _NUMBERS for one in part.differences):
        return _table(part.differences)
    groups: list[RenderableType] = []
    for where, members in groupby(part.differences, key=_where):
        found = list(members)
        if where:
            groups.append(Text.assemble((where, "bold"), ("  " + _entries(found), QUIET)))
        pairs: list[tuple[str | Text, Text]] = [(_label(one, "  " if where else ""), _both(one)) for one in found]
        groups.append(Fields(pairs, widest=_WIDEST))
    return Group(*groups)


def _table(found: Sequence[Difference]) -> Rows:
    """Draw numbers; where they belong stands at the first of them."""
    placed = any(_where(one) for one in found)
    columns = [Column("where"), Column("")] if placed else [Column("")]
    numbers = [Column(name, right=True) for name in ("A", "B", "change")]
    share = Column("", right=True, rank=1)
    rows = Rows([*columns, *numbers, share, Column("entries" if placed else "", style=QUIET, rank=2)])
    latest = None
    for one in found:
        where = _where(one) or "all"
        label = Text("" if where == latest else where, "bold")
        entries = "" if where == latest else _entries([one])
        latest = where
        rows.add([*([label] if placed else []), _label(one, ""), *_figures(one), *change(one), entries])
    return rows


def _label(one: Difference, indent: str) -> Text:
    """Name what differs; who said or sent it has the sign that it has elsewhere."""
    first, _, rest = one.what.partition(" ")
    if one.unit == "text" and one.what in _WHO:
        sign, style = _WHO[one.what]
        return Text.assemble(indent, (f"{sign} {one.what}", style))
    if one.unit == "count" and first in _SENDERS:
        sign, style = _SENDERS[first]
        return Text.assemble(indent, (f"{sign} ", style), quote(rest, 80))
    return Text.assemble(indent, (quote(one.what, 80), "" if one.unit in _NUMBERS else QUIET))


def _both(one: Difference) -> Text:
    if one.unit == "text":
        return _text(one.a, one.b)
    if isinstance(one.a, str) and isinstance(one.b, str):
        has_words_apart = one.a.split() != one.b.split()
        if has_words_apart and min(len(one.a), len(one.b)) > _WORDS_FROM:
            return _text(one.a, one.b)
    first, second = _figures(one)
    return Text.assemble(first, " → ", second)


def _figures(one: Difference) -> tuple[Text, Text]:
    """Write both values, each in its side's colour; what is not there has none."""
    first = Text(figure(one.a, one.unit), QUIET if one.a is None else REMOVED)
    return first, Text(figure(one.b, one.unit), QUIET if one.b is None else ADDED)


def _text(a: object, b: object) -> Text:
    """Write two texts as one, with what is not the same in signs and colours."""
    words = Text()
    all_ = list(pieces(a if isinstance(a, str) else "", b if isinstance(b, str) else ""))
    for number, (first, second) in enumerate(all_):
        if number:
            words.append(" ")
        if first == second:
            words.append(_kept(first, is_first=number == 0, is_last=number == len(all_) - 1))
            continue
        if first:
            words.append(f"[-{quote(first, _MOST)}-]", REMOVED)
        if second:
            words.append(f"{{+{quote(second, _MOST)}+}}", ADDED)
    return words if words.plain else Text("(no words)", QUIET)


def _kept(text: str, *, is_first: bool, is_last: bool) -> str:
    """Leave of a long stretch without a change what stands next to one."""
    words = text.split()
    if len(words) <= 3 * _KEPT:
        return quote(text)
    before = "" if is_first else " ".join(words[:_KEPT]) + " "
    after = "" if is_last else " " + " ".join(words[-_KEPT:])
    return quote(f"{before}…{after}")


def _where(one: Difference) -> str:
    """Name the turn and the response: of both recordings where their numbers differ."""
    a, b = one.in_a, one.in_b
    words = [_numbered("turn", a.turn, b.turn), _numbered("response", a.response, b.response)]
    only = "only in B: " if _is_nowhere(a) else "only in A: " if _is_nowhere(b) else ""
    where = ", ".join(word for word in words if word)
    return only + where if where else ""


def _is_nowhere(place: Place) -> bool:
    return place.turn is None and place.response is None


def _numbered(noun: str, a: int | None, b: int | None) -> str:
    if a is None and b is None:
        return ""
    return f"{noun} {b if a is None else a}" if a is None or b is None or a == b else f"{noun} {a} → {b}"


def _entries(found: Sequence[Difference]) -> str:
    """Name the entries of a group: those of A, and those of B."""
    told = [("A", _seq([one.in_a for one in found])), ("B", _seq([one.in_b for one in found]))]
    return "  ".join(f"{name} {seqs}" for name, seqs in told if seqs)


def _seq(places: Sequence[Place]) -> str:
    found = list(dict.fromkeys(f"#{place.seq}" for place in places if place.seq is not None))
    return " ".join(found[:4])
