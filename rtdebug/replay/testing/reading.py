"""What the recording of a test's call tells: its session, what the client sent, and findings."""

from dataclasses import dataclass
from pathlib import Path

from rtdebug.diagnosis.finding import Finding
from rtdebug.diagnosis.linting import diagnose
from rtdebug.diagnosis.rules import RULES
from rtdebug.opening import examined
from rtdebug.protocol.audio import AUDIO_KEYS
from rtdebug.protocol.event import Event
from rtdebug.session.model import Session


@dataclass(frozen=True, slots=True)
class Told:
    """One connection, read from its recording."""

    session: Session
    sent: tuple[Event, ...]
    """What the client sent, microphone audio left out."""
    findings: tuple[Finding, ...]


def told(folder: Path, *, has_times: bool) -> Told:
    """Read and judge a recording; raise RecordingError. `has_times` is for `opening.examined`."""
    with examined(folder, has_times=has_times) as (opened, subject):
        found = diagnose(subject, RULES).findings
    sent = (event for event in subject.events if event.kind == "message" and event.sender == "client")
    return Told(opened.session, tuple(event for event in sent if event.wire_type not in AUDIO_KEYS), tuple(found))
