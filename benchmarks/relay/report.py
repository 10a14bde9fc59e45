"""The results as Markdown tables, with ratios."""

from collections.abc import Iterable, Sequence

from benchmarks.relay.loads import Load
from benchmarks.relay.loads.hour import Hour
from benchmarks.relay.loads.idle import Idle
from benchmarks.relay.loads.instructions import CountedVoice
from benchmarks.relay.loads.saturation import Saturation
from benchmarks.relay.loads.voice import PacedVoice
from benchmarks.relay.runner import Results
from benchmarks.relay.sides import NO_PROCESS, Side
from benchmarks.relay.targets import FAR, NEAR, ratio, targets

NONE = "-"
Row = list[str]


def report(results: Results, loads: Sequence[Load], sides: Sequence[Side], facts: Iterable[tuple[str, str]]) -> str:
    """Write the whole report."""
    names = [side.name for side in sides]
    parts = [
        "# Relay benchmark",
        _table(["", ""], [[name, fact] for name, fact in facts]),
        "## Figures to reach",
        _targets(results, loads),
        *_section("Voice at its own pace", _voice(results, loads, names), VOICE_NOTE),
        *_section("User instructions", _instructions(results, loads, names), INSTRUCTIONS_NOTE),
        *_section("Saturated", _saturated(results, loads, names), SATURATED_NOTE),
        *_section("Idle sessions", _idle(results, loads, names), IDLE_NOTE),
        *_section("An hour of both directions, sped up", _hour(results, loads, names), HOUR_NOTE),
        "## Remarks",
        "\n".join(f"- {remark}" for remark in _remarks(results)),
    ]
    return "\n\n".join(parts) + "\n"


VOICE_NOTE = (
    "50 microphone chunks up, 20 events down and the probes there and back, a second and session. Times in "
    "µs; *added* is the side's minus the straight line's in the same round; CPU is user and system of the "
    "proxy process, per message forwarded; *waited* is how much of the time the proxy was ready to run and the "
    "core was not free, so what other work on the machine cost it. Medians over rounds. `÷ H` is the ratio to "
    "HAProxy, `÷ M` to `mitmdump -w`."
)
INSTRUCTIONS_NOTE = (
    "Per message of one call at its own pace, counted by cachegrind, which hides AVX-512 from the program. "
    "The difference of a long call and a short one, so without start and end of the process."
)
SATURATED_NOTE = "Messages a second that arrived at the other end and were compared there, byte for byte."
IDLE_NOTE = "Growth of the proxy's resident memory, after three sessions to warm up."
HOUR_NOTE = (
    "180,000 microphone chunks and 31,000 server events a session, as fast as they pass unless the name says "
    "otherwise. Peak is resident memory over the idle process; CPU is until the process has nothing left to "
    "do; MB are 10^6 bytes and per session."
)


def _section(title: str, table: str, note: str) -> list[str]:
    return [f"## {title}", note, table] if table else []


def _targets(results: Results, loads: Sequence[Load]) -> str:
    rows = []
    for target in targets(results, loads):
        measured = NONE if target.measured is None else f"{_number(target.measured)}{target.unit}"
        rows.append([target.load, target.wanted, measured, target.verdict])
    return _table(["load", "wanted of rtdebug", "measured", ""], rows)


def _voice(results: Results, loads: Sequence[Load], names: list[str]) -> str:
    head = ["load", "side", "p50", "p99", "added p50", "÷ H", "added p99"]
    head += ["CPU µs", "÷ H", "÷ M", "user µs", "instructions", "÷ M", "KiB/session", "messages/s", "lost", "waited %"]
    rows = []
    for load, name in _pairs(results, loads, names, PacedVoice):
        cell = _Cell(results, load, name)
        row = [load, name, *cell.of("p50_us", "p99_us", "added_p50_us"), cell.over("added_p50_us", NEAR)]
        row += [*cell.of("added_p99_us", "cpu_us"), cell.over("cpu_us", NEAR), cell.over("cpu_us", FAR)]
        row += [*cell.of("user_us", "instructions"), cell.over("instructions", FAR)]
        rows.append(row + cell.of("kib_per_session", "rate", "lost", "waited_percent"))
    return _table(head, rows)


def _instructions(results: Results, loads: Sequence[Load], names: list[str]) -> str:
    rows = []
    for load, name in _pairs(results, loads, names, CountedVoice):
        cell = _Cell(results, load, name)
        ratios = [cell.over("instructions", NEAR), cell.over("instructions", FAR)]
        rows.append([load, name, *cell.of("instructions"), *ratios])
    return _table(["load", "side", "instructions", "÷ H", "÷ M"], rows)


def _saturated(results: Results, loads: Sequence[Load], names: list[str]) -> str:
    head = ["load", "side", "messages/s", "÷ H", "÷ M", "CPU µs", "÷ M", "lost", "changed"]
    rows = []
    for load, name in _pairs(results, loads, names, Saturation):
        cell = _Cell(results, load, name)
        rate = [*cell.of("rate"), cell.over("rate", NEAR), cell.over("rate", FAR)]
        rows.append([load, name, *rate, *cell.of("cpu_us"), cell.over("cpu_us", FAR), *cell.of("lost", "changed")])
    return _table(head, rows)


def _idle(results: Results, loads: Sequence[Load], names: list[str]) -> str:
    rows = []
    for load, name in _pairs(results, loads, names, Idle):
        cell = _Cell(results, load, name)
        rows.append(
            [
                load,
                name,
                *cell.of("kib_per_session"),
                cell.over("kib_per_session", NEAR),
                *cell.of("process_mib"),
            ]
        )
    return _table(["load", "side", "KiB/session", "÷ H", "process MiB"], rows)


def _hour(results: Results, loads: Sequence[Load], names: list[str]) -> str:
    head = [
        "load",
        "side",
        "messages/s",
        "CPU µs",
        "÷ H",
        "peak MiB",
        "disk MB",
        "events.jsonl MB",
        "lost",
        "changed",
    ]
    rows = []
    for load, name in _pairs(results, loads, names, Hour):
        cell = _Cell(results, load, name)
        row = [load, name, *cell.of("rate", "cpu_us"), cell.over("cpu_us", NEAR)]
        rows.append(row + cell.of("peak_mib", "disk_mb", "events_mb", "lost", "changed"))
    return _table(head, rows)


class _Cell:
    """One load through one side, as text."""

    def __init__(self, results: Results, load: str, side: str) -> None:
        self._results, self._load, self._side = results, load, side

    def of(self, *keys: str) -> Row:
        """Write figures."""
        return [_number(self._results.figure(self._load, self._side, key)) for key in keys]

    def over(self, key: str, other: str) -> str:
        """Write how many times the other side's figure this one is."""
        times = ratio(self._results, self._load, key, self._side, other)
        return NONE if times is None or (self._side == "direct" and key != "rate") else f"{_number(times)} x"


def _pairs(results: Results, loads: Sequence[Load], names: list[str], kind: type) -> list[tuple[str, str]]:
    titles = [load.title for load in loads if isinstance(load, kind)]
    return [(title, name) for title in titles for name in names if (title, name) in results.rounds]


def _remarks(results: Results) -> list[str]:
    busy, foreign = results.highest("generator_busy"), results.highest("foreign_busy")
    paced = [m for (load, _), ms in results.rounds.items() if load.startswith("voice") for m in ms]
    pacing = max((measured.figures.get("generator_busy", 0.0) for measured in paced), default=0.0)
    found = [f"Other programs used at most {foreign:.0%} of a core while something was measured."]
    if paced:
        found.append(f"The load generator used at most {pacing:.0%} of its core in paced loads, {busy:.0%} in any.")
    if paced and not any("instructions" in m.figures for m in paced):
        found.append("User instructions by perf: not available, this machine does not let it count them.")
    left_out: dict[str, list[str]] = {}
    for (load, side), reason in results.left_out.items():
        if reason == NO_PROCESS:
            continue
        left_out.setdefault(f"{side}: {reason}", []).append(load)
    found += [f"Left out: {reason} ({', '.join(where)})." for reason, where in left_out.items()]
    return found + results.remarks


def _number(value: float | None) -> str:
    if value is None:
        return NONE
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    digits = 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 4
    return f"{value:.{digits}f}"


def _table(head: Row, rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
