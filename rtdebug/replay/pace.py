"""How fast a recording is played: as it was, some times faster, or at once. Pure."""

import math
import re
from typing import Final

from rtdebug.errors import UsageError

RECORDED: Final = 1.0
FAST: Final = math.inf
_NAMES: Final = {"recorded": RECORDED, "fast": FAST}
_TIMES: Final = re.compile(r"(\d+(?:\.\d+)?)x")


def parse_pace(text: str) -> float:
    """Read `recorded`, `fast` or `2x` as how many times faster than recorded; raise UsageError."""
    found = _TIMES.fullmatch(text)
    pace = _NAMES.get(text, float(found[1]) if found else 0.0)
    if pace <= 0:
        raise UsageError(f"--pace {text}: expected recorded, fast, or how many times faster, such as 2x or 0.5x")
    return pace


def scaled(gap_ns: int, pace: float) -> int:
    """Return how long a recorded gap takes now."""
    return max(0, int(gap_ns / pace))
