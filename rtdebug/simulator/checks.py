"""Checks for configuration: what stands, what is asked for and where, to what stands then.

Each is a `Merge`; they are put together into tables that read like the API's reference.
"""

from collections.abc import Callable
from typing import Any

from rtdebug.simulator.refusals import Json, missing, named, not_supported, only, out_of_range, wrong_type

Merge = Callable[[Any, Any, str], Any]
"""Old value, new value and its path in, merged value out; raises `Refused`."""

_METADATA_PAIRS = 16
_METADATA_KEY = 64
_METADATA_VALUE = 512


def anything(_old: Any, new: Any, _path: str) -> Any:
    """Take whatever is asked for."""
    return new


def unchanged(old: Any, _new: Any, _path: str) -> Any:
    """Keep what stands."""
    return old


def string(_old: Any, new: Any, path: str) -> Any:
    """Take a string."""
    return kind(new, str, path, "a string")


def boolean(_old: Any, new: Any, path: str) -> Any:
    """Take true or false."""
    return kind(new, bool, path, "a boolean")


def objects(_old: Any, new: Any, path: str) -> Any:
    """Take an array of objects."""
    for place, one in enumerate(kind(new, list, path, "an array of objects")):
        kind(one, dict, f"{path}[{place}]", "an object")
        if not isinstance(one.get("type"), str):
            raise missing(f"{path}[{place}].type")
    return new


def voice(*known: str) -> Merge:
    """Take the name of a voice, one of those known if any are, or a custom voice by its id."""

    def merge(_old: Any, new: Any, path: str) -> Any:
        if isinstance(new, dict) and isinstance(new.get("id"), str):
            return new
        if kind(new, str, path, "a string") not in known and known:
            raise not_supported(new, known, path)
        return new

    return merge


def metadata(_old: Any, new: Any, path: str) -> Any:
    """Take up to 16 pairs of strings."""
    kind(new, dict, path, "an object")
    if len(new) > _METADATA_PAIRS:
        raise out_of_range(f"{len(new)} pairs", path, f"at most {_METADATA_PAIRS} pairs")
    for key, value in new.items():
        kind(value, str, f"{path}.{key}", "a string")
        if len(key) > _METADATA_KEY:
            raise out_of_range(f"a key of {len(key)} characters", path, f"keys up to {_METADATA_KEY} characters")
        if len(value) > _METADATA_VALUE:
            wanted = f"values up to {_METADATA_VALUE} characters"
            raise out_of_range(f"{len(value)} characters", f"{path}.{key}", wanted)
    return new


def nullable(inner: Merge) -> Merge:
    """Take null, or what `inner` takes."""
    return lambda old, new, path: None if new is None else inner(old, new, path)


def one_of(*values: Any) -> Merge:
    """Take one of a few values."""

    def merge(_old: Any, new: Any, path: str) -> Any:
        # True equals 1 in Python, but not in JSON.
        if new is None:
            raise wrong_type(new, path, named(values[0]))
        if isinstance(new, bool) or new not in values:
            raise not_supported(new, map(str, values), path)
        return new

    return merge


def number(low: float, high: float) -> Merge:
    """Take a number within bounds."""

    def merge(_old: Any, new: Any, path: str) -> Any:
        if isinstance(new, bool) or not isinstance(new, int | float):
            raise wrong_type(new, path, "a decimal")
        if not low <= new <= high:
            raise out_of_range(new, path, f"a value between {low} and {high}")
        return new

    return merge


def whole(low: int, high: int) -> Merge:
    """Take an integer within bounds."""

    def merge(old: Any, new: Any, path: str) -> Any:
        if isinstance(new, bool) or not isinstance(new, int):
            raise wrong_type(new, path, "an integer")
        return number(low, high)(old, new, path)

    return merge


def one_or_inf(low: int, high: int) -> Merge:
    """Take an integer within bounds, or the word for no bound."""
    return lambda old, new, path: new if new == "inf" else whole(low, high)(old, new, path)


def list_of(inner: Merge) -> Merge:
    """Take an array, each element of which `inner` takes."""

    def merge(_old: Any, new: Any, path: str) -> Any:
        elements = enumerate(kind(new, list, path, "an array"))
        return [inner(None, element, f"{path}[{place}]") for place, element in elements]

    return merge


def fields(table: dict[str, Merge], *, start: Json | None = None) -> Merge:
    """Take an object of known fields, each merged into the one that stands; `start` fills an empty place."""

    def merge(old: Any, new: Any, path: str) -> Any:
        merged = dict(old if old is not None else start or {})
        only(kind(new, dict, path, "an object"), table, path)
        for name, value in new.items():
            merged[name] = table[name](merged.get(name), value, f"{path}.{name}")
        return merged

    return merge


def typed(kinds: dict[str, tuple[Json, dict[str, Merge]]]) -> Merge:
    """Take an object whose `type` says which fields it has; another type begins from its own defaults."""

    def merge(old: Any, new: Any, path: str) -> Any:
        name = kind(new, dict, path, "an object").get("type")
        if name is None:
            raise missing(f"{path}.type")
        if not isinstance(name, str) or name not in kinds:
            raise not_supported(name, kinds, f"{path}.type")
        defaults, table = kinds[name]
        stands = old if old is not None and old["type"] == name else defaults
        return fields({**table, "type": anything})(stands, new, path)

    return merge


def kind(value: Any, wanted: type, path: str, expected: str) -> Any:
    """Return a value that has to be of some JSON type."""
    if not isinstance(value, wanted):
        raise wrong_type(value, path, expected)
    return value
