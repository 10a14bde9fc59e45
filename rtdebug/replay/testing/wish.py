"""What a test asks for in its marker, read and checked. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from rtdebug.errors import UsageError

Marks = Iterable[tuple[Sequence[Any], Mapping[str, Any]]]
"""Arguments and keywords of each marker, the nearest to the test first."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be played to a test, and how."""

    names: tuple[str, ...] = ()
    """Its recordings; none for the one that is called like the test."""
    match: str = "semantic"
    pace: str = "fast"
    ignore: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()
    """Those of `ignore` that have to be in the recordings: they are said of these alone."""
    faults: tuple[str, ...] = ()
    loop: bool = False
    patience: float = 10.0
    """Seconds that a client may do nothing of what is waited for: fewer than elsewhere, a test has no person in it."""
    complete: bool | None = None
    """True: all of it has to be played. False: a client may leave at any time. None: it has to do its part."""


def wish_of(marks: Marks, usual: Wish) -> Wish:
    """Put the markers of a test together: what stands nearer wins; raise UsageError."""
    wish = usual
    for names, more in reversed(list(marks)):
        wish = replace(wish, **_checked(more))
        if names:
            wish = replace(wish, names=_texts("names of recordings", names))
    return wish


def _checked(more: Mapping[str, Any]) -> dict[str, Any]:
    import difflib

    known = [field.name for field in fields(Wish) if field.name not in ("names", "spelled")]
    found: dict[str, Any] = {}
    for key, value in more.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}."
            raise UsageError(f"marker rtdebug: {key} is unknown. {hint}")
        found[key] = _texts(key, value) if key in ("ignore", "faults") else _plain(key, value)
    return found


def _texts(what: str, value: object) -> tuple[str, ...]:
    values = (value,) if isinstance(value, str) else value
    if not isinstance(values, list | tuple | set | frozenset) or not all(isinstance(one, str) for one in values):
        raise UsageError(f"marker rtdebug: {what}: expected text, not {value!r}")
    return tuple(values)


_KINDS: Mapping[str, tuple[type, ...]] = {
    "match": (str,),
    "pace": (str,),
    "loop": (bool,),
    "patience": (int, float),
    "complete": (bool, type(None)),
}


def _plain(key: str, value: object) -> object:
    if not isinstance(value, _KINDS[key]):
        kinds = " or ".join("None" if kind is type(None) else kind.__name__ for kind in _KINDS[key])
        raise UsageError(f"marker rtdebug: {key}={value!r}: expected {kinds}")
    if key == "patience" and (isinstance(value, bool) or not 0 < cast(float, value) < math.inf):
        raise UsageError(f"marker rtdebug: patience={value!r}: expected seconds, more than 0")
    return value
