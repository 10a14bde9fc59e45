"""An hour of voice in both directions, sped up: disk, memory, processor time per entry."""

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import ClassVar

from benchmarks.relay.ends import Connection, Ends, Session
from benchmarks.relay.figures import Measured, processor
from benchmarks.relay.messages import HOUR_CHUNKS, HOUR_EVENTS, Voice
from benchmarks.relay.sides import NO_PROCESS, REPOSITORY, Running, Side
from benchmarks.relay.stream import Block, Stream

ON_THE_WAY_EACH = 512 << 10
BLOCK_CHUNKS = 1000
MEASURED_SIDES = ("haproxy", "rtdebug")
STALLED_SECONDS = 20
VERIFY_SECONDS = 300
PUMP_NS = 5_000_000


@cache
def _blocks() -> tuple[Block, Block]:
    voice = Voice()
    return Block([voice.microphone() for _ in range(BLOCK_CHUNKS)]), Block(voice.server_hour_part())


@dataclass(frozen=True, slots=True)
class Hour:
    """So many sessions at once, each with this share of an hour's traffic."""

    repeated: ClassVar[bool] = False
    under: ClassVar[tuple[str, ...]] = ()
    timed: ClassVar[bool] = False
    sessions: int
    share: float
    speed: float = 0.0
    """Times real time, 0 for as fast as it passes."""

    @property
    def title(self) -> str:
        """Name the load."""
        length = "an hour" if self.share == 1 else f"{self.share * 60:g} minutes"
        speed = f", {self.speed:g} times real time" if self.speed else ""
        return f"{length} x {self.sessions}{speed}"

    def leaves_out(self, side: Side) -> str:
        """Leave out the peers that would take the rest of the hour."""
        if side.command is None:
            return NO_PROCESS
        return "" if side.name in MEASURED_SIDES else "would take many minutes"

    def measure(self, running: Running, ends: Ends) -> Measured:
        """Push the traffic through; then close, let the writing end, and look at what is on disk."""
        meter = running.meter
        ends.loop.run_for(0.5)
        empty_kib, before = meter.resident_kib(), meter.read()
        meter.reset_peak()
        sessions = ends.open_sessions(self.sessions, running.port)
        streams = [stream for i, session in enumerate(sessions) for stream in self._streams(session, i, running)]
        for stream in streams:
            stream.pump()
        drained = self._finish(streams, ends)
        streaming = meter.since(before)
        messages = sum(stream.messages for stream in streams)
        figures = {
            "rate": messages / streaming.seconds,
            "lost": sum(stream.lost for stream in streams),
            "changed": sum(stream.changed for stream in streams),
        }
        ends.close_sessions(sessions)
        meter.settle()
        figures |= processor(meter.since(before), messages)
        figures["peak_mib"] = (meter.peak_kib() - empty_kib) / 1024
        notes = [] if drained else [f"nothing more arrived for {STALLED_SECONDS} s"]
        running.stop()
        folders = [path for path in running.place.out.iterdir() if path.is_dir()] if running.place.out.is_dir() else []
        if running.side.name == "rtdebug":
            figures |= _on_disk(folders, self.sessions)
            notes += [f"`rtdebug verify` says: {_verified(folders)}"]
        return Measured(figures, notes)

    def _finish(self, streams: list[Stream], ends: Ends) -> bool:
        """Run until everything has arrived, or nothing more does."""
        if self.speed:
            ends.loop.call_at(time.monotonic_ns(), partial(_pump_all, streams))
        arrived = -1
        while arrived < (arrived := sum(stream.messages for stream in streams)):
            if ends.loop.run_until(lambda: all(stream.complete for stream in streams), seconds=STALLED_SECONDS):
                return True
        return False

    def _streams(self, session: Session, index: int, running: Running) -> list[Stream]:
        up, down = _blocks()
        client, upstream = session.client, session.upstream

        def stream(block: Block, sender: Connection, receiver: Connection, an_hour: int) -> Stream:
            return Stream(
                block,
                sender=sender,
                receiver=receiver,
                window=ON_THE_WAY_EACH,
                reframed=running.side.reframes,
                frames=int(an_hour * self.share),
                rate=block.end_of(an_hour) / 3600 * self.speed,
            )

        return [
            stream(up.turned(index * 7), client, upstream, HOUR_CHUNKS),
            stream(down.turned(index * 31), upstream, client, HOUR_EVENTS),
        ]


def _pump_all(streams: list[Stream], due_ns: int) -> int:
    for stream in streams:
        stream.pump()
    return due_ns + PUMP_NS


def _on_disk(folders: list[Path], sessions: int) -> dict[str, float]:
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    lines = [file for file in files if file.name == "events.jsonl"]
    return {
        "folders": len(folders),
        "disk_mb": sum(file.stat().st_size for file in files) / 1e6 / sessions,
        "events_mb": sum(file.stat().st_size for file in lines) / 1e6 / sessions,
    }


def _verified(folders: list[Path]) -> str:
    """Say what `rtdebug verify` says of all recordings: how many are exact, and its last line without paths."""
    command = [sys.executable, "-m", "rtdebug", "verify", *map(str, folders)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=REPOSITORY, timeout=VERIFY_SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"nothing within {VERIFY_SECONDS} s"
    lines = (done.stdout.strip() or done.stderr.strip() or "nothing").splitlines()
    exact = sum(line.startswith("ok ") for line in lines)
    last = re.sub(r"\S*/", "", lines[-1])
    return f"{exact} of {len(folders)} recordings ok, exit status {done.returncode}; its last line: {last}"
