"""Voice sessions at the pace of real ones, with probes that time the way there and back."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from os import urandom
from typing import ClassVar

from benchmarks.relay.ends import Ends, Session
from benchmarks.relay.figures import Measured, processor, quantile
from benchmarks.relay.frames import FrameCounter, client_frame, payload_of, server_frame
from benchmarks.relay.loop import Loop
from benchmarks.relay.messages import Voice, probe, probe_number
from benchmarks.relay.meter import Instructions
from benchmarks.relay.sides import Running, Side

CHUNK_NS = 20_000_000
BURST_NS = 250_000_000
BURST_EVENTS = 5
"""Five events four times a second are the 20 a second of the load."""
PROBE_NS = 250_000_000
LONE_PROBE_NS = 100_000_000
"""Few sessions probe more often, or there would be too few round trips for a p99."""
WARM_SECONDS = 1.0
DRAIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Pools:
    """Frames built ahead."""

    chunks: list[bytes]
    bursts: list[bytes]


@cache
def pools() -> Pools:
    """Build the frames that all calls draw from, each from a place of its own."""
    voice = Voice()
    return Pools([voice.microphone() for _ in range(512)], [voice.burst() for _ in range(64)])


class Call:
    """One session: microphone up, bursts of speech down, probes there and back."""

    def __init__(self, session: Session, frames: Pools, round_trips: list[int]) -> None:
        self._client, self._upstream = session.client, session.upstream
        self._chunks, self._bursts = frames.chunks, frames.bursts
        self._turn = random.randrange(len(frames.chunks))
        self._round_trips = round_trips
        self._probes: dict[int, int] = {}
        self._probe_number = 0
        self.at_client, self.at_upstream = FrameCounter(), FrameCounter()
        self.up = self.down = 0
        session.client.on_data = self._client_reads
        session.upstream.on_data = self._upstream_reads

    @property
    def arrived(self) -> int:
        """Messages that reached either end."""
        return self.at_client.messages + self.at_upstream.messages

    @property
    def complete(self) -> bool:
        """Whether both ends have all that was sent."""
        ends_whole = self.at_client.between_frames and self.at_upstream.between_frames
        return self.arrived == self.up + self.down and ends_whole

    def speak(self, due_ns: int) -> int:
        """Send 20 ms of microphone."""
        self._turn += 1
        self._client.send(self._chunks[self._turn % len(self._chunks)])
        self.up += 1
        return due_ns + CHUNK_NS

    def answer(self, due_ns: int) -> int:
        """Send a burst of speech."""
        self._turn += 1
        self._upstream.send(self._bursts[self._turn % len(self._bursts)])
        self.down += BURST_EVENTS
        return due_ns + BURST_NS

    def prober(self, gap_ns: int) -> Callable[[int], int]:
        """Return the action that sends a probe every so often."""

        def send_probe(due_ns: int) -> int:
            self._probe_number += 1
            frame = client_frame(probe(self._probe_number), urandom(4))
            self.up += 1
            self._probes[self._probe_number] = time.monotonic_ns()
            self._client.send(frame)
            return due_ns + gap_ns

        return send_probe

    def _upstream_reads(self, data: bytes) -> None:
        for frame in self.at_upstream.feed(data):
            self.down += 1
            self._upstream.send(server_frame(payload_of(frame)))

    def _client_reads(self, data: bytes) -> None:
        for frame in self.at_client.feed(data):
            sent_ns = self._probes.pop(probe_number(payload_of(frame)))
            self._round_trips.append(time.monotonic_ns() - sent_ns)


def start_calls(calls: list[Call], loop: Loop) -> None:
    """Let every call begin, each at a moment of its own."""
    now_ns = time.monotonic_ns()
    gap_ns = PROBE_NS if len(calls) >= 10 else LONE_PROBE_NS
    for call in calls:
        loop.call_at(now_ns + random.randrange(CHUNK_NS), call.speak)
        loop.call_at(now_ns + random.randrange(BURST_NS), call.answer)
        loop.call_at(now_ns + random.randrange(gap_ns), call.prober(gap_ns))


@dataclass(frozen=True, slots=True)
class PacedVoice:
    """So many calls at once."""

    repeated: ClassVar[bool] = True
    under: ClassVar[tuple[str, ...]] = ()
    timed: ClassVar[bool] = True
    sessions: int
    seconds: float

    @property
    def title(self) -> str:
        """Name the load."""
        return f"voice x {self.sessions}"

    def leaves_out(self, side: Side) -> str:
        """Leave out what only queues at this many calls."""
        return f"collapses beyond {side.most_calls} calls" if self.sessions > side.most_calls else ""

    def measure(self, running: Running, ends: Ends) -> Measured:
        """Run the calls and measure over a window in their middle."""
        loop, meter = ends.loop, running.meter
        empty_kib = meter.resident_kib()
        sessions = ends.open_sessions(self.sessions, running.port)
        round_trips: list[int] = []
        calls = [Call(session, pools(), round_trips) for session in sessions]
        start_calls(calls, loop)
        loop.run_for(WARM_SECONDS)
        round_trips.clear()
        counted = Instructions(running.pid)
        arrived, before = sum(call.arrived for call in calls), meter.read()
        loop.run_for(self.seconds)
        spent = meter.since(before)
        instructions = counted.stop()
        arrived = sum(call.arrived for call in calls) - arrived
        figures = processor(spent, arrived, instructions)
        figures["rate"] = arrived / spent.seconds
        figures["kib_per_session"] = (meter.resident_kib() - empty_kib) / self.sessions
        loop.cancel_timers()
        # Probes still under way are waited for: leaving out the slow ones would flatter the slow.
        drained = loop.run_until(lambda: all(call.complete for call in calls), seconds=DRAIN_SECONDS)
        figures["lost"] = sum(call.up + call.down - call.arrived for call in calls)
        figures["p50_us"] = quantile(round_trips, 0.50) / 1000
        figures["p99_us"] = quantile(round_trips, 0.99) / 1000
        figures["probes"] = len(round_trips)
        ends.close_sessions(sessions)
        return Measured(figures, [] if drained else [f"not everything had arrived {DRAIN_SECONDS:g} s after the end"])
