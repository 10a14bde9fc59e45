"""The values of a comparison in words: each in its unit, and what changed from one to the other."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from rtdebug.reports.diff.values import Compared, Difference, Unit
from rtdebug.reports.flat import leaves, written
from rtdebug.units import NONE, count, delay, dollars, length, plain, quote

_MOST = 300


def figure(value: object, unit: Unit) -> str:
    """Write a value; `-` where it is not there."""
    if value is None:
        return NONE
    writer = _WRITERS.get(unit)
    if writer is not None and isinstance(value, int | float | Decimal):
        return writer(value)
    if unit == "word" and isinstance(value, str):
        return quote(value, _MOST)
    return quote(_listed(value) if isinstance(value, Mapping) and value else written(value), _MOST)


def change(one: Difference) -> tuple[str, str]:
    """Write by how much B differs from A, in its unit and as a share: `+120 ms`, `+29 %`."""
    a, b = one.a, one.b
    if isinstance(a, bool) or isinstance(b, bool):
        return "", ""
    if not isinstance(a, int | float | Decimal) or not isinstance(b, int | float | Decimal):
        return "", ""
    by = float(b) - float(a)
    sign = "+" if by > 0 else "-"
    words = sign + figure(Decimal(str(abs(by))) if one.unit == "price" else abs(by), one.unit)
    return words, f"{sign}{abs(by / float(a)) * 100:,.0f} %" if a and one.unit != "count" else ""


def in_words(part: Compared) -> str:
    """Say how much of an aspect was compared: `18 waits (7 within the tolerance)`; "" for nothing at all."""
    if part.note:
        return f"{part.aspect} not compared ({plain(part.note)})"
    if not part.number:
        return ""
    within = f" ({part.within:,} within tolerance)" if part.within else ""
    return count(part.number, part.noun, _MANY.get(part.noun, "")) + within


def _listed(value: Mapping[str, object]) -> str:
    """Write an object as its paths: it breaks between words, where JSON would not."""
    return ", ".join(f"{path} {written(inner)}" for path, inner in leaves(value))


def _whole(value: int | float | Decimal) -> str:
    return f"{round(value):,}"


def _wait(value: int | float | Decimal) -> str:
    return delay(round(value))


def _length(value: int | float | Decimal) -> str:
    shown = length(round(value))
    return shown if value >= 1_000_000_000 else f"{value / 1_000_000:,.0f} ms" if value else shown


def _seconds(value: int | float | Decimal) -> str:
    return f"{float(value):,.1f} s"


def _price(value: int | float | Decimal) -> str:
    return dollars(value if isinstance(value, Decimal) else Decimal(str(value)))


_WRITERS: Final[dict[Unit, Callable[[int | float | Decimal], str]]] = {
    "wait": _wait,
    "length": _length,
    "tokens": _whole,
    "count": _whole,
    "seconds": _seconds,
    "price": _price,
}
_MANY: Final = {"event in order": "events in order"}
