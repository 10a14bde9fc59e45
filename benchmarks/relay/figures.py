"""What a load measures, and how several rounds of it become one figure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.relay.meter import Spent


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one load through one side, once."""

    figures: dict[str, float]
    notes: list[str] = field(default_factory=list)
    """What numbers cannot say: a session that broke, what `verify` printed."""


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def middle(rounds: Sequence[Measured], key: str) -> float | None:
    """Return the median over rounds of a figure, None where no round has it."""
    values = [measured.figures[key] for measured in rounds if key in measured.figures]
    return median(values) if values else None


def most(rounds: Sequence[Measured], key: str) -> float | None:
    """Return the largest of a figure over rounds: for losses, where one bad round is enough."""
    values = [measured.figures[key] for measured in rounds if key in measured.figures]
    return max(values) if values else None


def processor(spent: Spent, messages: int, instructions: int | None = None) -> dict[str, float]:
    """Return what a message cost, and what else kept the machine busy meanwhile."""
    found = {"generator_busy": spent.own_share, "foreign_busy": spent.foreign_share}
    found["waited_percent"] = spent.waited_share * 100
    if messages:
        found["cpu_us"] = spent.cpu_ns / 1000 / messages
        if spent.user_share is not None:
            found["user_us"] = found["cpu_us"] * spent.user_share
        if instructions is not None:
            found["instructions"] = instructions / messages
    return found
