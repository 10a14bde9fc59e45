"""What did not fit, in words: the step, what was recorded, what came, and what was nearest. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rtdebug.protocol.event import Event
from rtdebug.protocol.identity import summary
from rtdebug.replay.compare import Difference
from rtdebug.replay.steps import Command, Step

Kind = Literal["different", "missing", "unexpected", "order", "audio", "connection"]
_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One way in which a client did not do what the recorded one did."""

    kind: Kind
    what: str
    """One sentence."""
    step: int = 0
    """The step it is about, 0 for none."""
    line: int = 0
    """The recording's line, 0 for none."""
    differences: tuple[Difference, ...] = ()
    nearest: tuple[str, ...] = ()
    """Steps that it might have been meant for."""
    at_leaving: bool = False
    """It is no more than that the client went before the recording ended."""

    @property
    def text(self) -> str:
        """All of it, over several lines where it needs them."""
        lines = [self.what]
        for one in self.differences:
            lines += [f"  {one.path or 'the event'}", f"    recorded  {one.recorded}", f"    sent      {one.sent}"]
        if self.nearest:
            lines.append("  nearest in the recording: " + "; ".join(self.nearest))
        return "\n".join(lines)


def named(event: Event) -> str:
    """Name an event: its type, and what tells it from others."""
    words = " ".join(summary(event).split())
    short = words if len(words) <= _MOST_SHOWN else words[: _MOST_SHOWN - 1] + "…"
    return f"{event.type or 'a message that is no event'}" + (f" ({short})" if short else "")


def few(notes: Sequence[str], most: int = 5) -> tuple[str, ...]:
    """Keep the first of many notes, and say how many more there are."""
    more = len(notes) - most
    return (*notes[:most], f"and {more:,} more like these") if more > 1 else tuple(notes)


def at(step: Step) -> str:
    """Say where a step stands."""
    return f"step {step.number} (line {step.seq})"


def different(command: Command, sent: Event, found: tuple[Difference, ...]) -> Mismatch:
    """Tell of an event that says something else."""
    what = f"{at(command)}: {named(command.event)} was sent with something else in it"
    return Mismatch("different", what, command.number, command.seq, found)


def missing(command: Command, why: str, *, at_leaving: bool = False) -> Mismatch:
    """Tell of an event that did not come."""
    what = f"{at(command)}: {named(command.event)} {why}"
    return Mismatch("missing", what, command.number, command.seq, at_leaving=at_leaving)


def unexpected(sent: Event, nearest: tuple[Command, ...]) -> Mismatch:
    """Tell of an event that the recording does not have, or not once more."""
    near = tuple(f"{at(one)} {named(one.event)}" for one in nearest)
    return Mismatch("unexpected", f"{named(sent)} was sent, which the recording does not have here", nearest=near)


def out_of_order(command: Command, first: Command) -> Mismatch:
    """Tell of an event that came behind one it precedes in the recording."""
    what = f"{at(command)}: {named(command.event)} came behind {first.event.type} of {at(first)}"
    return Mismatch("order", what, command.number, command.seq)


def too_quiet(step: Step, what: str, needed_ms: float, came_ms: float, *, at_leaving: bool = False) -> Mismatch:
    """Tell of audio that did not come."""
    told = f"{at(step)}: {what} comes of {needed_ms:,.0f} ms of microphone audio, and only {came_ms:,.0f} ms were sent"
    return Mismatch("audio", told, step.number, step.seq, at_leaving=at_leaving)
