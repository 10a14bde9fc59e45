"""Sessions that are open and say nothing: what each keeps in memory."""

import time
from dataclasses import dataclass
from typing import ClassVar

from benchmarks.relay.ends import Ends
from benchmarks.relay.figures import Measured
from benchmarks.relay.messages import Voice
from benchmarks.relay.sides import NO_PROCESS, Running, Side

WARM_SESSIONS = 3
"""Opened and closed first, so that what the first session loads is not shared out over the others."""
QUIET_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Idle:
    """So many sessions that have had their session.created and no more."""

    repeated: ClassVar[bool] = False
    under: ClassVar[tuple[str, ...]] = ()
    timed: ClassVar[bool] = False
    sessions: int

    @property
    def title(self) -> str:
        """Name the load."""
        return f"idle x {self.sessions}"

    def leaves_out(self, side: Side) -> str:
        """Leave out the straight line, which holds no memory."""
        return "" if side.command else NO_PROCESS

    def measure(self, running: Running, ends: Ends) -> Measured:
        """Measure memory before and after."""
        created = Voice().session_created()
        warm = ends.open_sessions(WARM_SESSIONS, running.port)
        for session in warm:
            session.upstream.send(created)
        ends.loop.run_for(0.5)
        ends.close_sessions(warm)
        ends.loop.run_for(0.5)
        empty_kib = running.meter.resident_kib()
        sessions = ends.open_sessions(self.sessions, running.port)
        greeted = 0

        def greet(data: bytes) -> None:
            nonlocal greeted
            greeted += len(data)

        for session in sessions:
            session.client.on_data = greet
            session.upstream.send(created)
        ends.loop.run_until(lambda: greeted >= self.sessions * len(created), seconds=10)
        ends.loop.run_for(QUIET_SECONDS)
        grown_kib = running.meter.resident_kib() - empty_kib
        before, quiet_ns = running.meter.read(), time.monotonic_ns()
        ends.loop.run_for(QUIET_SECONDS)
        quiet_share = running.meter.since(before).cpu_ns / (time.monotonic_ns() - quiet_ns)
        ends.close_sessions(sessions)
        return Measured(
            {
                "kib_per_session": grown_kib / self.sessions,
                "process_mib": empty_kib / 1024,
                "quiet_cpu": quiet_share,
            }
        )
