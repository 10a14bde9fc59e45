"""Which command of the recording a client's event is. Pure."""

from collections.abc import Iterable, Iterator

from rtdebug.protocol.answers import asks_for_answer, is_commit, unrelated
from rtdebug.protocol.event import Event
from rtdebug.protocol.identity import kind_of, tool_call
from rtdebug.replay.compare import Difference, differences
from rtdebug.replay.mismatch import Mismatch, different, missing, out_of_order, too_quiet, unexpected
from rtdebug.replay.policy import Policy
from rtdebug.replay.steps import Command

_MOST_NEAREST = 3
MOST_UNEXPECTED = 100
"""So many events that the recording does not have are told of, each; the others are counted."""


class Matching:
    """The commands of a recording, and which of them have come."""

    def __init__(self, commands: Iterable[Command], policy: Policy, made_ids: frozenset[str]) -> None:
        self._policy = policy
        self._made_ids = made_ids
        self.open = {one.number: one for one in commands if not policy.ignores_type(one.event.type)}
        """Those that have not come, in order, by number."""
        self._skipped: dict[int, Command] = {}
        self._came_first: dict[int, Command] = {}
        self.came: dict[int, int] = {}
        """When each came."""
        self.mismatches: list[Mismatch] = []
        self.unexpected = 0
        """How many events came that the recording does not have."""

    def waits_for(self, numbers: Iterable[int]) -> list[Command]:
        """Return those of the commands that have yet to come."""
        return [self.open[number] for number in numbers if number in self.open]

    def take(self, sent: Event, now_ns: int, turn_ms: float, *, tolerant: bool = False) -> Command | None:
        """Take an event of the client's; return the command that it is, None where it is none.

        With `tolerant`, one that the recording does not have is no mismatch.
        """
        if self._policy.ignores_type(sent.type):
            return None
        found = self._find(sent)
        if found is None:
            found = self._late(sent)
        if found is None:
            if not tolerant and self._policy.strictness != "loose":
                self._unexpected(sent)
            return None
        self.open.pop(found.number, None)
        self.came[found.number] = now_ns
        self._check(found, sent, turn_ms)
        return found

    def _find(self, sent: Event) -> Command | None:
        kind = kind_of(sent)
        alike = [one for one in self.open.values() if kind_of(one.event) == kind]
        for one in alike:
            if self._differences(one, sent):
                continue
            between = list(self._before(one))
            if not any(asks_for_answer(earlier.event) or is_commit(earlier.event) for earlier in between):
                for earlier in between:
                    self._skip(earlier, one)
                return one
        call = tool_call(sent)
        of_call = [one for one in alike if call and tool_call(one.event) == call]
        return next((one for one in (*of_call, *alike) if next(self._before(one), None) is None), None)

    def _before(self, command: Command) -> Iterator[Command]:
        """Yield the commands that should have come before this one."""
        for number, one in self.open.items():
            if number >= command.number:
                return
            if one.required and not self._may_swap(one, command):
                yield one

    def _may_swap(self, one: Command, other: Command) -> bool:
        match self._policy.strictness:
            case "strict":
                return False
            case "loose":
                return True
            case _:
                return unrelated(one.event, other.event)

    def _skip(self, command: Command, came: Command) -> None:
        del self.open[command.number]
        self._skipped[command.number] = command
        self._came_first[command.number] = came
        why = f"was not sent before {came.event.type} of step {came.number}"
        self.mismatches.append(missing(command, why))

    def _late(self, sent: Event) -> Command | None:
        """Find the command among those that were given up because another came first."""
        alike = [one for one in self._skipped.values() if kind_of(one.event) == kind_of(sent)]
        found = next((one for one in alike if not self._differences(one, sent)), None)
        if found is not None:
            del self._skipped[found.number]
            self.mismatches[:] = [one for one in self.mismatches if (one.kind, one.step) != ("missing", found.number)]
            self.mismatches.append(out_of_order(found, self._came_first[found.number]))
        return found

    def _check(self, command: Command, sent: Event, turn_ms: float) -> None:
        if found := self._differences(command, sent):
            self.mismatches.append(different(command, sent, found))
        if turn_ms < self._policy.enough_ms(command.speech_ms):
            self.mismatches.append(too_quiet(command, command.event.type, command.speech_ms, turn_ms))

    def _differences(self, command: Command, sent: Event) -> tuple[Difference, ...]:
        return differences(command.event, sent, self._policy, self._made_ids)

    def _unexpected(self, sent: Event) -> None:
        """Take note of an event too many; of a client that sends them without end, the first."""
        self.unexpected += 1
        if self.unexpected <= MOST_UNEXPECTED:
            self.mismatches.append(unexpected(sent, self._nearest(sent)))

    def _nearest(self, sent: Event) -> tuple[Command, ...]:
        ranked = sorted(self.open.values(), key=lambda one: (one.event.type != sent.type, one.number))
        return tuple(ranked[:_MOST_NEAREST])
