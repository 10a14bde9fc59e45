"""Event types: how often each was sent. What comes in pieces (deltas, microphone audio) is there, or it is not."""

from collections import Counter

from rtdebug.protocol.catalog import CATALOG
from rtdebug.reports.diff.pairing import Pairs
from rtdebug.reports.diff.values import Compared, Difference

Sent = tuple[str, str]
"""Sender and type."""

_PIECES = (".delta", ".append", "transcription.updated")


def events(pairs: Pairs) -> Compared:
    """Compare how often each type was sent."""
    first, second = (Counter(kept(pairs, side)) for side in (0, 1))
    types = [*first, *(one for one in second if one not in first)]
    found = [
        Difference(f"{sender} {type_}", first[sender, type_], second[sender, type_], "count")
        for sender, type_ in types
        if first[sender, type_] != second[sender, type_]
    ]
    return Compared("events", len(types), "event type", found)


def kept(pairs: Pairs, side: int, *, pieces: bool = True) -> list[Sent]:
    """Return one recording's types in order: pieces once or not at all, and none that the other's dialect lacks."""
    shapes = [_shape(one.recorded.dialect) for one in (pairs.a, pairs.b)]
    other = shapes[1 - side] if shapes[0] != shapes[1] else ""
    found, seen = [], set[Sent]()
    for sent in (pairs.a, pairs.b)[side].types:
        if sent[1].endswith(_PIECES):
            if not pieces or sent in seen:
                continue
            seen.add(sent)
        if other and not _spoken_in(sent[1], other):
            continue
        found.append(sent)
    return found


def _spoken_in(type_: str, shape: str) -> bool:
    row = CATALOG.get(type_)
    return row is None or any(shape in CATALOG[name].shapes for name in (type_, *row.aliases))


def _shape(dialect: str) -> str:
    """Return the shape that the catalogue knows a dialect by, "" for others: mixed or not known."""
    word = dialect.partition(" (")[0].lower()
    return word if word in ("ga", "beta", "translation") else ""
