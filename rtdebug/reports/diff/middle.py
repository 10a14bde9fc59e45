"""The middle of each wait of a call: one number for a recording, so that many can stand in one table."""

from statistics import median

from rtdebug.reports.diff.latency import IN_AUDIO
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.waits import WAITS


def middle(recorded: Recorded) -> dict[str, int | None]:
    """Return the median of each wait over all responses, ns; None where no response has it."""
    found: dict[str, int | None] = {}
    latencies = recorded.latencies() if recorded.session.duration_ns is not None else []
    for name, wait in WAITS.items():
        known = [value for one in latencies if (value := wait.of(one)) is not None]
        left_out = not recorded.has_audio and name in IN_AUDIO
        found[name] = round(median(known)) if known and not left_out else None
    return found
