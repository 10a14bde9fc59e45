"""The traffic of a voice session, in the words and sizes of the GA Realtime API."""

import json
import random
import string
from base64 import b64encode
from collections.abc import Mapping

from benchmarks.relay.frames import client_frame, server_frame

CHUNK_BYTES = 960
"""20 ms of pcm16 at 24 kHz."""
DELTA_BYTES = (4800, 4800, 6400, 9600)
"""PCM bytes of successive audio deltas: 6.6 to 13 kB as events, 6400 bytes on average."""
HOUR_CHUNKS = 180_000
HOUR_EVENTS = 31_000
AUDIO_SHARE = (27, 31)
"""Of the server's events these many carry audio: 27,000 of 6400 bytes make an hour."""
WORDS = (" well", " the", " weather", " looks", " fine", ",", " and", " tomorrow", " might", " be", " better")


class Voice:
    """Make messages; the same seed makes the same ones."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._response = self._id("resp")
        self._item = self._id("item")

    def microphone(self) -> bytes:
        """Make a masked frame of 20 ms from the microphone."""
        event = {"type": "input_audio_buffer.append", "audio": self._audio(CHUNK_BYTES)}
        return client_frame(_text(event), self._random.randbytes(4))

    def audio_delta(self, pcm_bytes: int) -> bytes:
        """Make a frame of synthesised speech."""
        return server_frame(_text(self._delta("response.output_audio.delta", self._audio(pcm_bytes))))

    def transcript_delta(self) -> bytes:
        """Make a frame of what is being said."""
        word = self._random.choice(WORDS)
        return server_frame(_text(self._delta("response.output_audio_transcript.delta", word)))

    def text_delta(self) -> bytes:
        """Make a frame of written answer, some 200 bytes."""
        return server_frame(_text(self._delta("response.output_text.delta", self._random.choice(WORDS))))

    def session_created(self) -> bytes:
        """Make the frame every session begins with."""
        session = {
            "type": "realtime",
            "object": "realtime.session",
            "id": self._id("sess"),
            "model": "gpt-realtime",
            "output_modalities": ["audio"],
            "instructions": "You are a helpful, witty, and friendly AI. " * 12,
            "tools": [],
            "tool_choice": "auto",
            "audio": {
                "input": {"format": {"type": "audio/pcm", "rate": 24000}},
                "output": {"voice": "marin"},
            },
        }
        event = {"type": "session.created", "event_id": self._id("event"), "session": session}
        return server_frame(_text(event))

    def burst(self) -> bytes:
        """Make what a server sends at one go: four audio deltas and the words to them."""
        return b"".join([*map(self.audio_delta, DELTA_BYTES), self.transcript_delta()])

    def server_hour_part(self) -> list[bytes]:
        """Make a hundredth of an hour of server events: 310, of which 270 carry 36 seconds of audio."""
        audio, events = AUDIO_SHARE
        frames: list[bytes] = []
        for index in range(HOUR_EVENTS // 100):
            spoken = len(frames) * audio // events
            carries_audio = index % events < audio
            size = DELTA_BYTES[spoken % len(DELTA_BYTES)]
            frames.append(self.audio_delta(size) if carries_audio else self.transcript_delta())
        return frames

    def _delta(self, kind: str, delta: str) -> dict[str, object]:
        return {
            "type": kind,
            "event_id": self._id("event"),
            "response_id": self._response,
            "item_id": self._item,
            "output_index": 0,
            "content_index": 0,
            "delta": delta,
        }

    def _audio(self, pcm_bytes: int) -> str:
        return b64encode(self._random.randbytes(pcm_bytes)).decode()

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{''.join(self._random.choices(string.ascii_letters + string.digits, k=21))}"


def probe(number: int) -> bytes:
    """Make the payload of a probe, which the upstream end sends back at once."""
    return _text({"type": "x.probe", "id": number})


def probe_number(payload: bytes) -> int:
    """Read the number of a probe."""
    return int(payload[payload.rindex(b":") + 1 : -1])


def _text(event: Mapping[str, object]) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode()
