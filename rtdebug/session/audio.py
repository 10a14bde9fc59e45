"""The audio of a session on its own clocks: what was appended, what was made, and when each piece came."""

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

_NS = 1_000_000_000


@dataclass(slots=True)
class Stretch:
    """Samples of one track, without a break."""

    track: str
    """"" where the audio stayed in its entries."""
    rate: int
    start: int
    """First frame in the track."""
    frames: int

    @property
    def length_ns(self) -> int:
        """How long it lasts."""
        return self.frames * _NS // self.rate


@dataclass(slots=True)
class Arrivals:
    """A continuous stream of audio: which samples, and when each piece of it came."""

    stretches: list[Stretch] = field(default_factory=list)
    seqs: "array[int]" = field(default_factory=lambda: array("q"))
    times: "array[int]" = field(default_factory=lambda: array("q"))
    """When each piece came; -1 where the recording has no times."""
    ends: "array[int]" = field(default_factory=lambda: array("q"))
    """Length of the stream at the end of each piece, ns."""
    ragged: list[int] = field(default_factory=list)
    """Entries whose audio was no whole number of samples."""

    @property
    def length_ns(self) -> int:
        """How much audio there is."""
        return self.ends[-1] if self.ends else 0

    @property
    def length_ms(self) -> float:
        """How much audio there is, in milliseconds."""
        return self.length_ns / 1e6

    def add(self, seq: int, at_ns: int | None, track: str, rate: int, start: int, frames: int) -> None:
        """Take the next piece."""
        self.seqs.append(seq)
        self.times.append(-1 if at_ns is None else at_ns)
        last = self.stretches[-1] if self.stretches else None
        if last is not None and last.track == track and last.rate == rate and last.start + last.frames == start:
            last.frames += frames
        else:
            self.stretches.append(Stretch(track, rate, start, frames))
        self.ends.append((self.ends[-1] if self.ends else 0) + frames * _NS // rate)

    def came_ns(self, ms: float) -> int | None:
        """Say when the piece that holds this millisecond came."""
        index = bisect_left(self.ends, int(ms * 1e6))
        return self._time(index)

    def length_at(self, seq: int) -> int:
        """Say how much audio, in ns, had come before an entry."""
        index = bisect_right(self.seqs, seq)
        return self.ends[index - 1] if index else 0

    def cut(self, start_ms: float, end_ms: float) -> list[Stretch]:
        """Return the samples from one millisecond to another, as far as they are there."""
        start_ns, end_ns = max(0, int(start_ms * 1e6)), int(end_ms * 1e6)
        found, at_ns = [], 0
        for stretch in self.stretches:
            first = max(0, (start_ns - at_ns) * stretch.rate // _NS)
            last = min(stretch.frames, (end_ns - at_ns) * stretch.rate // _NS)
            if last > first:
                found.append(Stretch(stretch.track, stretch.rate, stretch.start + first, last - first))
            at_ns += stretch.length_ns
        return found

    def _time(self, index: int) -> int | None:
        return self.times[index] if index < len(self.times) and self.times[index] >= 0 else None


class InputAudio(Arrivals):
    """All audio appended in a session: `audio_start_ms` and `audio_end_ms` count from its first sample."""


class OutputAudio(Arrivals):
    """The audio of one content part, as generated."""
