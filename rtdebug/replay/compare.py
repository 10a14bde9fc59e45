"""What differs between the client event that was recorded and the one that came. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from rtdebug.protocol.event import Event
from rtdebug.protocol.identity import JSON_TEXTS
from rtdebug.protocol.reading import loads
from rtdebug.protocol.secrets import REDACTED
from rtdebug.replay.policy import Policy

_ABSENT: Any = object()
_LONGEST = 90
_AROUND = 24


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two events differ."""

    path: str
    recorded: str
    """What the recording has there, as text; "(nothing)" where it has nothing."""
    sent: str


def differences(
    recorded: Event, sent: Event, policy: Policy, made: frozenset[str] = frozenset()
) -> tuple[Difference, ...]:
    """Compare two events of one kind, whose ids are in the same terms already.

    `made` are ids that the recorded client made up: another client makes up others.
    """
    if policy.strictness == "loose":
        return ()
    if not recorded.type and not sent.type:
        return ()
    try:
        found = list(_compare("", recorded.data, sent.data, policy))
    except RecursionError:
        return (Difference("", "(too deep to be compared)", "(too deep to be compared)"),)
    return tuple(
        Difference(path, *_shown(mine, its))
        for path, mine, its in found
        if not (isinstance(mine, str) and mine in made and isinstance(its, str))
    )


_Found = Iterator[tuple[str, Any, Any]]


def _compare(path: str, mine: Any, its: Any, policy: Policy) -> _Found:
    if path and policy.ignores_field(path):
        return
    is_lax = policy.strictness != "strict"
    if is_lax and path in JSON_TEXTS:
        mine, its = _parsed(mine), _parsed(its)
    if isinstance(mine, Mapping) and isinstance(its, Mapping):
        for key in {**mine, **its}:
            inner = f"{path}.{key}" if path else str(key)
            yield from _compare(inner, mine.get(key, _ABSENT), its.get(key, _ABSENT), policy)
    elif isinstance(mine, list) and isinstance(its, list) and len(mine) == len(its):
        for one, other in zip(mine, its, strict=True):
            yield from _compare(f"{path}[]", one, other, policy)
    elif is_lax and _nothing(mine) and _nothing(its):
        return
    elif not _equal(mine, its):
        yield path, mine, its


def _equal(mine: Any, its: Any) -> bool:
    if isinstance(mine, str) and REDACTED in mine and isinstance(its, str):
        return True  # what was struck out of the recording can be anything
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (mine, its))
    return bool((numbers or type(mine) is type(its)) and mine == its)


def _nothing(value: Any) -> bool:
    return value is _ABSENT or value is None


def _parsed(value: Any) -> Any:
    """Read text that holds a JSON object or list; other text, and all else, stays."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return loads(value.encode())
    except ValueError:
        return value


def _shown(mine: Any, its: Any) -> tuple[str, str]:
    """Write two values so that the eye finds where they part."""
    one, other = _text(mine), _text(its)
    if max(len(one), len(other)) <= _LONGEST:
        return one, other
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    begin = max(0, same - _AROUND)
    return _part(one, begin), _part(other, begin)


def _part(text: str, begin: int) -> str:
    end = begin + _LONGEST
    return ("…" if begin else "") + text[begin:end] + ("…" if len(text) > end else "")


def _text(value: Any) -> str:
    if value is _ABSENT:
        return "(nothing)"
    try:
        return orjson.dumps(value).decode()
    except (orjson.JSONEncodeError, RecursionError):
        return f"({type(value).__name__})"


def names_in(event: Event) -> set[str]:
    """Return what of an event can be ignored: its type, and its fields by path and by name."""
    found = {event.type, event.wire_type}
    _gather("", event.data, found)
    return found - {""}


def _gather(path: str, value: Any, found: set[str]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            below = f"{path}.{key}" if path else str(key)
            found |= {below, str(key)}
            _gather(below, inner, found)
    elif isinstance(value, list):
        for inner in value:
            _gather(path, inner, found)
