"""What `drive` prints of its runs, for people and for programs."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rtdebug.conform.endpoint import Endpoint
    from rtdebug.replay.client import Run


def print_run(run: "Run", number: int, runs: int) -> None:
    """Print a line on a run, and what there is to say of it."""
    from rtdebug.units import count, delay, plain

    outcome = run.outcome
    sign = "✔" if outcome.complete else "✘"
    parts = [f"{sign} run {number} of {runs}: {outcome.ending}"]
    if not outcome.is_refused:
        turns, first_ns = _figures(run)
        parts.append(f"{outcome.done} of {outcome.steps} steps")
        parts += [count(turns, "turn")] if turns else []
        parts += [f"first audio after {delay(first_ns)}"] if first_ns is not None else []
    parts.append(str(run.folder) if run.folder else "not recorded")
    print(plain(" · ".join(parts)), flush=True)
    if outcome.waited_for and outcome.waited_for not in outcome.ending:
        print(plain(f"  still waiting for: {outcome.waited_for}"), flush=True)
    for note in outcome.notes:
        print(plain(f"  note: {note}"), flush=True)


def _figures(run: "Run") -> tuple[int, int | None]:
    """Return a run's turns, and the median of what its first audio took."""
    from statistics import median_low

    from rtdebug.cli.sessions import read
    from rtdebug.errors import RtdebugError
    from rtdebug.reports.waits import first_audio_ns

    if run.folder is None:
        return 0, None
    try:
        report = read(run.folder)
    except RtdebugError:
        return 0, None
    waits = [first_audio_ns(one) for one in report.latencies()]
    known = [wait for wait in waits if wait is not None]
    return len(report.session.turns), median_low(known) if known else None


def told(recording: Path, endpoint: "Endpoint", done: "Sequence[Run]", runs: int) -> "Mapping[str, object]":
    """Return all runs as values."""
    complete = len(done) == runs and all(run.outcome.complete for run in done)
    return {
        "recording": str(recording),
        "endpoint": endpoint.shown,
        "complete": complete,
        "runs": [_told_run(run) for run in done],
    }


def _told_run(run: "Run") -> "Mapping[str, object]":
    outcome = run.outcome
    turns, first_ns = _figures(run)
    return {
        "complete": outcome.complete,
        "ending": outcome.ending,
        "steps": outcome.steps,
        "done": outcome.done,
        "waited_for": outcome.waited_for or None,
        "turns": turns,
        "first_audio_ms": None if first_ns is None else round(first_ns / 1e6, 1),
        "audio_ms": round(outcome.speech_ms, 1),
        "silence_ms": round(outcome.silence_ms, 1),
        "notes": outcome.notes,
        "folder": str(run.folder) if run.folder else None,
    }
