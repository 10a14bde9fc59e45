"""What a report is about: a session, and what its recording says of it. Plain values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from rtdebug.diagnosis.linting import Diagnosis
from rtdebug.protocol.dialects import Dialect
from rtdebug.recording.format import Header
from rtdebug.session.heard import Heard, heard
from rtdebug.session.latency import ResponseLatency, latencies, latency_of
from rtdebug.session.model import Item, Response, Session


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording, read."""

    session: Session
    name: str = ""
    """The folder, or the file it was imported from."""
    started_ns: int = 0
    """Wall clock when the recording began; 0 where nobody knows."""
    upstream: str = ""
    dialect: str = ""
    vendor: str = "openai"
    """Who answers: openai, azure, xai or another; prices are known by vendor and model."""
    live: bool = False
    lacks: Sequence[str] = ()
    """What the log that it was imported from did not tell: times, audio."""
    source: str = ""
    """The log it was imported from."""
    problems: Sequence[str] = ()
    """What reading came across."""
    diagnosis: Diagnosis | None = None
    """What the rules say of it, None where they were not asked."""
    is_http: bool = False
    """It holds plain HTTP, no call."""

    @classmethod
    def of(
        cls,
        name: str,
        header: Header,
        session: Session,
        dialect: Dialect,
        *,
        live: bool,
        problems: Sequence[str],
        diagnosis: Diagnosis | None = None,
    ) -> Self:
        """Put together what was read of a recording."""
        return cls(
            session,
            name,
            header.started_ns if session.duration_ns is not None else 0,
            header.upstream,
            str(dialect) if dialect.shape != "unknown" else "",
            dialect.vendor,
            live,
            header.lacks,
            header.source,
            tuple(problems),
            diagnosis,
            header.carries == "http",
        )

    @property
    def has_audio(self) -> bool:
        """Whether the audio that passed is in it, whole."""
        return "audio" not in self.lacks

    def heard(self, response: Response) -> Heard:
        """Reckon what was made and heard of an answer."""
        return heard(self.session, response, has_audio=self.has_audio)

    def made_ns(self, item: Item) -> int | None:
        """Say how much audio of the assistant's an item has, None where that is not known."""
        made = sum(part.audio.length_ns for part in item.parts.values() if part.audio)
        return made if made and self.has_audio else None

    def said_ns(self, item: Item) -> int | None:
        """Say how long the user spoke for an item, None where that is not known."""
        if item.input_start_ms is None or item.input_end_ms is None:
            return None
        if not self.has_audio and (item.speech is None or item.speech.audio_end_ms is None):
            return None
        return round((item.input_end_ms - item.input_start_ms) * 1e6)

    def latencies(self) -> list[ResponseLatency]:
        """Measure every response; what is measured in audio is left out where that was cut short."""
        return [self._known(one) for one in latencies(self.session)]

    def latency_of(self, response: Response) -> ResponseLatency:
        """Measure one response, as the others are."""
        return self._known(latency_of(self.session, response))

    def _known(self, one: ResponseLatency) -> ResponseLatency:
        if self.has_audio:
            return one
        return replace(one, endpointing_ns=None, voice_to_voice_ns=None, stall_ns=None, realtime_factor=None)
