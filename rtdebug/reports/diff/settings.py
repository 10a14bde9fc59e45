"""Nested values as dotted paths, held against each other: configurations, arguments and outputs of tools."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rtdebug.protocol.reading import loads, text_in
from rtdebug.reports.flat import leaves, written

_WORD = re.compile(r"[\w-]+")
_NOTHING: tuple[object, ...] = (None, "", [], {})
_DEEPEST = 20
Ids = tuple[frozenset[str], frozenset[str]]
"""The ids of A, and those of B."""
_NO_IDS: Ids = (frozenset(), frozenset())


def settings(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration without what is null or empty, its tools by their names."""
    pruned = _pruned(value, 0)
    return pruned if isinstance(pruned, dict) else {}


def size(a: Mapping[str, Any], b: Mapping[str, Any]) -> int:
    """Count the settings of two configurations, those of both once."""
    return len({path for path, _ in leaves(a)} | {path for path, _ in leaves(b)})


def unequal(a: Any, b: Any, ids: Ids = _NO_IDS, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any, Any]]:
    """Yield the paths at which two values differ, with what stands there; ids in them do not count.

    What only one of them has is one difference, however much there is in it.
    """
    if isinstance(a, Mapping) and isinstance(b, Mapping) and depth < _DEEPEST:
        for key in [*a, *(key for key in b if key not in a)]:
            yield from unequal(a.get(key), b.get(key), ids, f"{path}.{key}" if path else str(key), depth + 1)
    elif not same_value(a, b) and not same_value(without_ids(a, ids[0]), without_ids(b, ids[1])):
        yield path, a, b


def same_value(a: object, b: object) -> bool:
    """Say whether two values of JSON are the same: true is not 1, 1 is 1.0, NaN is NaN."""
    return (a == b and isinstance(a, bool) == isinstance(b, bool)) or written(a) == written(b)


def without_ids(value: Any, ids: frozenset[str], depth: int = 0) -> Any:
    """Put one and the same sign for every id."""
    if isinstance(value, str):
        return _WORD.sub(lambda found: "…" if found[0] in ids else found[0], value) if ids else value
    if isinstance(value, Mapping) and depth < _DEEPEST:
        return {key: without_ids(inner, ids, depth + 1) for key, inner in value.items()}
    if isinstance(value, list) and depth < _DEEPEST:
        return [without_ids(inner, ids, depth + 1) for inner in value]
    return value


def parsed(text: str) -> Any:
    """Read the JSON in a text; the text itself where it is none."""
    try:
        return loads(text.encode("utf-8", "replace"))
    except ValueError:
        return text


def _pruned(value: Any, depth: int) -> Any:
    if depth >= _DEEPEST:
        return value
    if isinstance(value, Mapping):
        kept = {key: _pruned(inner, depth + 1) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if not any(inner == nothing for nothing in _NOTHING)}
    named = _by_name(value)
    return value if named is None else _pruned(named, depth + 1)


def _by_name(value: Any) -> dict[str, Any] | None:
    """Return a list of named things by name; None where it is another list."""
    if not isinstance(value, list) or not value:
        return None
    names = [text_in(one, "name") or text_in(one, "server_label") for one in value]
    return dict(zip(names, value, strict=True)) if all(names) and len(set(names)) == len(names) else None
