"""What rules read: one call as it was folded, its events, and its samples."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rtdebug.diagnosis.ear import Ear, listen
from rtdebug.diagnosis.finding import NotEvaluated
from rtdebug.diagnosis.traffic import Traffic
from rtdebug.protocol.dialects import Dialect
from rtdebug.protocol.event import Event
from rtdebug.session.audio import Stretch
from rtdebug.session.latency import ResponseLatency, latencies
from rtdebug.session.model import Response, Session
from rtdebug.session.placing import Placed, as_it_came

Samples = npt.NDArray[np.int16]
Read = Callable[[Stretch], Samples]


def _nothing(stretch: Stretch) -> Samples:
    return np.zeros(stretch.frames, np.int16)


def _none(track: str) -> int:
    return 0


@dataclass
class Subject:
    """One call under diagnosis. What is reckoned from it is reckoned once, for all rules."""

    session: Session
    events: Sequence[Event]
    """All entries but the microphone's chunks, which are in `session.input`."""
    dialect: Dialect
    started_ns: int = 0
    """Wall clock when the recording began; 0 where nobody knows."""
    lacks: Sequence[str] = ()
    """What an imported log did not tell: times, audio."""
    live: bool = False
    """It goes on: what has not come may still come."""
    read: Read = field(default=_nothing)
    """Reads samples of a track, 16-bit PCM at the track's rate; what is not there is silence."""
    there: Callable[[str], int] = field(default=_none)
    """Counts the samples of a track that really are there."""

    @cached_property
    def traffic(self) -> Traffic:
        """The events by what they belong to."""
        return Traffic(self.events, self.dialect)

    @cached_property
    def latencies(self) -> Mapping[str, ResponseLatency]:
        """The waits of each response."""
        return {one.response_id: one for one in latencies(self.session)}

    @cached_property
    def ear(self) -> Ear:
        """What the microphone gave, measured."""
        return listen(self)

    @cached_property
    def placed_input(self) -> list[Placed]:
        """The microphone's audio on the call's clock."""
        return as_it_came(self.session.input)

    @cached_property
    def begun(self) -> Sequence[tuple[int, Response]]:
        """The conversation's responses in order, each with the entry at which it began."""
        found = self.session.responses.values()
        begun = [(one.created.seq, one) for one in found if one.created is not None and one.in_conversation]
        return sorted(begun, key=lambda one: one[0])

    @cached_property
    def times(self) -> Mapping[int, int]:
        """When each entry came, by its number; without those that have no time."""
        known = {event.seq: event.at_ns for event in self.events if event.at_ns is not None}
        audio = self.session.input
        return known | {seq: at_ns for seq, at_ns in zip(audio.seqs, audio.times, strict=True) if at_ns >= 0}

    @cached_property
    def is_whole(self) -> bool:
        """Whether no entry is missing between the first and the last."""
        seqs = {event.seq for event in self.events}.union(self.session.input.seqs)
        return not self.session.gaps and (not seqs or max(seqs) - min(seqs) + 1 == len(seqs))

    @cached_property
    def end_ns(self) -> int:
        """When the recording ends."""
        return self.session.duration_ns or 0

    def has(self, what: str) -> bool:
        """Say whether the recording has times, client audio or server audio."""
        return _HAS[what](self)

    def samples(self, stretches: Sequence[Stretch]) -> Samples:
        """Read stretches of one rate, one after the other."""
        parts = [self.read(one) for one in stretches if one.track]
        return np.concatenate(parts) if parts else np.zeros(0, np.int16)

    def is_there(self, stretches: Sequence[Stretch]) -> bool:
        """Say whether all samples of stretches are there: silence is not what was lost."""
        return all(one.track and one.start + one.frames <= self.there(one.track) for one in stretches)

    def need(self, holds: object, what: str) -> None:
        """Stop the rule where something it needs is not there."""
        if not holds:
            raise NotEvaluated(what)


_HAS: Mapping[str, Callable[[Subject], bool]] = {
    "times": lambda subject: "times" not in subject.lacks,
    "client audio": lambda subject: (
        "audio" not in subject.lacks and any(one.track for one in subject.session.input.stretches)
    ),
    "server audio": lambda subject: (
        "audio" not in subject.lacks
        and any(
            part.audio and any(one.track for one in part.audio.stretches)
            for item in subject.session.items.values()
            for part in item.parts.values()
        )
    ),
}
MISSING: Mapping[str, str] = {
    "times": "the recording has no times",
    "client audio": "the recording has no audio of the client's",
    "server audio": "the recording has no audio of the server's",
}
"""Why a rule was not evaluated, by what it needs."""
