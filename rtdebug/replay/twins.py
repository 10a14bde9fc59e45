"""Commands by what they say: those that a client's event is in every word, without comparing it with all. Pure."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rtdebug.protocol.event import Event
from rtdebug.protocol.identity import JSON_TEXTS, kind_of
from rtdebug.protocol.order import Bond, bond_of
from rtdebug.protocol.secrets import REDACTED
from rtdebug.replay.compare import differences
from rtdebug.replay.policy import Policy
from rtdebug.replay.steps import Command

Traits = tuple[tuple[str, object], ...]
"""What two events have in common that do not differ: paths, and what stands there. Some that differ share theirs."""
_Kind = tuple[tuple[str, str, str], Bond]
_Free = frozenset[str]
"""Paths at which the recording has a text that may be any other."""
_ANY: Final = object()


class Twins:
    """Commands of a recording, looked up by what they say."""

    def __init__(self, policy: Policy, made_ids: frozenset[str]) -> None:
        self._policy = policy
        self._made_ids = made_ids
        self._open: set[int] = set()
        self._bonds: defaultdict[tuple[str, str, str], dict[Bond, set[_Free]]] = defaultdict(dict)
        self._alike: defaultdict[tuple[_Kind, _Free, Traits], deque[tuple[int, Command]]] = defaultdict(deque)
        """Commands and their places; those that were taken out are dropped where they come up."""
        self._places = 0

    def add(self, command: Command) -> None:
        """Put in a command, behind all others."""
        traits = self._traits(command.event)
        if traits is None:
            return
        free = frozenset(path for path, value in traits if self._is_free(value))
        kind, bond = kind_of(command.event), bond_of(command.event)
        self._places += 1
        self._open.add(command.number)
        self._bonds[kind].setdefault(bond, set()).add(free)
        self._alike[(kind, bond), free, _with_free(traits, free)].append((self._places, command))

    def discard(self, command: Command) -> None:
        """Take a command out, if it is there."""
        self._open.discard(command.number)

    def of(self, sent: Event) -> list[Command]:
        """Return the commands that an event does not differ from, in order: of each bond the first."""
        traits, kind = self._traits(sent), kind_of(sent)
        if traits is None:
            return []
        found: list[tuple[int, Command]] = []
        for bond, frees in self._bonds.get(kind, {}).items():
            keys = (((kind, bond), free, _with_free(traits, free)) for free in frees)
            same = [one for key in keys for one in self._same(self._alike.get(key), sent)]
            found += sorted(same)[:1]
        return [command for _, command in sorted(found)]

    def _same(self, alike: deque[tuple[int, Command]] | None, sent: Event) -> Iterator[tuple[int, Command]]:
        """Yield the first that is there and does not differ."""
        while alike and alike[0][1].number not in self._open:
            alike.popleft()
        for place, one in alike or ():
            if one.number in self._open and not differences(one.event, sent, self._policy, self._made_ids):
                yield place, one
                return

    def _is_free(self, value: object) -> bool:
        return isinstance(value, str) and (REDACTED in value or value in self._made_ids)

    def _traits(self, event: Event) -> Traits | None:
        """Return what an event that does not differ has as well, None where none can be had."""
        if self._policy.strictness == "loose" or not event.type:
            return ()
        try:
            return tuple(_leaves("", event.data, self._policy))
        except RecursionError:
            return None


def _with_free(traits: Traits, free: _Free) -> Traits:
    if not free:
        return traits
    return tuple((path, _ANY if path in free and isinstance(value, str) else value) for path, value in traits)


def _leaves(path: str, value: Any, policy: Policy) -> Iterator[tuple[str, object]]:
    is_lax = policy.strictness != "strict"
    if (path and policy.ignores_field(path)) or (is_lax and (value is None or path in JSON_TEXTS)):
        return
    if isinstance(value, Mapping):
        yield path, dict
        for key in sorted(value, key=str):
            yield from _leaves(f"{path}.{key}" if path else str(key), value[key], policy)
    elif isinstance(value, list):
        yield path, len(value)
        for one in value:
            yield from _leaves(f"{path}[]", one, policy)
    else:
        yield path, value
