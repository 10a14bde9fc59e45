"""The connection itself: model, kind, dialect, and how it ended. Who served it does not count, nor for how long."""

from rtdebug.reports.diff.pairing import Pairs
from rtdebug.reports.diff.values import Compared, Difference, Place
from rtdebug.reports.recorded import Recorded
from rtdebug.session.model import Mark


def session(pairs: Pairs) -> Compared:
    """Compare two connections."""
    a, b = _facts(pairs.a.recorded), _facts(pairs.b.recorded)
    found = []
    for what, (first, mark_a) in a.items():
        second, mark_b = b[what]
        if first != second:
            in_a, in_b = (Place(seq=mark.seq if mark else None) for mark in (mark_a, mark_b))
            found.append(Difference(what, first or None, second or None, "word", in_a, in_b))
    return Compared("session", len(a), "fact", found)


def _facts(recorded: Recorded) -> dict[str, tuple[str, Mark | None]]:
    of, ended = recorded.session, recorded.session.ending
    code = "" if ended.code is None else str(ended.code)
    by = ended.by or ("" if recorded.live or of.complete else "cut off")
    return {
        "model": (of.model, of.created),
        "type": (of.kind, of.created),
        "dialect": (recorded.dialect.partition(" (")[0], of.created),
        "ended by": (by, ended.mark),
        "close code": (code, ended.mark),
        "close reason": (ended.reason, ended.mark),
    }
