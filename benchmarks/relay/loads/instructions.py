"""User instructions per message where perf cannot count them: one paced call under valgrind's cachegrind.

Two calls of different length through two processes; the difference leaves out start and end.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from benchmarks.relay.ends import Ends
from benchmarks.relay.figures import Measured
from benchmarks.relay.loads.voice import Call, pools, start_calls
from benchmarks.relay.sides import NO_PROCESS, Running, Side, started

MEASURED_SIDES = ("haproxy", "mitmdump -w", "rtdebug")
SHORT_SECONDS = 3.0
DRAIN_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class CountedVoice:
    """One call, counted over so many seconds."""

    repeated: ClassVar[bool] = False
    timed: ClassVar[bool] = False
    under: ClassVar[tuple[str, ...]] = (
        *("valgrind", "--tool=cachegrind", "--cache-sim=no"),
        *("--cachegrind-out-file=/dev/null", "--log-file={folder}/valgrind"),
    )
    seconds: float

    @property
    def title(self) -> str:
        """Name the load."""
        return "a call under valgrind"

    def leaves_out(self, side: Side) -> str:
        """Leave out what needs no counting."""
        if side.command is None:
            return NO_PROCESS
        if not shutil.which("valgrind"):
            return "valgrind is not installed"
        return "" if side.name in MEASURED_SIDES else "much the same as with -w"

    def measure(self, running: Running, ends: Ends) -> Measured:
        """Count a short call and a long one."""
        short, few = self._counted(running, ends, SHORT_SECONDS)
        with started(running.side, ends.port, running.place.folder.parent, self.under) as again:
            long, many = self._counted(again, ends, SHORT_SECONDS + self.seconds)
        running.problems += again.problems
        return Measured({"instructions": (long - short) / (many - few), "messages": many - few})

    def _counted(self, running: Running, ends: Ends, seconds: float) -> tuple[int, int]:
        """Return the instructions of a process's whole life, and the messages it carried."""
        sessions = ends.open_sessions(1, running.port)
        calls = [Call(session, pools(), []) for session in sessions]
        start_calls(calls, ends.loop)
        ends.loop.run_for(seconds)
        ends.loop.cancel_timers()
        ends.loop.run_until(lambda: calls[0].complete, seconds=DRAIN_SECONDS)
        ends.close_sessions(sessions)
        running.meter.settle()
        running.stop()
        return _instructions(running.place.folder / "valgrind"), calls[0].arrived


def _instructions(log: Path) -> int:
    found = re.search(r"I\s+refs:\s+([\d,]+)", log.read_text())
    if not found:
        raise OSError(f"valgrind counted nothing: {log.read_text()[-200:]}")
    return int(found[1].replace(",", ""))
