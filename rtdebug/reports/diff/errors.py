"""`error` events in their order: type, code and parameter. Their messages may name ids and times, and do not count."""

from rtdebug.reports.diff.aligning import align
from rtdebug.reports.diff.pairing import Pairs
from rtdebug.reports.diff.values import Compared, Difference, Place
from rtdebug.session.model import ApiError


def errors(pairs: Pairs) -> Compared:
    """Compare what was refused and what went wrong."""
    first, second = pairs.a.recorded.session.errors, pairs.b.recorded.session.errors
    both = align(first, second, _key, _alike)
    found = [
        Difference("error", _words(a), _words(b), "word", _place(a), _place(b))
        for a, b in both
        if a is None or b is None or _key(a) != _key(b)
    ]
    return Compared("errors", len(both), "error", found)


def _key(error: ApiError) -> tuple[str, str, str]:
    return error.type, error.code, error.param


def _alike(a: ApiError, b: ApiError) -> float:
    return sum(x == y for x, y in zip(_key(a), _key(b), strict=True)) / 3


def _words(error: ApiError | None) -> str | None:
    if error is None:
        return None
    named = error.code or error.type or error.message or "error"
    return f"{named} ({error.param})" if error.param else named


def _place(error: ApiError | None) -> Place:
    return Place(seq=error.mark.seq) if error else Place()
