"""Send every load through every side in turn, round after round: a noisy minute hits all sides alike."""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.relay.ends import Ends, SessionError
from benchmarks.relay.figures import Measured, middle, most
from benchmarks.relay.loads import Load
from benchmarks.relay.loop import Loop
from benchmarks.relay.meter import Patience
from benchmarks.relay.sides import Side, SideError, started

AHEAD = -10
"""Niceness of what is timed."""
PATIENCE_SECONDS = 120.0
"""How long a run waits in all for other work on the machine to pause."""
LOSSES = frozenset({"lost", "changed"})


@dataclass(slots=True)
class Results:
    """Everything that was measured, by load and side."""

    rounds: dict[tuple[str, str], list[Measured]] = field(default_factory=dict)
    left_out: dict[tuple[str, str], str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    """Failures and other things to know, in the order they were met."""

    def figure(self, load: str, side: str, key: str) -> float | None:
        """Return a figure over all rounds: their median, or the worst of what must not happen at all."""
        measured = self.rounds.get((load, side), [])
        return most(measured, key) if key in LOSSES else middle(measured, key)

    def highest(self, key: str) -> float:
        """Return the largest value of a figure anywhere."""
        return max((most(measured, key) or 0.0 for measured in self.rounds.values()), default=0.0)


def run(loads: Sequence[Load], sides: Sequence[Side], rounds: int, scratch: Path) -> Results:
    """Measure everything; a side that cannot start is said so once and left out from there on."""
    results = Results()
    gc.disable()
    try:
        _run_rounds(loads, sides, rounds, scratch, results)
    except KeyboardInterrupt:
        _remark(results, "The run was interrupted.")
    return results


def _run_rounds(loads: Sequence[Load], sides: Sequence[Side], rounds: int, scratch: Path, results: Results) -> None:
    broken: set[str] = set()
    patience = Patience(PATIENCE_SECONDS)
    for number in range(rounds):
        for load in loads:
            if number and not load.repeated:
                continue
            this_round: dict[str, Measured] = {}
            for side in sides:
                if side.name in broken:
                    continue
                if reason := load.leaves_out(side):
                    results.left_out[load.title, side.name] = reason
                    continue
                patience.wait_for_quiet()
                _tell(f"round {number + 1}/{rounds}: {load.title}: {side.name}")
                try:
                    this_round[side.name] = _measure(load, side, scratch, results)
                except SideError as error:
                    broken.add(side.name)
                    _remark(results, f"{side.name} cannot be measured: {error}")
                except (SessionError, OSError) as error:
                    _remark(results, f"{load.title}: {side.name} failed: {error}")
            _subtract_direct(this_round)
            for name, measured in this_round.items():
                results.rounds.setdefault((load.title, name), []).append(measured)


def _measure(load: Load, side: Side, scratch: Path, results: Results) -> Measured:
    """Measure once, with both ends and the side started afresh."""
    ends = Ends(Loop())
    _go_before_others(wanted=load.timed)
    problems: list[str] = []
    try:
        with started(side, ends.port, scratch, load.under) as running:
            problems = running.problems
            measured = load.measure(running, ends)
    finally:
        ends.close()
        # The collector is off while measuring; sessions that broke are closed here.
        gc.collect()
        for problem in problems:
            _remark(results, f"{load.title}: {side.name}: {problem}")
    for note in measured.notes:
        _remark(results, f"{load.title}: {side.name}: {note}")
    return measured


def _go_before_others(*, wanted: bool) -> None:
    """Raise the priority, where that is allowed; the side inherits it."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, AHEAD if wanted else 0)


def _subtract_direct(this_round: dict[str, Measured]) -> None:
    """Add what each side adds to the round trip of the straight line in the same round."""
    direct = this_round.get("direct")
    for measured in this_round.values():
        for key in ("p50_us", "p99_us"):
            if direct and key in measured.figures and key in direct.figures:
                measured.figures["added_" + key] = measured.figures[key] - direct.figures[key]


def _remark(results: Results, remark: str) -> None:
    if remark not in results.remarks:
        results.remarks.append(remark)
    _tell(remark)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
