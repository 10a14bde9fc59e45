"""How seldom Python looks through all that is alive for rings of what is dead.

An hour of a call is more than a hundred thousand objects: looking through them takes a tenth of a second, in the middle
of a key press. What was read lives as long as its screen does, so that it need not be looked through.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_NEW: Final = 10_000
"""Objects that come before those are looked through; drawing a screen makes thousands, and drops them by itself."""


@contextmanager
def seldom() -> Iterator[None]:
    """Look through what is new less often."""
    before = gc.get_threshold()
    gc.set_threshold(_NEW, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def spare() -> None:
    """Leave out all that is alive now."""
    gc.freeze()


def spare_nothing() -> None:
    """Look through everything again."""
    gc.unfreeze()
