"""Where one may want to go from a row: the next response, error or turn, or the one before."""

from typing import Final

import numpy as np

from rtdebug.tui.call.call import Call
from rtdebug.tui.call.columns import Numbers
from rtdebug.tui.call.matching import Matching
from rtdebug.tui.call.query import Query, parse
from rtdebug.tui.call.rows import Rows

RESPONSES: Final = parse("type:response.created")
ERRORS: Final = parse("has:error,problem")


def about(call: Call, query: Query) -> Numbers:
    """Return the entries of a call that a query is about, at once: for what needs no file."""
    matching = Matching(call, query)
    while matching.step(1_000_000_000):
        pass
    matching.close()
    return np.flatnonzero(matching.mask)


def turns(call: Call) -> Numbers:
    """Return the entries that turns begin with."""
    session = call.session
    seqs = []
    for turn in session.turns:
        items = [session.items[id_] for id_ in turn.item_ids if id_ in session.items]
        marks = [item.speech.started for item in items if item.speech is not None]
        marks += [mark for item in items for mark in (item.asked, item.added) if mark is not None]
        responses = [session.responses[id_] for id_ in turn.response_ids if id_ in session.responses]
        marks += [response.created for response in responses if response.created is not None]
        seqs += [min(mark.seq for mark in marks)] if marks else []
    return np.array(sorted(call.index_of(seq) for seq in seqs), dtype=np.int64)


def leap(rows: Rows, indexes: Numbers, row: int, way: int) -> int | None:
    """Return the nearest row beyond one that holds one of these entries, None where there is none."""
    shown = np.intersect1d(indexes, rows.chosen(), assume_unique=True)
    found = np.unique(rows.rows_of(shown))
    found = found[found > row] if way > 0 else found[found < row]
    if not len(found):
        return None
    return int(found[0] if way > 0 else found[-1])
