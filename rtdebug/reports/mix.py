"""Both sides of a call on one timeline: the user left, the assistant right, as it would have been heard."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rtdebug.session.audio import Arrivals, Stretch
from rtdebug.session.model import Item, Session
from rtdebug.session.playing import heard_between

_NS = 1_000_000_000
_PAUSE_NS = 150_000_000
"""Audio this much later than it should be was a pause of the microphone, not a late packet."""
_BLOCK_SECONDS = 10

Read = Callable[[Stretch], npt.NDArray[np.int16]]


@dataclass(frozen=True, slots=True)
class Placed:
    """Samples, and when they are to be heard."""

    at_ns: int
    stretch: Stretch

    @property
    def end_ns(self) -> int:
        """When they end."""
        return self.at_ns + self.stretch.length_ns


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
        return Lanes(_as_it_came(session.input), _as_heard(session))
    return _one_by_one(session)


def item_stretches(session: Session, item: Item) -> list[Stretch]:
    """Return the samples of one item: what the user said, or all that the assistant made."""
    if item.input_start_ms is not None and item.input_end_ms is not None:
        return session.input.cut(item.input_start_ms, item.input_end_ms)
    return [stretch for _, part in sorted(item.parts.items()) if part.audio for stretch in part.audio.stretches]


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


def _as_it_came(audio: Arrivals) -> list[Placed]:
    """Place a microphone's audio by when it came; a piece that came late begins after a pause."""
    found: list[Placed] = []
    base_ns = piece_ns = 0
    pieces = iter(_pieces(audio))
    for stretch, start_ns, came_ns in pieces:
        length_ns = stretch.length_ns
        late_ns = came_ns - length_ns - (base_ns + start_ns)
        if not found or late_ns > _PAUSE_NS:
            base_ns += max(late_ns, 0) if found else late_ns
            base_ns = max(base_ns, piece_ns - start_ns)
            found.append(Placed(max(0, base_ns + start_ns), stretch))
        elif _follows(found[-1].stretch, stretch):
            found[-1].stretch.frames += stretch.frames
        else:
            found.append(Placed(max(0, base_ns + start_ns), stretch))
        piece_ns = base_ns + start_ns + length_ns
    return found


def _pieces(audio: Arrivals) -> Iterator[tuple[Stretch, int, int]]:
    """Yield each piece with its place in the stream and when it came (the latest known time, where it has none)."""
    came_ns, start_ns = 0, 0
    stretches = iter(audio.stretches)
    stretch, used = next(stretches, None), 0
    for at_ns, end_ns in zip(audio.times, audio.ends, strict=True):
        came_ns = max(came_ns, at_ns)
        while stretch is not None and used >= stretch.frames:
            stretch, used = next(stretches, None), 0
        if stretch is None:
            return
        frames = min(stretch.frames - used, round((end_ns - start_ns) * stretch.rate / _NS))
        if stretch.track and frames > 0:
            yield Stretch(stretch.track, stretch.rate, stretch.start + used, frames), start_ns, came_ns
        used += frames
        start_ns = end_ns


def _follows(stretch: Stretch, other: Stretch) -> bool:
    return stretch.track == other.track and stretch.start + stretch.frames == other.start


def _as_heard(session: Session) -> list[Placed]:
    found = []
    for item_id, span in heard_between(session).items():
        at_ns, left_ns = span.start_ns, (span.end_ns or span.start_ns) - span.start_ns
        for stretch in item_stretches(session, session.items[item_id]):
            frames = min(stretch.frames, left_ns * stretch.rate // _NS)
            if stretch.track and frames > 0:
                found.append(Placed(at_ns, Stretch(stretch.track, stretch.rate, stretch.start, frames)))
            at_ns += frames * _NS // stretch.rate
            left_ns -= frames * _NS // stretch.rate
    return found


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
