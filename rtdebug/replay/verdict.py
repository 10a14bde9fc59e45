"""What the play of a recording came to. Values, and their words."""

from dataclasses import dataclass, field
from pathlib import Path

from rtdebug.protocol.answers import ends_answer
from rtdebug.protocol.event import Event
from rtdebug.replay.mismatch import Mismatch, at, named
from rtdebug.replay.steps import Command, Ending, Say, Script, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One connection: what was played of its recording, and what did not fit."""

    recording: str
    """The recording's name, "" where none was to be had."""
    steps: int = 0
    done: int = 0
    mismatches: tuple[Mismatch, ...] = ()
    left: tuple[Step, ...] = ()
    """Steps that were not come to: commands that were not sent, events that could not be."""
    notes: tuple[str, ...] = ()
    sent: tuple[Event, ...] = ()
    """What the client sent, in the ids that it knows, microphone audio left out."""
    speech_ms: float = 0.0
    """The microphone audio it sent."""
    ending: str = ""
    """How it ended, in words."""
    is_under_way: bool = False
    """It has not ended yet."""
    disturbed_from: int = 0
    """The step at which a fault struck, 0 for none: what was not come to behind it does not count."""
    folder: Path | None = None
    """The recording made of this play, if one was to be made."""

    @property
    def complete(self) -> bool:
        """Say whether the client did all of its part, and heard every answer to its end."""
        return not any(
            (isinstance(step, Command) and step.required) or (isinstance(step, Say) and ends_answer(step.event))
            for step in self.left
            if step.number <= (self.disturbed_from or step.number)
        )

    @property
    def clean(self) -> bool:
        """Say whether this was the call that was recorded."""
        return not self.mismatches and self.complete

    @property
    def text(self) -> str:
        """All of it, for people."""
        lines = [f"{self.recording or 'no recording'}: {self.done} of {self.steps} steps · {self.ending}"]
        lines += [f"  {line}" for one in self.mismatches for line in one.text.splitlines()]
        left = [f"{at(step)}: {_name(step)}" for step in self.left]
        if left and not self.complete:
            lines.append(
                f"  left over: {'; '.join(left[:3])}" + (f"; and {len(left) - 3} more" if len(left) > 3 else "")
            )
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join(lines)


def _name(step: Step) -> str:
    if isinstance(step, Command | Say):
        return named(step.event)
    return "the server closes" if isinstance(step, Ending) else "microphone audio"


@dataclass(slots=True)
class Verdicts:
    """All connections of a server, and which of its recordings nobody asked for."""

    connections: list[Verdict] = field(default_factory=list)
    unplayed: list[Script] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Say whether all recordings were played, each as it was."""
        return not self.unplayed and all(one.clean for one in self.connections)

    @property
    def text(self) -> str:
        """All of it, for people."""
        lines = [one.text for one in self.connections]
        return "\n".join([*lines, *(f"{script.name}: nobody connected" for script in self.unplayed)])
