"""What the recording of a test's call tells: its session, what the client sent, and findings."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rtdebug.diagnosis.finding import Finding
from rtdebug.diagnosis.linting import diagnose
from rtdebug.diagnosis.rules import RULES
from rtdebug.opening import examined
from rtdebug.protocol.audio import AUDIO_KEYS
from rtdebug.protocol.event import Event
from rtdebug.session.model import Session


@dataclass(frozen=True)
class Told:
    """One connection, read from its recording."""

    folder: Path
    has_times: bool
    """As for `opening.examined`."""
    session: Session
    sent: tuple[Event, ...]
    """What the client sent, microphone audio left out."""

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules say of it; raises RecordingError where it can no longer be read."""
        with examined(self.folder, has_times=self.has_times) as (_, subject):
            return tuple(diagnose(subject, RULES).findings)


def told(folder: Path, *, has_times: bool) -> Told:
    """Read a recording; raise RecordingError."""
    with examined(folder, has_times=has_times) as (opened, subject):
        sent = (event for event in subject.events if event.kind == "message" and event.sender == "client")
        kept = tuple(event for event in sent if event.wire_type not in AUDIO_KEYS)
    return Told(folder, has_times, opened.session, kept)
