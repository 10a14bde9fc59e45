"""When it was: the spellings that logs have for a time. Pure."""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from rtdebug.imports.told import Moment

_KEYS: Final = (
    "time",
    "timestamp",
    "ts",
    "at",
    "at_ns",
    "t",
    "@timestamp",
    "date",
    "datetime",
    "asctime",
    "created",
    "created_at",
    "elapsed",
    "offset",
    "relative",
    "wall_time",
    "received_at",
    "sent_at",
    "started_date_time",
)
_UNITS: Final = {
    "ns": 1,
    "nanos": 1,
    "us": 1_000,
    "micros": 1_000,
    "ms": 1_000_000,
    "millis": 1_000_000,
    "s": 1_000_000_000,
    "sec": 1_000_000_000,
    "secs": 1_000_000_000,
    "seconds": 1_000_000_000,
}
_KEY_UNIT: Final = re.compile(rf"(.+)_({'|'.join(_UNITS)})")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_EPOCHS: Final = tuple((1.4 * 10**power, 4.1 * 10**power, 10 ** (18 - power)) for power in (9, 12, 15, 18))
"""2014 to 2099 in s, ms, µs and ns: from, to, and nanoseconds a unit."""
_ISO: Final = re.compile(
    r"(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9})\d*)?\s?(Z|UTC|[+-]\d\d:?\d\d)?(?!\d)",
    re.IGNORECASE,
)
_OF_DAY: Final = re.compile(r"(?<![\d:-])(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)(?:[.,](\d{1,9}))?(?![\d:])")
_NUMBER: Final = re.compile(r"[+-]?\d{1,19}(?:\.\d{1,12})?")
_IN_TEXT: Final = re.compile(
    r"(?<![\w.:,-])(?:(1[4-9]\d{8}(?:\d{9}|\d{6}|\d{3})?(?:\.\d{1,9})?)|\+?(\d{1,9}(?:\.\d{1,9})?)\s?(ms|s)"
    r"|\[\s*(\d{1,9}\.\d{3,9})\s*\])(?![\w.:-])"
)


def moment_in(record: Mapping[str, Any]) -> tuple[Moment | None, str]:
    """Return the time that a record names, and under which key."""
    for key, value in _candidates(record):
        name, unit = _unit_of(key)
        if name in _KEYS and (moment := read_moment(value, unit)):
            return moment, key
    return None, ""


def _candidates(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in _KEYS:
        if key in record:
            yield key, record[key]
    yield from record.items()


def _unit_of(key: str) -> tuple[str, int]:
    """Split `timeMs` or `elapsed_ms` into the name and nanoseconds a unit; 0 for a name without one."""
    snake = _CAMEL.sub("_", key).lower()
    match = _KEY_UNIT.fullmatch(snake)
    return (match[1], _UNITS[match[2]]) if match else (snake, 0)


def read_moment(value: object, unit: int = 0) -> Moment | None:
    """Read a time: ISO 8601, a number or one in quotes; None where it is none. `unit` is in ns, 0 if not known."""
    if isinstance(value, str):
        text = value.strip()[:64]
        if not _NUMBER.fullmatch(text):
            return moment_in_text(text) if ":" in text else None
        value = float(text) if "." in text else int(text)
    if type(value) not in (int, float):
        return None
    assert isinstance(value, (int, float))
    if not 0 <= value < 1e20 or not math.isfinite(value):
        return None
    for first, last, size in _EPOCHS:
        if first <= value < last and unit in (0, size):
            return Moment(_scaled(value, size), "epoch")
    return Moment(_scaled(value, unit), "since") if unit else Moment(value, "number")


def _scaled(value: int | float, size: int) -> int:
    """Return nanoseconds; those of a float are none, so that a second's fraction reads as it was written."""
    return value * size if isinstance(value, int) else round(value * size / 1000) * 1000


def moment_in_text(text: str) -> Moment | None:
    """Return the time in the text before a message, where there is one only."""
    if stamps := list(_ISO.finditer(text)):
        return _read_iso(stamps[0]) if len(stamps) == 1 else None
    numbers = list(_IN_TEXT.finditer(text))
    if len(numbers) == 1:
        epoch, length, unit, bracketed = numbers[0].groups()
        if epoch:
            return read_moment(epoch)
        return read_moment(bracketed or length, _UNITS[unit or "s"])
    times = list(_OF_DAY.finditer(text))
    if len(times) == 1 and not numbers:
        hours, minutes, seconds, fraction = times[0].groups()
        whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
        return Moment(whole * 1_000_000_000 + _fraction(fraction), "since")
    return None


def _read_iso(match: re.Match[str]) -> Moment | None:
    *numbers, fraction, zone = match.groups()
    year, month, day, hour, minute, second = map(int, numbers)
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        if zone and zone[0] in "+-":
            east = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
            moment = moment + east if zone[0] == "-" else moment - east
    except (ValueError, OverflowError):
        return None
    seconds = round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    if not 0 < seconds < 4_100_000_000:
        return None
    return Moment(seconds * 1_000_000_000 + _fraction(fraction), "epoch" if zone else "zoneless")


def _fraction(digits: str | None) -> int:
    return int((digits or "0").ljust(9, "0"))
