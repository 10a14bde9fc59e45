"""What lies beside the repository on a maintainer's machine: facts to test against, which are no part of it."""

import json
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared"
REAL = sorted((SHARED / "real").glob("*.jsonl"))
"""Sessions of real services."""
EVENTS = SHARED / "protocol" / "events.json"

needs_real = pytest.mark.skipif(not REAL, reason="recorded real sessions are not here: shared/real")
"""Goes over a `parametrize`, so that its words are told, and not pytest's on an empty list."""
needs_events = pytest.mark.skipif(not EVENTS.exists(), reason="the table of events is not here: shared/protocol")


def told(path: Path) -> list[tuple[str, dict]]:
    """Return a real session's events, each with who sent it."""
    lines = (json.loads(line) for line in path.read_bytes().splitlines())
    return [(line["from"], line["event"]) for line in lines if "event" in line]
