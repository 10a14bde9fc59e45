"""How far apart things are, and how long a recording went on after them: what waiting is judged by."""

from bisect import bisect_right

from rtdebug.diagnosis.subject import Subject
from rtdebug.session.model import Mark, Response


def between(first: Mark | None, last: Mark | None) -> int | None:
    """Say how long after one thing another was, ns; None where a time is not known."""
    if first is None or last is None or first.at_ns is None or last.at_ns is None:
        return None
    return last.at_ns - first.at_ns


def watched_ns(call: Subject, since: Mark) -> int:
    """Say for how long the recording shows the call after something; 0 where it has no times, or a gap after it."""
    ended = call.session.ending.mark
    end_ns = call.end_ns if ended is None or ended.at_ns is None else min(call.end_ns, ended.at_ns)
    gap_ns = min((call.times.get(gap.seq, 0) for gap in call.session.gaps if gap.seq > since.seq), default=end_ns)
    return 0 if since.at_ns is None else max(0, min(end_ns, gap_ns) - since.at_ns)


def begun_after(call: Subject, since: Mark) -> list[Response]:
    """Return the responses of the conversation that began after something, in order."""
    place = bisect_right(call.begun, since.seq, key=lambda one: one[0])
    return [one for _, one in call.begun[place:]]


def client_sent(call: Subject, *types: str) -> list[Mark]:
    """Return where the client sent events of these types."""
    return [Mark(event.seq, event.at_ns) for event in call.traffic.said(*types)]


def mark_at(call: Subject, seq: int) -> Mark:
    """Return an entry as a mark."""
    return Mark(seq, call.times.get(seq))
