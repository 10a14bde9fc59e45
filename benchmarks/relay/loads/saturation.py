"""As many messages as pass: each session keeps a fixed amount of bytes on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from benchmarks.relay.ends import Ends
from benchmarks.relay.figures import Measured, processor
from benchmarks.relay.messages import Voice
from benchmarks.relay.sides import Running, Side
from benchmarks.relay.stream import Block, Stream

ON_THE_WAY = 4 << 20
"""Bytes under way over all sessions: enough to keep all busy, drained within seconds by the slowest side."""
ON_THE_WAY_EACH = 512 << 10
BLOCK_FRAMES = 512
WARM_SECONDS = 0.7
DRAIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Kind:
    """What is sent, and which way."""

    name: str
    make: Callable[[Voice], bytes]
    upwards: bool


KINDS = (
    Kind("text deltas down", Voice.text_delta, upwards=False),
    Kind("microphone up", Voice.microphone, upwards=True),
)


@cache
def _block(kind: Kind) -> Block:
    voice = Voice()
    return Block([kind.make(voice) for _ in range(BLOCK_FRAMES)])


@dataclass(frozen=True, slots=True)
class Saturation:
    """One kind of message over so many sessions."""

    repeated: ClassVar[bool] = True
    under: ClassVar[tuple[str, ...]] = ()
    timed: ClassVar[bool] = False
    kind: Kind
    sessions: int
    seconds: float

    @property
    def title(self) -> str:
        """Name the load."""
        return f"saturated, {self.kind.name} x {self.sessions}"

    def leaves_out(self, side: Side) -> str:
        """Leave out nobody."""
        return ""

    def measure(self, running: Running, ends: Ends) -> Measured:
        """Send for a while; then wait for the last and see that all came through."""
        loop, meter = ends.loop, running.meter
        sessions = ends.open_sessions(self.sessions, running.port)
        window = min(ON_THE_WAY_EACH, ON_THE_WAY // self.sessions)
        block = _block(self.kind)
        streams = []
        for index, session in enumerate(sessions):
            ways = (session.client, session.upstream)
            sender, receiver = ways if self.kind.upwards else ways[::-1]
            turned = block.turned(index * 7)
            stream = Stream(turned, sender=sender, receiver=receiver, window=window, reframed=running.side.reframes)
            streams.append(stream)
            stream.pump()
        loop.run_for(WARM_SECONDS)
        arrived, before = sum(stream.messages for stream in streams), meter.read()
        loop.run_for(self.seconds)
        spent = meter.since(before)
        arrived = sum(stream.messages for stream in streams) - arrived
        for stream in streams:
            stream.stop()
        drained = loop.run_until(lambda: all(stream.complete for stream in streams), seconds=DRAIN_SECONDS)
        figures = processor(spent, arrived) | {
            "rate": arrived / spent.seconds,
            "lost": sum(stream.lost for stream in streams),
            "changed": sum(stream.changed for stream in streams),
        }
        ends.close_sessions(sessions)
        return Measured(figures, [] if drained else [f"not everything had arrived {DRAIN_SECONDS:g} s after the end"])
