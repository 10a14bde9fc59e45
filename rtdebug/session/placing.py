"""Where the sound of a call stands on its clock: the microphone as it came, answers as they were heard."""

from array import array
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rtdebug.session.audio import Arrivals, Stretch
from rtdebug.session.model import Item, Session
from rtdebug.session.playing import heard_between

_NS = 1_000_000_000
_PAUSE_NS = 150_000_000
"""Audio this much later than it should be was a pause of the microphone, not a late packet."""
_PIECES = 4096
"""Pieces that are placed at a time."""

_Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Placed:
    """Samples, and when they are to be heard."""

    at_ns: int
    stretch: Stretch

    @property
    def end_ns(self) -> int:
        """When they end."""
        return self.at_ns + self.stretch.length_ns


def as_it_came(audio: Arrivals) -> list[Placed]:
    """Place a microphone's audio by when it came."""
    microphone = Microphone()
    while microphone.take(audio):
        pass
    return microphone.placed


def as_heard(session: Session) -> list[Placed]:
    """Place the answers of the assistant's as a player would have played them."""
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


def item_stretches(session: Session, item: Item) -> list[Stretch]:
    """Return the samples of one item: what the user said, or all that the assistant made."""
    if item.input_start_ms is not None and item.input_end_ms is not None:
        return session.input.cut(item.input_start_ms, item.input_end_ms)
    return [stretch for _, part in sorted(item.parts.items()) if part.audio for stretch in part.audio.stretches]


class Microphone:
    """Places a microphone's audio by when it came; a piece that came late begins after a pause.

    It is given the same stream again as it grows, and goes on where it was.
    """

    def __init__(self) -> None:
        self.placed: list[Placed] = []
        self._base_ns = 0
        """When the stream would have begun, had there been no pause."""
        self._free_ns = 0
        """When all that is placed has been heard."""
        self._came_ns = 0
        self._piece = self._stretch = self._used = 0

    def take(self, audio: Arrivals) -> bool:
        """Place the next few thousand pieces; say whether there are more."""
        if self._piece >= len(audio.ends):
            return False
        while self._used >= audio.stretches[self._stretch].frames and self._stretch + 1 < len(audio.stretches):
            self._stretch, self._used = self._stretch + 1, 0
        stretch, first = audio.stretches[self._stretch], self._piece
        start_ns = audio.ends[first - 1] if first else 0
        ends = _numbers(audio.ends[first : first + _PIECES])
        frames = np.rint(np.diff(ends, prepend=start_ns) * (stretch.rate / _NS)).astype(np.int64)
        number = int(np.searchsorted(np.cumsum(frames), stretch.frames - self._used)) + 1
        ends, frames = ends[:number], frames[:number]
        times = _numbers(audio.times[first : first + len(ends)])
        came = np.maximum(np.maximum.accumulate(times), self._came_ns)
        if stretch.track:
            self._place(stretch, ends, frames, came)
        self._used += int(frames.sum())
        self._piece, self._came_ns = first + len(ends), int(came[-1])
        return True

    def _place(self, stretch: Stretch, ends: _Numbers, frames: _Numbers, came: _Numbers) -> None:
        """Place pieces of one stretch: those up to the next pause together."""
        late = np.where(frames > 0, came - ends, np.iinfo(np.int64).min)
        offsets = np.cumsum(frames) - frames + self._used
        at, last = 0, len(ends)
        while at < last:
            paused = late[at] > self._base_ns + _PAUSE_NS or not self.placed
            if paused and frames[at] <= 0:
                at += 1
                continue
            start_ns = int(ends[at]) - int(frames[at]) * _NS // stretch.rate
            if paused:
                self._base_ns = max(int(late[at]), self._free_ns - start_ns)
            pauses = late[at + 1 :] > self._base_ns + _PAUSE_NS
            until = at + 1 + int(pauses.argmax()) if pauses.any() else last
            count, begin = int(frames[at:until].sum()), stretch.start + int(offsets[at])
            piece = Stretch(stretch.track, stretch.rate, begin, count)
            if not paused and _follows(self.placed[-1].stretch, piece):
                self.placed[-1].stretch.frames += count
            elif count:
                self.placed.append(Placed(max(0, self._base_ns + start_ns), piece))
            self._free_ns = self._base_ns + int(ends[until - 1])
            at = until


def _numbers(values: "array[int]") -> _Numbers:
    return np.array(values, np.int64)


def _follows(stretch: Stretch, other: Stretch) -> bool:
    return stretch.track == other.track and stretch.start + stretch.frames == other.start
