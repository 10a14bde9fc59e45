"""What the recording of a test's call tells: its session, what the client sent, and findings."""

from dataclasses import dataclass
from pathlib import Path

from rtdebug.diagnosis.finding import Finding
from rtdebug.diagnosis.linting import diagnose
from rtdebug.diagnosis.rules import RULES
from rtdebug.diagnosis.subject import Samples, Subject
from rtdebug.protocol.audio import AUDIO_KEYS
from rtdebug.protocol.event import Event, EventReader
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.sound import read_samples
from rtdebug.session.audio import Stretch
from rtdebug.session.fold import Fold
from rtdebug.session.model import Session


@dataclass(frozen=True, slots=True)
class Told:
    """One connection, read from its recording."""

    session: Session
    sent: tuple[Event, ...]
    """What the client sent, microphone audio left out."""
    findings: tuple[Finding, ...]


def told(folder: Path, *, has_times: bool) -> Told:
    """Read and judge a recording; raise RecordingError.

    Without `has_times` it is read as one that has none: in a replay at once, seconds of talk take a millisecond, and
    what rests on times would be nonsense.
    """
    with RecordingReader(folder) as reader:
        header = reader.header
        lacks = header.lacks if has_times else (*header.lacks, "times")
        events = EventReader(has_times="times" not in lacks, target=header.target, upstream=header.upstream)
        fold, kept = Fold(), list[Event]()
        for entry in reader.entries():
            event = events.read(entry)
            fold.take(event)
            if event.sender != "client" or event.wire_type not in AUDIO_KEYS:
                kept.append(event)

        def read(stretch: Stretch) -> Samples:
            return read_samples(reader, stretch.track, stretch.start, stretch.frames)

        subject = Subject(fold.session, kept, events.dialect, header.started_ns, lacks, read=read)
        found = diagnose(subject, RULES).findings
    sent = (event for event in kept if event.kind == "message" and event.sender == "client")
    return Told(fold.session, tuple(sent), tuple(found))
