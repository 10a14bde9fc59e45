"""A lane of sound: bars that are the higher and the brighter the louder it is."""

from typing import Final

import numpy as np

from rtdebug.tui.call.peaks import Levels
from rtdebug.tui.cells import Canvas

_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_GHOST: Final = "░"
_SHADES: Final = 4


def draw_wave(canvas: Canvas, row: int, left: int, rows: int, levels: Levels, style: str, ghost: Levels | None) -> None:
    """Draw loudness (0 to 1, below 0 for nothing) over so many rows, upwards.

    Where there is nothing but a `ghost`, that is drawn, dotted: it was made, and nobody heard it.
    """
    eighths = _eighths(levels, rows)
    ghosts = _eighths(ghost, rows) if ghost is not None else np.zeros_like(eighths)
    unheard = (ghosts > 1) & (eighths == 0)
    heights = np.where(unheard, ghosts, eighths)
    shades = 1 + np.minimum(_SHADES - 1, (np.maximum(levels, 0) * _SHADES).astype(np.int64))
    names = ["unheard" if ghostly else f"{style}.{shade}" for ghostly, shade in zip(unheard, shades, strict=True)]
    for up in range(rows):
        fill = np.clip(heights - 8 * up, 0, 8)
        for column in np.flatnonzero(fill).tolist():
            sign = _BLOCKS[fill[column]]
            if unheard[column]:
                sign = _GHOST if up == 0 or fill[column] >= 4 else " "
            canvas.put(row + rows - 1 - up, left + column, sign, names[column])


def _eighths(levels: Levels, rows: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    """Return heights in eighths of a row: nothing has none, silence one."""
    heights = np.round(np.minimum(levels, 1) * rows * 8).astype(np.int64)
    return np.where(levels < 0, 0, np.maximum(heights, 1))
