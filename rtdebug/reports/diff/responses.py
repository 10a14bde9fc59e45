"""How each response was asked for and how it ended: status, reason, who cancelled it, what made it fail."""

from collections.abc import Iterator

from rtdebug.reports.diff.pairing import Pairs
from rtdebug.reports.diff.settings import settings, unequal
from rtdebug.reports.diff.values import Compared, Difference
from rtdebug.session.model import Response


def responses(pairs: Pairs) -> Compared:
    """Compare responses; what only one recording has is one difference."""
    found: list[Difference] = []
    for a, b in pairs.responses:
        in_a, in_b = pairs.places(a, b)
        if a is None or b is None:
            first, second = (one.status or "no status" if one else None for one in (a, b))
            found.append(Difference("response", first, second, "word", in_a, in_b))
        else:
            found += (Difference(what, x, y, "word", in_a, in_b) for what, x, y in _words(a, b))
            found += (Difference(what, x, y, "value", in_a, in_b) for what, x, y in _values(pairs, a, b))
    return Compared("responses", len(pairs.responses), "response", found)


def _words(a: Response, b: Response) -> Iterator[tuple[str, object, object]]:
    second = dict(_facts(b))
    for what, value in _facts(a):
        if value != second[what]:
            yield what, value, second[what]
    if a.asked.by and b.asked.by and a.asked.by != b.asked.by:
        yield "asked for by", a.asked.by, b.asked.by


def _values(pairs: Pairs, a: Response, b: Response) -> Iterator[tuple[str, object, object]]:
    yield from unequal(settings(a.metadata), settings(b.metadata), pairs.ids, "metadata")
    asked = settings(a.asked.overrides), settings(b.asked.overrides)
    yield from unequal(*asked, pairs.ids, "response.create")


def _facts(one: Response) -> Iterator[tuple[str, object]]:
    code = one.error.get("code") or one.error.get("type")
    yield "status", one.status or None
    yield "reason", one.reason or None
    yield "error", code if isinstance(code, str) else None
    yield "cancelled by", (one.cancellation.by or "nobody known") if one.cancellation else None
    yield "user breaks in during", one.barge_in.during if one.barge_in else None
    yield "out of band", None if one.in_conversation else "yes"
