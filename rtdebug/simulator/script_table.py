"""A table of a TOML file, and where it stands: its values are taken out by type, and what is wrong is named."""

from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from rtdebug.errors import UsageError

_T = TypeVar("_T")
_NAMES: dict[type, str] = {str: "a string", int: "a whole number", list: "an array", dict: "a table"}


class Place:
    """One table of a script, and where it stands."""

    def __init__(self, name: str, line: int, path: str, table: dict[str, Any]) -> None:
        self.name = name
        self.line = line
        self.path = path
        self.table = table

    def wrong(self, what: str) -> NoReturn:
        """Refuse the script."""
        where = [self.name, *([f"line {self.line}"] if self.line else []), *([self.path] if self.path else [])]
        raise UsageError(f"{where[0]}: {', '.join(where[1:])}{': ' if where[1:] else ''}{what}")

    def only(self, *names: str) -> None:
        """Refuse any other key."""
        for key in self.table:
            if key not in names:
                self.wrong(f"{key!r} is not known here; there are {', '.join(names)}")

    def get(self, key: str, kind: type[_T]) -> _T | None:
        """Return a value of that type, or None where there is none."""
        value = self.table.get(key)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            self.wrong(f"{key} is {value!r}, but should be {_NAMES[kind]}")
        return value

    def text(self, key: str) -> str | None:
        """Return a string."""
        return self.get(key, str)

    def number(self, key: str, allowed: range) -> int | None:
        """Return a whole number in a range."""
        value = self.get(key, int)
        if value is not None and value not in allowed:
            self.wrong(f"{key} is {value}, but should be {allowed.start} to {allowed.stop - 1}")
        return value

    def one_of(self, key: str, names: Iterable[str]) -> str | None:
        """Return a string of a list."""
        value = self.text(key)
        if value is not None and value not in names:
            self.wrong(f"{key} is {value!r}, but should be one of {', '.join(names)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return an array of strings."""
        values = self.get(key, list) or []
        if not all(isinstance(value, str) for value in values):
            self.wrong(f"{key} should hold strings only")
        return tuple(values)

    def inner(self, key: str) -> "Place | None":
        """Return a table inside this one."""
        table = self.get(key, dict)
        return None if table is None else self._within(key, table)

    def tables(self, key: str) -> "list[Place]":
        """Return an array of tables; a single table is one as well."""
        value = self.table.get(key, [])
        found = [value] if isinstance(value, dict) else value
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            self.wrong(f"{key} should be a table or an array of tables")
        return [self._within(f"{key} {number}", one) for number, one in enumerate(found, start=1)]

    def _within(self, key: str, table: dict[str, Any]) -> "Place":
        return Place(self.name, self.line, f"{self.path}, {key}" if self.path else key, table)
