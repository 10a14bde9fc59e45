"""Which command of the recording a client's event is. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from rtdebug.protocol.event import Event
from rtdebug.replay.compare import differences
from rtdebug.replay.mismatch import Mismatch, different, missing, out_of_order, too_quiet, unexpected
from rtdebug.replay.policy import Policy
from rtdebug.replay.steps import Command
from rtdebug.replay.twins import Twins
from rtdebug.replay.unsent import Unsent

_MOST_NEAREST = 3
MOST_UNEXPECTED = 100
"""So many events that the recording does not have are told of, each; the others are counted."""


class Matching:
    """The commands of a recording, and which of them have come."""

    def __init__(self, commands: Iterable[Command], policy: Policy, made_ids: frozenset[str]) -> None:
        self._policy = policy
        self._made_ids = made_ids
        awaited = [one for one in commands if not policy.ignores_type(one.event.type)]
        self._unsent = Unsent(awaited, policy.strictness)
        self._twins = Twins(policy, made_ids)
        for one in awaited:
            self._twins.add(one)
        self._skipped = Twins(policy, made_ids)
        self._came_first: dict[int, Command] = {}
        self.came: dict[int, int] = {}
        """When each came."""
        self._mismatches: dict[int, Mismatch] = {}
        self._missing: dict[int, int] = {}
        """The places of the mismatches that tell of skipped commands."""
        self._places = 0
        self.unexpected = 0
        """How many events came that the recording does not have."""

    @property
    def open(self) -> Mapping[int, Command]:
        """Those that have not come, in order, by number."""
        return self._unsent.open

    @property
    def mismatches(self) -> tuple[Mismatch, ...]:
        """What did not fit."""
        return tuple(self._mismatches.values())

    def note(self, mismatch: Mismatch) -> int:
        """Keep what did not fit; return its place."""
        self._places += 1
        self._mismatches[self._places] = mismatch
        return self._places

    def is_waiting(self, numbers: Sequence[int]) -> bool:
        """Say whether any of the commands has yet to come; mostly, the last one comes last."""
        return any(number in self.open for number in reversed(numbers))

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
        self._unsent.open.pop(found.number, None)
        self._twins.discard(found)
        self.came[found.number] = now_ns
        self._check(found, sent, turn_ms)
        return found

    def _find(self, sent: Event) -> Command | None:
        for one in self._twins.of(sent):
            if not self._unsent.is_beyond(one):
                for earlier in self._unsent.take_before(one):
                    self._skip(earlier, one)
                return one
        return self._unsent.next_like(sent)

    def _skip(self, command: Command, came: Command) -> None:
        self._twins.discard(command)
        self._skipped.add(command)
        self._came_first[command.number] = came
        why = f"was not sent before {came.event.type} of step {came.number}"
        self._missing[command.number] = self.note(missing(command, why))

    def _late(self, sent: Event) -> Command | None:
        """Find the command among those that were given up because another came first."""
        found = next(iter(self._skipped.of(sent)), None)
        if found is not None:
            self._skipped.discard(found)
            del self._mismatches[self._missing.pop(found.number)]
            self.note(out_of_order(found, self._came_first[found.number]))
        return found

    def _check(self, command: Command, sent: Event, turn_ms: float) -> None:
        if found := differences(command.event, sent, self._policy, self._made_ids):
            self.note(different(command, sent, found))
        if turn_ms < self._policy.enough_ms(command.speech_ms):
            self.note(too_quiet(command, command.event.type, command.speech_ms, turn_ms))

    def _unexpected(self, sent: Event) -> None:
        """Take note of an event too many; of a client that sends them without end, the first."""
        self.unexpected += 1
        if self.unexpected <= MOST_UNEXPECTED:
            self.note(unexpected(sent, self._nearest(sent)))

    def _nearest(self, sent: Event) -> tuple[Command, ...]:
        ranked = sorted(self.open.values(), key=lambda one: (one.event.type != sent.type, one.number))
        return tuple(ranked[:_MOST_NEAREST])
