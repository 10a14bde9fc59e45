"""Where events carry audio, and in which format: by session, by response, and as that changes in mid-call."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from rtdebug.protocol.reading import inside
from rtdebug.wire.messages import Sender

Encoding = Literal["pcm16", "pcmu", "pcma"]

AUDIO_KEYS: Final[dict[str, str]] = {
    "input_audio_buffer.append": "audio",
    "session.input_audio_buffer.append": "audio",
    "response.output_audio.delta": "delta",
    "response.audio.delta": "delta",
    "session.output_audio.delta": "delta",
}
"""Event types that carry a piece of a continuous audio stream, and the key it stands under."""


class AudioFormat(NamedTuple):
    """Mono audio as it goes over the wire."""

    encoding: Encoding = "pcm16"
    rate: int = 24000
    """Frames a second."""

    @property
    def frame_bytes(self) -> int:
        """Bytes a frame takes."""
        return 2 if self.encoding == "pcm16" else 1


_NAMES: Final[dict[str, Encoding]] = {
    "pcm16": "pcm16",
    "audio/pcm": "pcm16",
    "g711_ulaw": "pcmu",
    "audio/pcmu": "pcmu",
    "g711_alaw": "pcma",
    "audio/pcma": "pcma",
}
_SESSION_STATES: Final = {
    "session.created": False,
    "session.updated": True,
    "transcription_session.created": False,
    "transcription_session.updated": True,
}
"""Events that show the effective session, and whether they answer an update."""
_RATES = range(1, 1_000_000)
_MOST_UNANSWERED = 100


def read_format(value: object, default: AudioFormat) -> AudioFormat:
    """Read a format as GA (`{"type", "rate"}`) or beta (`"pcm16"`) states it; `default` when it is neither."""
    name, rate = (value.get("type"), value.get("rate")) if isinstance(value, dict) else (value, None)
    encoding = _NAMES.get(name) if isinstance(name, str) else None
    if encoding is None:
        return default
    if isinstance(rate, int) and rate in _RATES:
        return AudioFormat(encoding, rate)
    return AudioFormat(encoding, 24000 if encoding == "pcm16" else 8000)


@dataclass(slots=True)
class AudioFormats:
    """The formats in force on one connection; fed with every event that can change them."""

    client: AudioFormat = field(default_factory=AudioFormat)
    server: AudioFormat = field(default_factory=AudioFormat)
    of_response: dict[str, AudioFormat] = field(default_factory=dict)
    """Responses under way whose format differs from the session's, by response id."""
    _settled: AudioFormat = field(default_factory=AudioFormat)
    """The client's format as the server last confirmed it."""
    _unanswered: list[object] = field(default_factory=list)
    """The ids of updates that the server has not answered, oldest first; None for those without one."""

    def observe(self, sender: Sender, event: dict[str, Any]) -> None:
        """Take note of what an event changes; events that change nothing pass."""
        kind = event.get("type")
        if sender == "client":
            if kind in ("session.update", "transcription_session.update"):
                # The server reads in order, so what follows the update is already in the new format.
                self._unanswered = [*self._unanswered[-_MOST_UNANSWERED:], event.get("event_id")]
                self.client = self._input(event.get("session"), self.client)
        elif kind in _SESSION_STATES:
            self._effective(event.get("session"), answers=_SESSION_STATES[kind])
        elif kind == "response.created":
            self._response_begins(event.get("response"))
        elif kind == "response.done":
            self.of_response.pop(str(inside(event, "response", "id")), None)
        elif kind == "session.output_audio.delta":
            rate = event.get("sample_rate")
            self.server = read_format({"type": "audio/pcm", "rate": rate}, self.server)
        elif kind == "error":
            self._refused(event.get("error"))

    def for_delta(self, event: dict[str, Any]) -> AudioFormat:
        """Return the format of an audio delta of the server's."""
        if self.of_response:
            return self.of_response.get(str(event.get("response_id")), self.server)
        return self.server

    @staticmethod
    def _input(session: object, default: AudioFormat) -> AudioFormat:
        stated = inside(session, "audio", "input", "format") or inside(session, "input_audio_format")
        rate = inside(session, "input_audio_sampling_rate")  # Azure Voice Live
        if isinstance(stated, str) and rate is not None:
            stated = {"type": stated, "rate": rate}
        return read_format(stated, default)

    def _effective(self, session: object, *, answers: bool) -> None:
        if answers:
            del self._unanswered[:1]
        self._settled = self._input(session, self._settled)
        if not self._unanswered:  # an answer to an older update must not undo a newer one
            self.client = self._settled
        self.server = self._output(session)

    def _refused(self, error: object) -> None:
        """Take an error: where it answers an update, the format is what it was before."""
        named, about = inside(error, "event_id"), inside(error, "param")
        if named is not None and named in self._unanswered:
            self._unanswered.remove(named)
        elif named is None and isinstance(about, str) and about.startswith("session"):
            del self._unanswered[:1]
        else:
            return
        if not self._unanswered:
            self.client = self._settled

    def _output(self, config: object) -> AudioFormat:
        stated = inside(config, "audio", "output", "format") or inside(config, "output_audio_format")
        return read_format(stated, self.server)

    def _response_begins(self, response: object) -> None:
        name, its = inside(response, "id"), self._output(response)
        if isinstance(name, str) and its != self.server and len(self.of_response) < 1000:
            self.of_response[name] = its
