"""What `[tool.rtdebug.lint]` of the nearest pyproject.toml says; `lint` and the line at a call's end go by it."""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtdebug.errors import UsageError

if TYPE_CHECKING:
    from rtdebug.diagnosis.finding import Rule, Severity

FILE = "pyproject.toml"
TABLE = "tool.rtdebug.lint"
KEYS = ("select", "ignore", "min-severity")


@dataclass(frozen=True, slots=True)
class Settings:
    """Which rules, and how grave a finding must be."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    min_severity: "Severity | None" = None
    where: str = ""
    """What messages call the place the words come from."""

    def rules(self, rules: "Sequence[Rule]") -> "list[Rule]":
        """Choose from the rules; raise UsageError for a word that names none."""
        from rtdebug.diagnosis.selecting import choose

        return choose(rules, self.select, self.ignore, self.where)


def settings_here() -> Settings:
    """Read the settings that hold for the working folder; raise UsageError for what is wrong with them."""
    try:
        folder = Path.cwd()
    except OSError:  # it is gone, and so there is nothing above it
        return Settings()
    return nearest_settings(folder)


def nearest_settings(folder: Path) -> Settings:
    """Read the settings of the first pyproject.toml from a folder upwards; raise UsageError for what is wrong there."""
    for above in (folder, *folder.parents):
        file = above / FILE
        if file.is_file():
            return read_settings(file)
    return Settings()


def read_settings(file: Path) -> Settings:
    """Read the settings of one file; raise UsageError for what is wrong there."""
    try:
        value: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: cannot be read ({error}). Its [{TABLE}] tells `rtdebug lint` what to do.") from None
    for key in TABLE.split("."):
        value = value.get(key, {}) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        raise UsageError(f"{file}: [{TABLE}] is no table")
    return _settings(value, f"{file}, [{TABLE}]: ")


def _settings(table: Mapping[str, Any], where: str) -> Settings:
    for key in table:
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(KEYS)}."
            raise UsageError(f"{where}there is no setting {key}. {hint}")
    words = {key: _words(table, key, where) for key in ("select", "ignore")}
    return Settings(words["select"], words["ignore"], _severity(table.get("min-severity"), where), where)


def _words(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not (isinstance(value, list) and all(isinstance(word, str) for word in value)):
        raise UsageError(f'{where}{key} is no list of codes, such as ["RT180", "RT22"]')
    return tuple(value)


def _severity(value: object, where: str) -> "Severity | None":
    from rtdebug.diagnosis.finding import SEVERITIES

    if value is None:
        return None
    if value not in SEVERITIES:
        raise UsageError(f"{where}min-severity is none of {', '.join(SEVERITIES)}")
    return value
