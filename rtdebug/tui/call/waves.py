"""How loud both sides are on the call's clock: read in small steps, and only what is new."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from rtdebug.protocol.audio import AudioFormat
from rtdebug.recording.reader import Lost
from rtdebug.recording.sound import decode
from rtdebug.reports.mix import Microphone, item_stretches
from rtdebug.session.audio import Arrivals, Stretch
from rtdebug.session.model import Item, Session
from rtdebug.session.playing import Span, heard_between
from rtdebug.tui.call.call import Call
from rtdebug.tui.call.peaks import BIN_NS, MOST_BINS, Bins, Track, peaks, silence

_BLOCK = 1 << 18
"""Frames that are read at a time."""
_STEPS = 16
"""While there is much to read, the answers are laid out now and then only."""


@dataclass(slots=True)
class _Stream:
    """What has been read of a stream that is heard as it comes."""

    microphone: Microphone = field(default_factory=Microphone)
    frames: list[int] = field(default_factory=list)
    """Frames read, by what the microphone placed."""
    whole: int = 0
    """How many of those have been read for good."""


@dataclass(slots=True)
class _Sound:
    """What has been read of one item of the assistant's."""

    item: Item
    track: Track = field(default_factory=Track)
    frames: list[int] = field(default_factory=list)
    """Frames read, by stretch."""
    span: Span | None = None
    laid: int = 0
    """Bins that were there when it was last laid out."""


class Waves:
    """The loudness of a call, as far as its audio has been read."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.user = Track()
        self.assistant = Track()
        """What was heard."""
        self.unheard = Track()
        """What would have been heard after an answer was cut."""
        self.has_clock = True
        """False where the recording has no times: then what was said stands in a row."""
        self.places: dict[str, Span] = {}
        """When each item stands there, where there is no clock."""
        self.version = 0
        """Grows with every change."""
        self._microphone = _Stream()
        self._interpreter = _Stream()
        """A translation has no items to be played; it is heard as it comes."""
        self._sounds: dict[str, _Sound] = {}
        self._settled = 0
        self._waiting = 0
        self._laid: tuple[int, int] = (-1, -1)
        """Events and pieces of answers that there were when the answers were last laid out."""
        self._pieces = 0
        self._row: Iterator[None] = iter(())
        self._row_of = -1
        """How many events there were when the row was begun."""

    def step(self, budget_ns: int) -> bool:
        """Read on for about so long; say whether there is more to read at once."""
        until = time.perf_counter_ns() + budget_ns
        session = self.call.session
        self.has_clock = _has_clock(session)
        for _ in self._work(session) if self.has_clock else self._in_a_row(session):
            if time.perf_counter_ns() >= until:
                self._waiting += 1
                if self._waiting % _STEPS == 0:
                    self._lay_out(session)
                return True
        self._waiting = 0
        self._lay_out(session)
        return False

    @property
    def end_ns(self) -> int:
        """When the last sound ends."""
        return max(self.user.end_ns, self.assistant.end_ns, self.unheard.end_ns)

    # One yield is a piece of work after which keys may be answered.

    def _work(self, session: Session) -> Iterator[None]:
        yield from self._streamed(self._microphone, session.input, self.user)
        yield from self._answers(session)
        said = session.items.get("translation-output") if session.kind == "translation" else None
        if said is not None and said.audio is not None:
            yield from self._streamed(self._interpreter, said.audio, self.assistant)

    def _streamed(self, stream: _Stream, audio: Arrivals, track: Track) -> Iterator[None]:
        """Read what came as a stream, each part where it was placed."""
        while stream.microphone.take(audio):
            yield
        placed, done = stream.microphone.placed, stream.frames
        done += [0] * (len(placed) - len(done))
        for index in range(stream.whole, len(placed)):
            for first, bins in self._more(placed[index].stretch, done, index):
                track.lay(placed[index].at_ns // BIN_NS + first, bins)
                self.version += 1
                yield
            # The last one may grow yet.
            if stream.whole == index < len(placed) - 1 and done[index] >= placed[index].stretch.frames:
                stream.whole = index + 1

    def _more(self, stretch: Stretch, done: list[int], index: int) -> Iterator[tuple[int, Bins]]:
        """Read what is new of a stretch; where it is still being written, as far as it is on disk."""
        while done[index] < stretch.frames:
            start, left = stretch.start + done[index], stretch.frames - done[index]
            frames = min(_BLOCK, left, self._on_disk(stretch.track) - start)
            if frames > 0:
                first, bins = self._measure(stretch, start, frames, done[index])
            elif stretch.track and self.call.live:
                return
            else:
                frames = left
                first, bins = silence(frames, stretch.rate, done[index])
            done[index] += frames
            yield first, bins

    def _measure(self, stretch: Stretch, start: int, frames: int, first: int) -> tuple[int, Bins]:
        try:
            samples = decode(self.call.reader.samples(stretch.track, start, frames), self._format(stretch))
        except Lost:
            return silence(frames, stretch.rate, first)
        return peaks(samples, stretch.rate, first)

    def _format(self, stretch: Stretch) -> AudioFormat:
        return self.call.reader.track_format(stretch.track)

    def _on_disk(self, track: str) -> int:
        try:
            return self.call.reader.track_frames(track) if track else 0
        except Lost:
            return 0

    def _answers(self, session: Session) -> Iterator[None]:
        """Read what is new of the assistant's items; answers that are over and read are not looked at again."""
        responses = list(session.responses.values())
        whole = True
        for number in range(self._settled, len(responses)):
            for item_id in responses[number].item_ids:
                item = session.items.get(item_id)
                if item is not None and item.audio is not None:
                    sound = self._sounds.setdefault(item_id, _Sound(item))
                    yield from self._sound(sound)
                    whole = whole and self._has_all(sound)
            whole = whole and responses[number].done is not None
            if whole:
                self._settled = number + 1

    def _sound(self, sound: _Sound) -> Iterator[None]:
        begin_ns = 0
        for index, stretch in enumerate(item_stretches(self.call.session, sound.item)):
            if index >= len(sound.frames):
                sound.frames.append(0)
            for first, bins in self._more(stretch, sound.frames, index):
                sound.track.lay(begin_ns // BIN_NS + first, bins)
                self._pieces += 1
                yield
            begin_ns += stretch.length_ns

    def _has_all(self, sound: _Sound) -> bool:
        stretches = item_stretches(self.call.session, sound.item)
        return all(done >= one.frames for done, one in zip(sound.frames, stretches, strict=False))

    def _lay_out(self, session: Session) -> None:
        """Put the answers where they are heard now: from the first on that is not as it was."""
        if not self.has_clock or self._laid == (session.events, self._pieces):
            return
        self._laid = session.events, self._pieces
        spans = heard_between(session)
        sounds = [sound for sound in self._sounds.values() if sound.item.id in spans]
        changed = [one for one in sounds if one.span != spans[one.item.id] or one.laid != one.track.count]
        if not changed:
            return
        since = min(_bin(span) for one in changed for span in (one.span, spans[one.item.id]) if span is not None)
        self.assistant.clear(since)
        self.unheard.clear(since)
        starts = [_bin(spans[sound.item.id]) for sound in sounds]
        for sound, until in zip(sounds, [*starts[1:], MOST_BINS], strict=True):
            sound.span, sound.laid = spans[sound.item.id], sound.track.count
            self._lay(sound, sound.span, since, until)
        self.version += 1

    def _lay(self, sound: _Sound, span: Span, since: int, until: int) -> None:
        """Put one answer there, what is before a bin left out; what nobody heard goes on until the next answer."""
        at, bins = _bin(span), sound.track.bins
        if at + len(bins) <= since:
            return
        heard = max(0, ((span.end_ns or span.start_ns) - span.start_ns) // BIN_NS)
        skip = max(0, since - at)
        self.assistant.lay(at + skip, bins[skip:heard])
        skip = max(skip, heard)
        self.unheard.lay(at + skip, bins[skip : max(skip, until - at)])

    def _in_a_row(self, session: Session) -> Iterator[None]:
        """Without times there is nothing to follow: once all is read, one item after the other is laid out."""
        if self.call.caught_up and self._row_of != session.events:
            self._row_of = session.events
            self._row = self._one_by_one(session)
        return self._row

    def _one_by_one(self, session: Session) -> Iterator[None]:
        self.user, self.assistant, self.places = Track(), Track(), {}
        at_ns = 0
        for item_id in session.order or list(session.items):
            item = session.items.get(item_id)
            if item is None:
                continue
            begin_ns, track = at_ns, self.assistant if item.response_id else self.user
            for stretch in item_stretches(session, item):
                for first, bins in self._more(stretch, [0], 0):
                    track.lay(at_ns // BIN_NS + first, bins)
                    yield
                at_ns += stretch.length_ns
            if at_ns > begin_ns:
                self.places[item_id] = Span(begin_ns, at_ns)
            self.version += 1


def _has_clock(session: Session) -> bool:
    return session.duration_ns is not None or not session.events


def _bin(span: Span) -> int:
    return max(0, span.start_ns) // BIN_NS
