"""What the figures were measured on, and with what."""

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.relay.sides import GENERATOR_CORE, SIDE_CORE, Side


def facts(command: str, sides: Sequence[Side]) -> list[tuple[str, str]]:
    """Return names and facts for the head of a report."""
    return [
        ("command", f"`{command}`"),
        ("date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
        ("machine", f"{os.cpu_count()} cores of {_processor()}, {_memory()}, shared with other work"),
        ("kernel", f"{platform.system()} {platform.release()}"),
        ("cores", f"load generator (app and upstream) on {GENERATOR_CORE}, the side on {SIDE_CORE}"),
        ("Python", f"{platform.python_version()}, for the load generator and rtdebug"),
        *((side.name, side.version()) for side in sides),
    ]


def _processor() -> str:
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return found[1] if found else platform.machine()


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / (1 << 30):.0f} GiB"
