"""Commands that have yet to come: which is the first of its kind, and which belong before it. Pure.

Few bonds bind commands to their places, so that one looks at the first of each bond and not at all that are open.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator

from rtdebug.protocol.event import Event
from rtdebug.protocol.identity import kind_of, tool_call
from rtdebug.protocol.order import Bond, bond_of
from rtdebug.replay.policy import Strictness
from rtdebug.replay.steps import Command

_Kind = tuple[str, str, str]
_Queue = deque[Command]


class Unsent:
    """The open commands of a recording. Queues may hold some that are not: they are dropped where they come up."""

    def __init__(self, commands: Iterable[Command], strictness: Strictness) -> None:
        self.open = {one.number: one for one in commands}
        """In order, by number."""
        self._strictness = strictness
        self._required: defaultdict[Bond, _Queue] = defaultdict(deque)
        self._alike: defaultdict[_Kind, defaultdict[Bond, _Queue]] = defaultdict(lambda: defaultdict(deque))
        self._of_call: defaultdict[tuple[_Kind, str], defaultdict[Bond, _Queue]] = defaultdict(
            lambda: defaultdict(deque)
        )
        for one in self.open.values():
            kind, bond, call = kind_of(one.event), bond_of(one.event), tool_call(one.event)
            if one.required:
                self._required[bond].append(one)
            self._alike[kind][bond].append(one)
            if call:
                self._of_call[kind, call][bond].append(one)

    def next_like(self, sent: Event) -> Command | None:
        """Return the first command of an event's kind that nothing belongs before, rather one of the same call."""
        kind, call = kind_of(sent), tool_call(sent)
        for queues in (self._of_call.get((kind, call)), self._alike.get(kind)):
            firsts = [one for queue in (queues or {}).values() for one in self._first(queue)]
            found = [one for one in firsts if not any(self._firsts_before(one))]
            if found:
                return min(found, key=lambda one: one.number)
        return None

    def is_beyond(self, command: Command) -> bool:
        """Say whether the end of a turn belongs before a command."""
        return any(bond_of(one.event).ends_turn for one in self._firsts_before(command))

    def take_before(self, command: Command) -> list[Command]:
        """Take out all that belongs before a command; return it in order."""
        found: list[Command] = []
        for queue in self._binding(command):
            while queue and queue[0].number < command.number:
                one = queue.popleft()
                if self.open.pop(one.number, None) is not None:
                    found.append(one)
        return sorted(found, key=lambda one: one.number)

    def _firsts_before(self, command: Command) -> Iterator[Command]:
        """Yield the first of each bond that belongs before a command."""
        for queue in self._binding(command):
            yield from (one for one in self._first(queue) if one.number < command.number)

    def _binding(self, command: Command) -> Iterator[_Queue]:
        bond = bond_of(command.event)
        return (queue for one, queue in self._required.items() if not self._may_swap(one, bond))

    def _may_swap(self, one: Bond, other: Bond) -> bool:
        match self._strictness:
            case "strict":
                return False
            case "loose":
                return True
            case _:
                return one.is_loose(other)

    def _first(self, queue: _Queue) -> list[Command]:
        while queue and queue[0].number not in self.open:
            queue.popleft()
        return [queue[0]] if queue else []
