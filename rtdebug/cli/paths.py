"""Paths among a command's arguments: told in one line where they are wrong."""

from pathlib import Path
from typing import Any

import rich_click as click

from rtdebug.errors import UsageError


class PathOf(click.Path):
    """A path, in its own words where it cannot be used: UsageError, not a page of usage."""

    def __init__(self, **wanted: Any) -> None:
        super().__init__(path_type=Path, **wanted)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check a path; raise UsageError."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            raise UsageError(f"{_option(param)}{value}: {self._why(Path(value))}") from None

    def _why(self, path: Path) -> str:
        kind = "file" if not self.dir_okay else "folder" if not self.file_okay else "file or folder"
        if not path.exists():
            return f"there is no such {kind}"
        if path.is_dir() is not self.dir_okay and not (self.dir_okay and self.file_okay):
            return f"it is no {kind}"
        return "it cannot be read"


def _option(param: click.Parameter | None) -> str:
    """Name the option that a path stands behind, "" where it is an argument."""
    return f"{max(param.opts, key=len)} " if isinstance(param, click.Option) else ""


def existing_file() -> PathOf:
    """Return the type of a file that is there."""
    return PathOf(exists=True, dir_okay=False)
