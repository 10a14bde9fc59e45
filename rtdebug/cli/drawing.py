"""Drawing on the terminal, or into a pipe without colours."""

import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDTH = 120
"""Columns of a report that does not go to a terminal."""
LIST_WIDTH = 200
"""Columns of a list that does not: each thing in it stays on its line, for grep."""


def console(width: int = WIDTH) -> "Console":
    """Return where to draw: as wide as the terminal, or as COLUMNS says; elsewhere of this width."""
    from rich.console import Console

    columns = shutil.get_terminal_size((width, 0)).columns
    return Console(width=max(columns, 40), highlight=False, markup=False, emoji=False)


def is_piped() -> bool:
    """Say whether what is printed goes to a program or a file, and not to a terminal."""
    return not sys.stdout.isatty()


def draw(parts: "Iterable[RenderableType]") -> None:
    """Draw the parts of a report one after the other, as they come."""
    out = console()
    for part in parts:
        out.print(part)
