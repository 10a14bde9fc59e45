"""The figures rtdebug is to reach, each beside what was measured."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.relay.loads import Load
from benchmarks.relay.loads.hour import Hour
from benchmarks.relay.loads.idle import Idle
from benchmarks.relay.loads.instructions import CountedVoice
from benchmarks.relay.loads.saturation import Saturation
from benchmarks.relay.loads.voice import PacedVoice
from benchmarks.relay.runner import Results

INSTRUCTIONS_WANTED = "user instructions ≤ 0.067 x mitmdump -w"
SIDE, NEAR, FAR = "rtdebug", "haproxy", "mitmdump -w"


@dataclass(frozen=True, slots=True)
class Target:
    """One figure to reach."""

    wanted: str
    load: str
    measured: float | None
    limit: float
    at_least: bool = False
    unit: str = " x"
    yardstick: float | None = None
    """HAProxy's figure, where the limit is absolute: shows how much is the machine's doing."""

    @property
    def verdict(self) -> str:
        """Say whether it was reached."""
        if self.measured is None:
            return "not measured"
        reached = self.measured >= self.limit if self.at_least else self.measured <= self.limit
        verdict = "reached" if reached else "**missed**"
        return verdict if self.yardstick is None else f"{verdict} (HAProxy: {self.yardstick:,.0f}{self.unit})"


def targets(results: Results, loads: Sequence[Load]) -> list[Target]:
    """Compare what was measured with what is wanted."""
    return [target for load in loads for target in _of(load, results)]


def ratio(results: Results, load: str, key: str, side: str, other: str) -> float | None:
    """Return how many times the other's figure a side's is."""
    mine, theirs = results.figure(load, side, key), results.figure(load, other, key)
    return mine / theirs if mine is not None and theirs and theirs > 0 else None


def _of(load: Load, results: Results) -> list[Target]:
    for kind, make in _MAKERS.items():
        if isinstance(load, kind):
            return make(load, results)
    return []


def _voice(load: PacedVoice, results: Results) -> list[Target]:
    title = load.title
    if load.sessions > 50:
        added = results.figure(title, SIDE, "added_p99_us")
        yardstick = results.figure(title, NEAR, "added_p99_us")
        p99 = Target("added p99 ≤ 500 µs", title, added, 500, unit=" µs", yardstick=yardstick)
        return [p99, _nothing_lost(title, results)]

    def against(key: str, other: str) -> float | None:
        return ratio(results, title, key, SIDE, other)

    counted = against("instructions", FAR)
    return [
        Target("added p50 ≤ 1.5 x HAProxy", title, against("added_p50_us", NEAR), 1.5),
        Target("CPU per message ≤ 2 x HAProxy", title, against("cpu_us", NEAR), 2),
        Target("CPU per message ≤ 0.25 x mitmdump -w", title, against("cpu_us", FAR), 0.25),
        *([] if counted is None else [Target(INSTRUCTIONS_WANTED, title, counted, 1 / 15)]),
        _nothing_lost(title, results),
    ]


def _instructions(load: CountedVoice, results: Results) -> list[Target]:
    counted = ratio(results, load.title, "instructions", SIDE, FAR)
    return [Target(INSTRUCTIONS_WANTED, load.title, counted, 1 / 15)]


def _saturation(load: Saturation, results: Results) -> list[Target]:
    rate = ratio(results, load.title, "rate", SIDE, FAR)
    wanted = "messages/s ≥ 30 x mitmdump -w"
    return [Target(wanted, load.title, rate, 30, at_least=True), _nothing_lost(load.title, results)]


def _idle(load: Idle, results: Results) -> list[Target]:
    grown = results.figure(load.title, SIDE, "kib_per_session")
    return [Target("growth ≤ 20 KiB a session", load.title, grown, 20, unit=" KiB")]


def _hour(load: Hour, results: Results) -> list[Target]:
    title, share = load.title, load.share

    def of(key: str) -> float | None:
        return results.figure(title, SIDE, key)

    if load.sessions > 1:
        memory = Target("growth over the idle process ≤ 20 MiB", title, of("peak_mib"), 20, unit=" MiB")
        return [memory, _nothing_lost(title, results)]
    disk, lines = 375 * share, 30 * share
    return [
        Target(f"on disk ≤ {disk:g} MB", title, of("disk_mb"), disk, unit=" MB"),
        Target(f"events.jsonl ≤ {lines:g} MB", title, of("events_mb"), lines, unit=" MB"),
        _nothing_lost(title, results),
    ]


def _nothing_lost(title: str, results: Results) -> Target:
    lost, changed = results.figure(title, SIDE, "lost"), results.figure(title, SIDE, "changed")
    return Target("nothing lost or changed", title, None if lost is None else lost + (changed or 0), 0, unit="")


_MAKERS: dict[type, Callable[..., list[Target]]] = {
    PacedVoice: _voice,
    Saturation: _saturation,
    CountedVoice: _instructions,
    Idle: _idle,
    Hour: _hour,
}
