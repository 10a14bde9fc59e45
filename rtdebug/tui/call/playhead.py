"""The clock that a call is played by: where it stands, how fast it runs, and the moments it can go to. Pure.

Whoever asks says what time it is, in nanoseconds of any clock that never goes back.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from rtdebug.session.model import Mark, Session

SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
Moment = Literal["response", "turn", "error", "finding"]
MOMENTS: Final[tuple[Moment, ...]] = ("response", "turn", "error", "finding")


@dataclass(frozen=True, slots=True)
class Marks:
    """The moments of a call to go to, each kind in order, ns of the call."""

    of: Mapping[Moment, Sequence[int]] = field(default_factory=dict)

    def after(self, kind: Moment, at_ns: int) -> int | None:
        """Return the next moment of a kind, None behind the last."""
        times = self.of.get(kind, ())
        index = bisect_right(times, at_ns)
        return times[index] if index < len(times) else None


def marks(session: Session, findings: Iterable[int] = ()) -> Marks:
    """Find the moments of a session; those of findings are known elsewhere. Without times there are none."""
    turns = (_turn_start(session, turn.item_ids, turn.response_ids) for turn in session.turns)
    return Marks(
        {
            "response": _in_order(response.created for response in session.responses.values()),
            "turn": _in_order(turns),
            "error": _in_order(error.mark for error in session.errors),
            "finding": sorted(set(findings)),
        }
    )


def _in_order(found: Iterable[Mark | None]) -> list[int]:
    return sorted({mark.at_ns for mark in found if mark is not None and mark.at_ns is not None})


def _turn_start(session: Session, item_ids: Sequence[str], response_ids: Sequence[str]) -> Mark | None:
    """Say when a turn begins: the user speaks or writes, or else an answer is made."""
    for id_ in item_ids:
        item = session.items.get(id_)
        if item is None:
            continue
        mark = (item.speech.started if item.speech else None) or item.asked or item.committed or item.added
        if mark is not None:
            return mark
    return next((session.responses[id_].created for id_ in response_ids if id_ in session.responses), None)


class Playhead:
    """A position in a call that moves while it plays."""

    def __init__(self, end_ns: int = 0, *, live: bool = False) -> None:
        """Stand at the beginning; `live` says that the end is still moving."""
        self.end_ns = max(0, end_ns)
        self.live = live
        self.speed = 1.0
        self.playing = False
        self.following = False
        """It plays at the end of a live call: it is wherever the call is."""
        self._from_ns = 0
        self._since_ns = 0

    def at(self, now_ns: int) -> int:
        """Return the position; at the end of what is not live it stops."""
        if not self.playing:
            return self._from_ns
        at_ns = self.end_ns if self.following else self._from_ns + int((now_ns - self._since_ns) * self.speed)
        if at_ns < self.end_ns:
            return max(0, at_ns)
        if not self.live:
            self._stand(self.end_ns, playing=False)
        elif not self.following:
            self._stand(self.end_ns, playing=True)
            self.following = True
        return self.end_ns

    def grow(self, end_ns: int, now_ns: int, *, live: bool) -> None:
        """Take in that a live call went on, or that it ended."""
        at_ns = self.at(now_ns)
        was_following = self.following
        self.end_ns, self.live = max(self.end_ns, end_ns), live
        if was_following and not live:
            self._stand(self.end_ns, playing=False)
        elif not was_following:
            self._from(at_ns, now_ns)

    def play(self, now_ns: int) -> None:
        """Go on; from the end of what is not live, begin again."""
        if self.playing:
            return
        if self._from_ns >= self.end_ns and not self.live:
            self._from_ns = 0
        self.playing = self.end_ns > 0 or self.live
        self._since_ns = now_ns

    def pause(self, now_ns: int) -> None:
        """Stop where it is."""
        self._stand(self.at(now_ns), playing=False)

    def toggle(self, now_ns: int) -> None:
        """Stop, or go on."""
        self.at(now_ns)
        if self.playing:
            self.pause(now_ns)
        else:
            self.play(now_ns)

    def seek(self, at_ns: int, now_ns: int) -> None:
        """Go to a moment, and play on from there if it played."""
        self.following = False
        self._from(max(0, min(at_ns, self.end_ns)), now_ns)

    def faster(self, now_ns: int) -> None:
        """Double the speed."""
        self._run(next((speed for speed in SPEEDS if speed > self.speed), SPEEDS[-1]), now_ns)

    def slower(self, now_ns: int) -> None:
        """Halve the speed."""
        self._run(next((speed for speed in reversed(SPEEDS) if speed < self.speed), SPEEDS[0]), now_ns)

    def _run(self, speed: float, now_ns: int) -> None:
        at_ns = self.at(now_ns)
        self.speed = speed
        self._from(at_ns, now_ns)

    def _from(self, at_ns: int, now_ns: int) -> None:
        self._from_ns, self._since_ns = at_ns, now_ns

    def _stand(self, at_ns: int, *, playing: bool) -> None:
        self._from_ns, self.playing, self.following = at_ns, playing, False
