"""Both sides of a call on one timeline: the user left, the assistant right, as it would have been heard."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rtdebug.session.audio import Stretch
from rtdebug.session.model import Session
from rtdebug.session.placing import Microphone, Placed, as_heard, as_it_came, item_stretches
from rtdebug.session.playing import heard_between

_NS = 1_000_000_000
_BLOCK_SECONDS = 10

__all__ = ["Lanes", "Microphone", "Placed", "blocks", "item_stretches", "lanes"]

Read = Callable[[Stretch], npt.NDArray[np.int16]]


@dataclass(frozen=True, slots=True)
class Lanes:
    """What is heard of either side, in order."""

    user: list[Placed]
    assistant: list[Placed]

    @property
    def end_ns(self) -> int:
        """When the last sound ends."""
        return max((placed.end_ns for placed in (*self.user, *self.assistant)), default=0)

    @property
    def rates(self) -> list[int]:
        """The sample rates that occur, lowest first."""
        return sorted({placed.stretch.rate for placed in (*self.user, *self.assistant)})


def lanes(session: Session) -> Lanes:
    """Place all sound of a session. Without times, items follow each other without a pause."""
    if any(at >= 0 for at in session.input.times) or heard_between(session):
        return Lanes(as_it_came(session.input), as_heard(session))
    return _one_by_one(session)


def blocks(placed: Lanes, read: Read, rate: int, start_ns: int, end_ns: int) -> Iterator[npt.NDArray[np.int16]]:
    """Yield the mix from one moment to another, shape (frames, 2), a few seconds at a time.

    Lanes of another rate than `rate` have to be brought to it by `read`.
    """
    last = end_ns * rate // _NS
    for first in range(start_ns * rate // _NS, last, _BLOCK_SECONDS * rate):
        frames = min(_BLOCK_SECONDS * rate, last - first)
        block = np.zeros((frames, 2), np.int16)
        for side, lane in enumerate((placed.user, placed.assistant)):
            for one in lane:
                _lay(block[:, side], first, one, read, rate)
        yield block


def _lay(column: npt.NDArray[np.int16], first: int, placed: Placed, read: Read, rate: int) -> None:
    begin = placed.at_ns * rate // _NS
    stretch = placed.stretch
    length = stretch.frames * rate // stretch.rate
    low, high = max(first, begin), min(first + len(column), begin + length)
    if low >= high:
        return
    skip, frames = (low - begin) * stretch.rate // rate, -(-(high - low) * stretch.rate // rate)
    samples = read(Stretch(stretch.track, stretch.rate, stretch.start + skip, min(frames, stretch.frames - skip)))
    room = column[low - first : low - first + len(samples)]
    room[:] = samples[: len(room)]


def _one_by_one(session: Session) -> Lanes:
    found, at_ns = Lanes([], []), 0
    for item_id in session.order or list(session.items):
        item = session.items[item_id]
        lane = found.assistant if item.response_id else found.user
        for stretch in item_stretches(session, item):
            if stretch.track:
                lane.append(Placed(at_ns, stretch))
            at_ns += stretch.length_ns
    return found
