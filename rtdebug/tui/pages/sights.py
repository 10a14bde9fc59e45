"""What the rows of the event list show: a call, its rows and what is searched for, put together."""

import numpy as np

from rtdebug.tui.call.call import Call
from rtdebug.tui.call.hits import Hits
from rtdebug.tui.call.rows import Place, Rows
from rtdebug.tui.call.seen import Said, Seen
from rtdebug.tui.pages.events import Columns, Sight

_LONGEST_NAME = 60
_SIGNS = {True: "▾", False: "▸"}


class Sights:
    """Makes what a row shows when it is seen."""

    def __init__(self, call: Call, rows: Rows) -> None:
        """Know what rows are of."""
        self._call = call
        self._rows = rows
        self._seen = Seen(call)
        self._columns: tuple[object, Columns] | None = None
        self._names = (0, 0)

    def sight(self, row: int, hits: Hits | None, until_ns: int | None) -> Sight:
        """Say what a row shows; what comes after `until_ns` is ahead."""
        place, journal = self._rows.at(row), self._call.journal
        index, kind = place.index, journal.kind(place.index)
        at_ns, said = journal.at_ns(index), self._said(place)
        return Sight(
            seq=journal.seqs[index],
            at_ns=at_ns,
            sender=journal.sender(index),
            name=kind.name,
            type=kind.type,
            count=place.count,
            sign=_SIGNS[place.is_open],
            said=said,
            status=self._status(index) if kind.type == "response.done" else "",
            has_problem=said.has_problem,
            is_delta=kind.is_delta,
            is_member=place.is_member,
            is_match=hits is not None and self._is_hit(place, hits),
            is_ahead=until_ns is not None and at_ns is not None and at_ns > until_ns,
        )

    def columns(self, width: int) -> Columns:
        """Share out the width among the columns."""
        journal, longest = self._call.journal, self._longest_name()
        last_ns, last_seq = max(0, journal.times[-1]), journal.seqs[-1]
        key = (width, longest, last_ns // 60_000_000_000, len(str(last_seq)), self._rows.folded)
        if self._columns is None or self._columns[0] != key:
            self._columns = key, Columns.of(width, longest, last_ns, last_seq, folded=self._rows.folded)
        return self._columns[1]

    def _said(self, place: Place) -> Said:
        return self._seen.run(self._rows.members(place.run)) if place.count > 1 else self._seen.one(place.index)

    def _status(self, index: int) -> str:
        response = self._call.session.responses.get(self._call.journal.response_id(index))
        return response.status if response is not None else ""

    def _is_hit(self, place: Place, hits: Hits) -> bool:
        members = self._rows.members(place.run) if place.count > 1 else np.array([place.index])
        return len(hits.among(members)) > 0

    def _longest_name(self) -> int:
        table = self._call.journal.kind_table
        known, longest = self._names
        if known < len(table):
            longest = max(longest, *(min(_LONGEST_NAME, len(kind.name)) for kind in table[known:]))
            self._names = len(table), longest
        return longest
