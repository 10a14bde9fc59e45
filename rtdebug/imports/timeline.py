"""The times of a log as one clock: which of them to go by, where zero is, and what a bare number counts. Pure."""

from dataclasses import dataclass, field
from typing import Final

from rtdebug.imports.told import Moment, Scale, Told

_UNITS: Final = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"), (1, "ns"))
_LONGEST_STEP: Final = 10.0
"""Seconds from one message to the next, on average, that a call has at most."""
_LONGEST_IN_SECONDS: Final = {False: 3.0, True: 8.0}
"""The same for numbers to pass for seconds, whole ones and fractions: more are likelier to be milliseconds."""
_LONGEST: Final = 7200.0
"""Seconds that a session lasts at most; services end it after an hour or two."""
_LATEST_START_NS: Final = 3_600_000_000_000
"""A time since the beginning that is later than this began with something else: the machine's start, midnight."""


@dataclass(slots=True)
class Range:
    """What is known of the times on one scale."""

    count: int = 0
    first: int | float = 0
    last: int | float = 0
    least: int | float = 0
    most: int | float = 0
    fine: bool = False
    """Some have fractions."""
    forward: int = 0
    back: int = 0

    def add(self, value: int | float) -> None:
        """Take the next time."""
        if not self.count:
            self.first = self.least = self.most = value
        elif value != self.last:
            self.forward += value > self.last
            self.back += value < self.last
        self.count += 1
        self.last = value
        self.least, self.most = min(self.least, value), max(self.most, value)
        self.fine = self.fine or (isinstance(value, float) and not value.is_integer())

    @property
    def unit(self) -> tuple[int, str]:
        """What a number counts: nanoseconds and name."""
        span = self.most - self.least
        step = span / max(1, self.count - 1)
        for size, name in _UNITS:
            bound = _LONGEST_IN_SECONDS[self.fine] if name == "s" else _LONGEST_STEP
            if step * size <= bound * 1e9 and span * size <= _LONGEST * 1e9:
                return size, name
        return _UNITS[-1]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Turns the times of a log into nanoseconds since its beginning."""

    scales: tuple[Scale, ...] = ()
    """Whose times count; none where the log has no times."""
    zero: int = 0
    size: int = 1
    unit: str = ""
    """What a bare number was taken to count, "" where that is certain."""
    started_ns: int = 0
    backwards: bool = False
    """The log has its newest message first."""

    def at(self, moment: Moment | None) -> int | None:
        """Return a time in nanoseconds since the beginning, None where it says none."""
        if moment is None or moment.scale not in self.scales:
            return None
        value = moment.value
        exact = value * self.size if isinstance(value, int) else round(value * self.size)
        return max(0, exact - self.zero)


@dataclass(slots=True)
class Times:
    """Collects the times of a log."""

    messages: int = 0
    inner: int = 0
    """Times that stand in the events themselves."""
    ranges: dict[Scale, Range] = field(default_factory=dict)

    def add(self, told: Told) -> None:
        """Take what a message says of its time."""
        self.messages += 1
        if told.moment is not None:
            self.inner += told.inner
            self.ranges.setdefault(told.moment.scale, Range()).add(told.moment.value)

    def timeline(self, began: Moment | None = None, *, from_first: bool = False) -> Timeline:
        """Settle on a clock; `began` is when the connection did, where the log says that.

        With `from_first` a clock that counts from some beginning is set to zero at the first message.
        """
        if not self.ranges or 0 < self.inner < self.messages / 2:  # times in a few events are those events' own
            return Timeline(started_ns=int(began.value) if began is not None and began.scale == "epoch" else 0)
        dated = [scale for scale in ("epoch", "zoneless") if scale in self.ranges]
        scales: tuple[Scale, ...] = tuple(dated) or (max(self.ranges, key=lambda scale: self.ranges[scale].count),)
        ranges = [self.ranges[scale] for scale in scales]
        backwards = sum(one.back for one in ranges) > sum(one.forward for one in ranges)
        if dated:
            zero = min(int(one.least if backwards else one.first) for one in ranges)
            if began is not None and began.scale in scales and int(began.value) <= zero:
                zero = int(began.value)
            return Timeline(scales, zero, started_ns=zero, backwards=backwards)
        (one,) = ranges
        size, unit = one.unit if scales == ("number",) else (1, "")
        start = round((one.least if backwards else one.first) * size)
        return Timeline(scales, start if from_first or start > _LATEST_START_NS else 0, size, unit, backwards=backwards)
