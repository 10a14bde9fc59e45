"""Calls with sound in them, recorded as live ones are: both sides on one clock, in the simulator's voices."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import soundfile
from pybase64 import b64encode

from rtdebug.diagnosis.finding import Finding, Rule
from rtdebug.diagnosis.linting import Diagnosis, diagnose
from rtdebug.opening import examined
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.format import Header
from rtdebug.recording.writer import RecordingWriter
from rtdebug.simulator.voice import SHIPPED
from rtdebug.wire.messages import Message, Sender

Sound = npt.NDArray[np.float64]
"""16-bit levels, not rounded yet."""
RATE = 24000
MS = 1_000_000
_HEADER = Header(1_795_165_200_000_000_000, "websocket", "rtdebug test", target="/v1/realtime?model=gpt-realtime")
PCM: dict[str, Any] = {"type": "audio/pcm", "rate": 24000}
PCMU: dict[str, Any] = {"type": "audio/pcmu"}


@cache
def voice(begins: str) -> Sound:
    """Read a sentence that ships with the simulator, at 24 kHz."""
    (path,) = SHIPPED.glob(f"{begins}*.flac")
    samples, rate = soundfile.read(path, dtype="float64")
    assert rate == RATE
    return np.asarray(samples * 32768)


USERS = ("user-could", "user-hi", "user-i-would", "user-lovely", "user-the-first", "user-yes")
ASSISTANTS = ("assistant-done", "assistant-fine", "assistant-hello", "assistant-that", "assistant-the-next")


def pcm(sound: Sound) -> bytes:
    return np.clip(np.round(sound), -32768, 32767).astype("<i2").tobytes()


def at_rate(sound: Sound, rate: int, from_rate: int = RATE) -> Sound:
    """Resample as it should be done."""
    length = len(sound) * rate // from_rate
    spectrum = np.fft.rfft(sound)
    wanted = np.zeros(length // 2 + 1, complex)
    kept = min(len(wanted), len(spectrum))
    wanted[:kept] = spectrum[:kept]
    return np.asarray(np.fft.irfft(wanted, length) * (length / len(sound)))


def lay(lane: Sound, sound: Sound, at_s: float, rate: int = RATE) -> None:
    """Add a sound to a lane; what stands out at the end is cut."""
    first = round(at_s * rate)
    piece = sound[: max(0, len(lane) - first)]
    lane[first : first + len(piece)] += piece


def noise(seconds: float, level: float, seed: int = 1, rate: int = RATE) -> Sound:
    return np.random.default_rng(seed).normal(size=round(seconds * rate)) * level


def spoken(seconds: float, level: float = 20, seed: int = 1, rate: int = RATE) -> Sound:
    """A microphone in a quiet room, in which a user speaks every now and then."""
    lane, at_s = noise(seconds, level, seed, rate), 0.4
    for turn in range(1000):
        say = at_rate(voice(USERS[(turn + seed) % len(USERS)]), rate)
        if at_s + len(say) / rate > seconds:
            return lane
        lay(lane, say, at_s, rate)
        at_s += len(say) / rate + 0.8
    return lane


@dataclass
class VoiceCall:
    """Collects what both sides send, in any order, and records it in the order of its times."""

    folder: Path
    heard: dict[str, Any] = field(default_factory=lambda: PCM)
    """The session's format for the microphone."""
    said: dict[str, Any] = field(default_factory=lambda: PCM)
    """… and for answers."""
    lines: list[tuple[int, Sender, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        audio = {"input": {"format": self.heard, "turn_detection": {"type": "server_vad"}}}
        audio["output"] = {"format": self.said}
        self.server(0, "session.created", session={"id": "sess_1", "type": "realtime", "audio": audio})

    def server(self, at_ms: float, kind: str, **fields: Any) -> None:
        self._say(at_ms, "server", {"type": kind, "event_id": f"event_{len(self.lines)}", **fields})

    def client(self, at_ms: float, kind: str, **fields: Any) -> None:
        self._say(at_ms, "client", {"type": kind, **fields})

    def microphone(
        self, data: bytes, *, rate: int, width: int = 2, begin_ms: float = 100, chunk_ms: float = 20
    ) -> None:
        """Append bytes as a live client does, which has `rate` samples of `width` bytes a second."""
        self.appended(data, begin_ms, round(rate * chunk_ms / 1000) * width, chunk_ms)

    def appended(self, data: bytes, begin_ms: float, size: int, every_ms: float) -> None:
        for number in range(-(-len(data) // size)):
            piece = b64encode(data[number * size : (number + 1) * size]).decode()
            self.client(begin_ms + (number + 1) * every_ms, "input_audio_buffer.append", audio=piece)

    def answer(self, name: str, at_ms: float, data: bytes, *, rate: int = RATE, **more: Any) -> float:
        """Answer with audio, five times faster than it is heard; return when it has been heard.

        `tokens` are as many as the audio takes where nothing else is said; `late` bytes come after the end.
        """
        response, item, width = f"resp_{name}", f"item_{name}", 2 if self.said["type"] == "audio/pcm" else 1
        at = {"response_id": response, "item_id": item, "output_index": 0, "content_index": 0}
        shown = {"id": item, "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        length_ms, size, late = len(data) * 1000 / (rate * width), rate * width // 5, more.get("late", 0)
        begun = {"id": response, "status": "in_progress", "conversation_id": "conv_1", "output": []}
        self.server(at_ms - 30, "response.created", response=begun)
        self.server(at_ms - 20, "response.output_item.added", response_id=response, output_index=0, item=shown)
        self.server(at_ms - 19, "conversation.item.added", item=shown)
        text = more.get("text", "It leaves at ten fifteen from platform four.")
        self.server(at_ms - 5, "response.output_audio_transcript.delta", **at, delta=text)
        pieces = [data[first : first + size] for first in range(0, len(data), size)]
        for number, piece in enumerate(pieces):
            after = 5 if number >= len(pieces) - late else 0
            moment = at_ms + number * 40 + after
            self.server(moment, "response.output_audio.delta", **at, delta=b64encode(piece).decode())
        over = at_ms + (len(pieces) - late) * 40
        self.server(over, "response.output_audio.done", **at)
        over = at_ms + len(pieces) * 40 + 10
        final = {**shown, "status": "completed", "content": [{"type": "output_audio", "transcript": text}]}
        self.server(over, "response.output_item.done", response_id=response, output_index=0, item=final)
        tokens = more.get("tokens", -(-length_ms // 50))
        output = {"text_tokens": 10, "audio_tokens": int(tokens)}
        usage = {"total_tokens": 10 + tokens, "input_tokens": 0, "output_tokens": 10 + tokens}
        ended = {"id": response, "status": more.get("status", "completed"), "conversation_id": "conv_1"}
        ended |= {"output": [final], "usage": {**usage, "output_token_details": output} if tokens else None}
        self.server(over + 1, "response.done", response=ended)
        return at_ms + length_ms

    def speech(self, name: str, start_ms: float, end_ms: float, at_ms: float | None = None) -> None:
        """Let the server hear speech from one millisecond of the input to another; it says so 300 ms later."""
        at = start_ms + 300 if at_ms is None else at_ms
        self.server(at, "input_audio_buffer.speech_started", item_id=f"item_{name}", audio_start_ms=round(start_ms))
        stop = at + end_ms - start_ms
        self.server(stop, "input_audio_buffer.speech_stopped", item_id=f"item_{name}", audio_end_ms=round(end_ms))
        self.server(stop + 1, "input_audio_buffer.committed", item_id=f"item_{name}")

    def record(self) -> Path:
        encoder, writer = Encoder(_HEADER), RecordingWriter(self.folder / "call")
        last = 0
        for at_ns, sender, payload in sorted(self.lines, key=lambda one: one[0]):
            encoder.wire(sender, [Message(at_ns, False, payload, 1, False)])
            last = at_ns
        encoder.end(last + 10 * MS)
        writer.write(encoder.take_batch())
        writer.close()
        return writer.folder

    def diagnosis(self, *rules: Rule) -> Diagnosis:
        with examined(self.record()) as (_, subject):
            told = diagnose(subject, rules)
        assert told.failed == []
        return told

    def findings(self, *rules: Rule) -> Sequence[Finding]:
        return self.diagnosis(*rules).findings

    def _say(self, at_ms: float, sender: Sender, event: dict[str, Any]) -> None:
        self.lines.append((round(at_ms * MS), sender, orjson.dumps(event)))
