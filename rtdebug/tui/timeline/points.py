"""What happened in one moment: cut answers, errors, what was refused, deleted or lost, keys, the end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rtdebug.session.model import Session
from rtdebug.tui.cells import tame
from rtdebug.tui.timeline.spans import LAST_NS, known_ns
from rtdebug.units import length

Finding = tuple[int, str, str]
"""When, how severe, and its code."""
_WORD = 40
_MOST_MS = 10**9
_SEVERITIES = {"error": "bad", "warning": "warn"}


@dataclass(frozen=True, slots=True)
class Point:
    """A sign on the timeline, and what it says where there is room."""

    start_ns: int
    sign: str
    style: str
    text: str = ""

    @property
    def end_ns(self) -> int:
        """It does not last."""
        return self.start_ns


def points(
    session: Session, when: Callable[[int], int | None], findings: tuple[Finding, ...], *, live: bool = False
) -> Iterator[Point]:
    """Return every mark of a session, in no order. A live one has no end yet, any other should have one."""
    yield from _of_items(session)
    for response in session.responses.values():
        if response.barge_in is not None and (at := known_ns(response.barge_in.speech)) is not None:
            yield Point(at, "»", "user", "barge-in")
    for error in session.errors:
        if (at := known_ns(error.mark)) is not None:
            yield Point(at, "▲", "bad", tame(error.code or error.type or "error", _WORD))
    for change in session.changes:
        if change.answer == "refused" and (at := known_ns(change.mark)) is not None:
            yield Point(at, "✕", "bad", "update refused")
    for gap in session.gaps:
        if (at := when(gap.seq)) is not None:
            yield Point(min(max(0, at), LAST_NS), "░", "bad", "gap")
    for mark, key in session.keys:
        if (at := known_ns(mark)) is not None:
            yield Point(at, "#", "user", tame(key, _WORD))
    for at_ns, severity, code in findings:
        yield Point(min(max(0, at_ns), LAST_NS), "⚑", _SEVERITIES.get(severity, "label"), tame(code, _WORD))
    yield from _end(session, live)


def _of_items(session: Session) -> Iterator[Point]:
    for item in session.items.values():
        cut = item.truncation
        if cut is not None and (at := known_ns(cut.asked, cut.done)) is not None:
            if cut.refused is not None:
                yield Point(at, "✂", "bad", "truncate refused")
            else:
                heard = length(min(max(0, cut.audio_end_ms), _MOST_MS) * 1_000_000)
                yield Point(at, "✂", "warn", f"{heard} heard")
        if item.deleted is not None and (at := known_ns(item.deleted)) is not None:
            yield Point(at, "−", "label", "deleted")  # noqa: RUF001 (a minus sign)


def _end(session: Session, live: bool) -> Iterator[Point]:
    ending = session.ending
    if not live and not session.complete and ending.mark is None and session.duration_ns is not None:
        yield Point(min(max(0, session.duration_ns), LAST_NS), "░", "warn", "cut off")
    if ending.mark is None or (at := known_ns(ending.mark)) is None:
        return
    if session.refusal is not None:
        yield Point(at, "✕", "bad", "refused" if session.refusal.status is not None else "no answer")
    elif ending.is_lost:
        yield Point(at, "■", "bad", "lost")
    else:
        is_fine = ending.code in (None, 1000, 1001) and ending.by != "proxy"
        code = f" {ending.code}" if ending.code is not None else ""
        yield Point(at, "■", "label" if is_fine else "bad", f"closed{code}")
