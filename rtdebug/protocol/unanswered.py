"""Client events that wait for their answers: looked up by what an answer says, and never searched through."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from rtdebug.protocol.answers import (
    CANCEL,
    Mark,
    begins_answer,
    event_id_of,
    is_error,
    mark_of,
    marks_of,
    refused_id,
)
from rtdebug.protocol.event import Event

T = TypeVar("T")


class Unanswered(Generic[T]):
    """What a client has asked and nothing has answered so far; of each, what the caller keeps of it.

    All together takes as long as there are events, however many stay without an answer.
    """

    def __init__(self) -> None:
        self._open: dict[int, T] = {}
        # What is below may hold places that are answered: they are dropped where they come up.
        self._order: deque[int] = deque()
        self._by_mark: defaultdict[Mark, deque[int]] = defaultdict(deque)
        self._by_id: defaultdict[str, deque[int]] = defaultdict(deque)
        self._places = 0

    def add(self, asked: Event, kept: T) -> None:
        """Take a client event, and what to keep of it."""
        self._places += 1
        self._open[self._places] = kept
        self._order.append(self._places)
        mark, event_id = mark_of(asked), event_id_of(asked)
        if mark is not None:
            self._by_mark[mark].append(self._places)
        if event_id:
            self._by_id[event_id].append(self._places)

    def answered(self, told: Event) -> list[T]:
        """Take out what a server event answers, in order.

        An error refuses the events that it names, or else the last one; a response rests on all before it too.
        """
        if is_error(told):
            named = refused_id(told)
            return self._taken(self._by_id.pop(named, ())) if named else self._taken(self._last())
        found = min((place for mark in marks_of(told) for place in self._first(self._by_mark.get(mark))), default=0)
        return self._taken(self._until(found) if begins_answer(told) else [found])

    def cancels(self) -> list[T]:
        """Take out all that would stop an answer, in order."""
        return self._taken(self._by_mark.pop(CANCEL, ()))

    def first(self) -> list[T]:
        """Take out what has waited longest; nothing where nothing waits."""
        return self._taken(self._first(self._order))

    def rest(self) -> list[T]:
        """Return what has no answer so far, in order."""
        return list(self._open.values())

    def _taken(self, places: Iterable[int]) -> list[T]:
        return [self._open.pop(place) for place in places if place in self._open]

    def _first(self, places: deque[int] | None) -> list[int]:
        while places and places[0] not in self._open:
            places.popleft()
        return [places[0]] if places else []

    def _last(self) -> list[int]:
        while self._order and self._order[-1] not in self._open:
            self._order.pop()
        return [self._order[-1]] if self._order else []

    def _until(self, last: int) -> Iterator[int]:
        while self._order and self._order[0] <= last:
            yield self._order.popleft()
