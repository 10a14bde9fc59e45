"""Why the server said something: the client's commands it answers, and the audio it comes of. Pure.

A server event does not wait for all that happened to come before it: a client may be slower or faster than the
one that was recorded. It waits for its causes, and for the server events before it.
"""

from collections.abc import Iterable
from dataclasses import replace

from rtdebug.protocol.answers import cut_short, ends_part_of, hears, is_commit
from rtdebug.protocol.unanswered import Unanswered
from rtdebug.replay.steps import Command, Ending, Say, Speech, Step


def with_causes(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return the steps with what each of the server's waits for."""
    told = list(steps)
    return tuple(_Reading(told).read())


class _Reading:
    def __init__(self, steps: list[Step]) -> None:
        self._steps = steps
        self._open = Unanswered[Command]()
        self._speech: Speech | None = None
        self._cut = {cut_short(step.event) for step in steps if isinstance(step, Say)} - {""}

    def read(self) -> Iterable[Step]:
        for step in self._steps:
            if isinstance(step, Command):
                self._open.add(step.event, step)
            elif isinstance(step, Speech):
                self._speech = step
            elif isinstance(step, Say):
                step = self._said(step)
            elif isinstance(step, Ending):
                step = replace(step, after=tuple(command.number for command in self._open.rest()))
            yield step

    def _said(self, say: Say) -> Say:
        cut_off = ends_part_of(say.event) in self._cut
        asked = self._open.cancels() if cut_off else self._open.answered(say.event)
        heard_ms = 0.0
        cause_ns = max((command.at_ns for command in asked), default=0)
        if hears(say.event) and self._speech is not None and not any(is_commit(command.event) for command in asked):
            heard_ms = self._speech.until_ms
            cause_ns = max(cause_ns, self._speech.pieces[-1].at_ns)
        after = tuple(command.number for command in asked)
        return replace(say, after=after, heard_ms=heard_ms, cause_ns=cause_ns)
