"""The catalogue: one row for every event type of the Realtime API and its relatives. Data, and looking it up.

It knows names, not conversations: what an event changes is told elsewhere. A type that is not here is no
mistake; it is kept and shown as it came.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from rtdebug.protocol.catalog.client import CLIENT
from rtdebug.protocol.catalog.conversation import CONVERSATION, MCP, TRANSCRIPTION
from rtdebug.protocol.catalog.response import MCP_CALLS, RESPONSE
from rtdebug.protocol.catalog.rows import Row, Shape
from rtdebug.protocol.catalog.session import BUFFERS, SESSION

__all__ = ["CATALOG", "Row", "Shape", "nearest", "row"]


def _complete(rows: Iterable[Row]) -> dict[str, Row]:
    """Fill in what follows from the other rows: aliases, what comes before, and all neighbours of the aliases."""
    known = {one.type: one for one in rows}
    aliases: dict[str, list[str]] = {name: [] for name in known}
    before: dict[str, list[str]] = {name: [] for name in known}
    for one in known.values():
        if one.canonical != one.type:
            aliases[one.canonical].append(one.type)
            continue
        for then in one.after:
            before[then].append(one.type)
    whole = {
        name: replace(one, before=tuple(before[name]), aliases=tuple(aliases[name])) for name, one in known.items()
    }
    return {name: _as_of_old(one, whole) if one.canonical != name else one for name, one in whole.items()}


def _as_of_old(alias: Row, rows: Mapping[str, Row]) -> Row:
    """Give an alias the neighbours of the row it is read as, under the names of its own shape."""

    def names(types: tuple[str, ...]) -> tuple[str, ...]:
        spelled = [(rows[name].aliases or (name,))[0] for name in types]
        return tuple(name for name in spelled if "beta" in rows[name].shapes)

    model = rows[alias.canonical]
    return replace(alias, before=names(model.before), after=alias.after or names(model.after))


CATALOG: Final[Mapping[str, Row]] = MappingProxyType(
    _complete((*CLIENT, *SESSION, *BUFFERS, *CONVERSATION, *TRANSCRIPTION, *RESPONSE, *MCP, *MCP_CALLS))
)
"""Every event type by its name on the wire, in the order in which people meet them."""


def row(type_: str) -> Row | None:
    """Return what is known of an event type."""
    return CATALOG.get(type_)


def nearest(type_: str) -> list[str]:
    """Name the known types that this one may stand for, the likeliest first."""
    near = difflib.get_close_matches(type_, CATALOG, n=3, cutoff=0.6)
    return near or [name for name in CATALOG if type_ and type_.lower() in name][:3]
