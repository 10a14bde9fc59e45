"""The configuration in force: at the end, and at each response where it was another one then. By dotted path."""

from collections.abc import Iterator

from rtdebug.reports.diff.pairing import Pairs
from rtdebug.reports.diff.settings import settings, size, unequal
from rtdebug.reports.diff.values import Compared, Difference
from rtdebug.reports.flat import written


def config(pairs: Pairs) -> Compared:
    """Compare what was in force."""
    a, b = settings(pairs.a.recorded.session.config), settings(pairs.b.recorded.session.config)
    found = [Difference(*one) for one in unequal(a, b, pairs.ids)]
    found += _meanwhile(pairs, {_key(one) for one in found})
    return Compared("config", size(a, b), "setting", found)


def _meanwhile(pairs: Pairs, known: set[tuple[str, str, str]]) -> Iterator[Difference]:
    """Yield what differed while a response was made, each change once."""
    for x, y in pairs.responses:
        if x is None or y is None or x.config == y.config:
            continue
        for path, first, second in unequal(settings(x.config), settings(y.config), pairs.ids):
            in_a, in_b = pairs.places(x, y)
            one = Difference(path, first, second, in_a=in_a, in_b=in_b)
            if _key(one) not in known:
                known.add(_key(one))
                yield one


def _key(one: Difference) -> tuple[str, str, str]:
    return one.what, written(one.a), written(one.b)
