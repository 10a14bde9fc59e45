"""The views beside the events: one line each in a table, and when each has to be made anew."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Final

from rtdebug.session.model import Item
from rtdebug.tui.call.call import Call
from rtdebug.tui.cells import tame
from rtdebug.tui.pages.config import config_page
from rtdebug.tui.pages.conversation import conversation_page
from rtdebug.tui.pages.findings import findings_page
from rtdebug.tui.pages.item import no_response_page
from rtdebug.tui.pages.response import response_page
from rtdebug.tui.pages.rows import Row
from rtdebug.tui.pages.usage import usage_page
from rtdebug.tui.widgets.page import Make

NAMES: Final = ("events", "JSON", "response", "talk", "usage", "config", "findings")
"""Every view, by the key that shows it."""

At = Callable[[], int]
"""Tells the entry under the cursor, an index of the journal."""


def pages(call: Call, at: At) -> Iterator[tuple[str, str, Make]]:
    """Yield each view: its name, its title and what makes its rows for a width."""
    yield "response", "Response", lambda width: _under(call, at(), width)
    yield "talk", "Talk", lambda width: conversation_page(call.recorded(), width)
    yield "usage", "Usage", lambda width: usage_page(call.recorded(), width)
    yield "config", "Config", lambda width: config_page(call.recorded(), width)
    yield "findings", "Findings", lambda width: findings_page(call.recorded(), call.diagnosis, width)


def about(name: str, call: Call, at: int, version: int) -> Hashable:
    """Say what a view is about now: as long as that stays the same, its rows do."""
    if name != "response":
        return version
    if not len(call.journal):
        return version
    response = call.session.responses.get(call.response_at(at))
    if response is not None and response.done is not None:
        session = call.session
        return response.id, len(session.changes), len(session.items), len(session.responses)
    return call.response_at(at), call.journal.item_id(at), version


def next_response(call: Call, at: int, step: int) -> int | None:
    """Name the entry where the response before or after one begins, None where there is none."""
    return _next([one.created.seq for one in call.session.responses.values() if one.created], call, at, step)


def next_finding(call: Call, at: int, step: int) -> int | None:
    """Name the entry that the finding before or after one rests on, None where there is none."""
    found = call.diagnosis.findings if call.diagnosis is not None else []
    return _next(sorted(one.seqs[0] for one in found), call, at, step)


def _next(seqs: Sequence[int], call: Call, at: int, step: int) -> int | None:
    here = call.journal.seqs[at] if len(call.journal) else 0
    found = bisect_right(seqs, here) if step > 0 else bisect_left(seqs, here) - 1
    return seqs[found] if 0 <= found < len(seqs) else None


def _under(call: Call, at: int, width: int) -> Sequence[Row]:
    """Tell of the response under the cursor, else of the item, else of what is nearest."""
    recorded = call.recorded()
    response = call.session.responses.get(call.response_at(at)) if len(call.journal) else None
    if response is not None:
        return response_page(recorded, response, width)
    item = item_at(call, at)
    at_ns = call.journal.at_ns(at) if len(call.journal) else None
    return no_response_page(recorded, width, item=item, at_ns=at_ns)


def item_at(call: Call, at: int) -> Item | None:
    """Return the item that an entry names, or the first with sound of the response it belongs to."""
    if not len(call.journal):
        return None
    session = call.session
    named = session.items.get(call.journal.item_id(at))
    if named is not None:
        return named
    response = session.responses.get(call.response_at(at))
    items = [session.items[id_] for id_ in response.item_ids if id_ in session.items] if response else []
    return next((item for item in items if item.audio), items[0] if items else None)


def where(call: Call) -> str:
    """Say where a recording is."""
    return tame(str(call.path.resolve()))
