"""The traffic of a long call, turn by turn: what the microphone sends, and all that the server says to it."""

import random
import struct
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from itertools import count

import orjson

from rtdebug.wire.messages import Sender

MS = 1_000_000
TURN_MS = 15_000
CHUNK_MS = 20
DELTA_MS = 100
MODEL = "gpt-realtime-2.1"
_ASKED = ["I", "would", "like", "to", "travel", "back", "tomorrow."]
_ANSWER = "Fine. There is one at ten fifteen from platform four, and it gets in at half past twelve. Shall I book it?"
_WORDS = _ANSWER.replace(" ", "\0 ").split("\0")
"""As they are spoken: each but the first with the space before it."""
_FORMAT = {"type": "audio/pcm", "rate": 24000}

Json = dict[str, object]
Sent = tuple[int, Sender, bytes]
"""When, from whom, and the message."""


@dataclass(slots=True)
class Conversation:
    """Makes the traffic of a call, turn by turn; the same each time."""

    _random: random.Random = field(default_factory=lambda: random.Random(1))
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _previous: str | None = None
    _chunks: list[bytes] = field(default_factory=list)
    _deltas: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        loud = [range(-4, 5), range(-6000, 6001)]
        for number in range(TURN_MS // CHUNK_MS):
            sound = self._sound(CHUNK_MS, loud[600 <= number * CHUNK_MS < 4200])
            self._chunks.append(b'{"type": "input_audio_buffer.append", "audio": "%b"}' % sound)
        self._deltas = [self._sound(DELTA_MS, loud[1]).decode() for _ in range(50)]

    def begin(self) -> Iterator[Sent]:
        """Yield how the session begins."""
        detection = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 500}
        transcription = {"model": "gpt-4o-mini-transcribe"}
        audio = {
            "input": {"format": _FORMAT, "transcription": transcription, "turn_detection": detection},
            "output": {"format": _FORMAT, "voice": "marin", "speed": 1.0},
        }
        session = {
            "type": "realtime",
            "object": "realtime.session",
            "id": "sess_hour",
            "model": MODEL,
            "output_modalities": ["audio"],
            "instructions": "You work in a ticket office. Answer in one or two sentences.",
            "tools": [],
            "tool_choice": "auto",
            "max_output_tokens": "inf",
            "audio": audio,
        }
        yield 2 * MS, "server", self._event("session.created", session=session)

    def turn(self, number: int) -> Iterator[Sent]:
        """Yield a turn: the microphone's chunks and the server's events, in order of time."""
        start_ns = number * TURN_MS * MS
        chunks = ((start_ns + place * CHUNK_MS * MS, chunk) for place, chunk in enumerate(self._chunks, start=1))
        events = ((start_ns + int(at_ms * MS), event) for at_ms, event in self._server(number))
        sides = (((at, "client", text) for at, text in chunks), ((at, "server", text) for at, text in events))
        return merge(*sides, key=lambda sent: sent[0])  # type: ignore[arg-type] # the senders are literals

    def _server(self, number: int) -> Iterator[tuple[float, bytes]]:
        """Yield what the server says in a turn, with milliseconds from its beginning."""
        said, start_ms = self._id("item"), number * TURN_MS
        yield 700, self._event("input_audio_buffer.speech_started", audio_start_ms=start_ms + 300, item_id=said)
        yield 4700, self._event("input_audio_buffer.speech_stopped", audio_end_ms=start_ms + 4700, item_id=said)
        yield 4700, self._event("input_audio_buffer.committed", previous_item_id=self._previous, item_id=said)
        heard = [{"type": "input_audio", "transcript": None}]
        user = {"id": said, "type": "message", "status": "completed", "role": "user", "content": heard}
        for kind in ("added", "done"):
            yield 4700, self._event(f"conversation.item.{kind}", previous_item_id=self._previous, item=user)
        yield from merge(self._transcription(said), self._response(number, said), key=lambda sent: sent[0])

    def _transcription(self, item_id: str) -> Iterator[tuple[float, bytes]]:
        kind, where = "conversation.item.input_audio_transcription", {"item_id": item_id, "content_index": 0}
        for place, word in enumerate(_ASKED):
            yield 4850 + 30 * place, self._event(f"{kind}.delta", **where, delta=f" {word}" if place else word)
        tokens = {"text_tokens": 0, "audio_tokens": 41}
        used = {"type": "tokens", "total_tokens": 50, "input_tokens": 41, "output_tokens": 9}
        said = {"transcript": " ".join(_ASKED), "usage": used | {"input_token_details": tokens}}
        yield 4850 + 30 * len(_ASKED), self._event(f"{kind}.completed", **where, **said)

    def _response(self, number: int, said: str) -> Iterator[tuple[float, bytes]]:
        response_id, item_id = self._id("resp"), self._id("item")
        deltas = self._random.randrange(64, 105)
        part, spoken = {"type": "audio", "transcript": ""}, {"type": "output_audio", "transcript": _ANSWER}
        item: Json = {"id": item_id, "type": "message", "status": "in_progress", "role": "assistant", "content": []}
        done = {**item, "status": "completed", "content": [spoken]}
        where: Json = {"response_id": response_id, "item_id": item_id, "output_index": 0, "content_index": 0}
        of_item: Json = {"response_id": response_id, "output_index": 0}
        yield 4701, self._event("response.created", response=_body(response_id, "in_progress", [], None))
        yield 5000, self._event("response.output_item.added", **of_item, item=item)
        yield 5000, self._event("conversation.item.added", previous_item_id=said, item=item)
        yield 5000, self._event("response.content_part.added", **where, part=part)
        for place in range(deltas):
            at_ms = 5100 + place * DELTA_MS / 4
            if place < len(_WORDS):
                yield at_ms, self._event("response.output_audio_transcript.delta", **where, delta=_WORDS[place])
            sound = self._deltas[place % len(self._deltas)]
            yield at_ms, self._event("response.output_audio.delta", **where, delta=sound)
        at_ms = 5110 + deltas * DELTA_MS / 4
        yield at_ms, self._event("response.output_audio.done", **where)
        yield at_ms, self._event("response.output_audio_transcript.done", **where, transcript=_ANSWER)
        yield at_ms, self._event("response.content_part.done", **where, part={**part, "transcript": _ANSWER})
        yield at_ms, self._event("conversation.item.done", previous_item_id=said, item=done)
        yield at_ms, self._event("response.output_item.done", **of_item, item=done)
        used = _usage(number, text=len(_WORDS), audio=deltas * DELTA_MS // 50)
        yield at_ms, self._event("response.done", response=_body(response_id, "completed", [done], used))
        limit = {"name": "tokens", "limit": 800_000, "remaining": 790_000, "reset_seconds": 0.75}
        yield at_ms, self._event("rate_limits.updated", rate_limits=[limit])
        self._previous = item_id

    def _event(self, kind: str, **fields: object) -> bytes:
        return orjson.dumps({"type": kind, "event_id": self._id("event"), **fields})

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers):021d}"

    def _sound(self, ms: int, levels: range) -> bytes:
        samples = 24 * ms
        return b64encode(struct.pack(f"<{samples}h", *self._random.choices(levels, k=samples)))


def _body(response_id: str, status: str, output: list[Json], used: Json | None) -> Json:
    return {
        "object": "realtime.response",
        "id": response_id,
        "status": status,
        "status_details": None,
        "output": output,
        "conversation_id": "conv_hour",
        "output_modalities": ["audio"],
        "max_output_tokens": "inf",
        "audio": {"output": {"format": _FORMAT, "voice": "marin"}},
        "usage": used,
        "metadata": None,
    }


def _usage(turns_before: int, *, text: int, audio: int) -> Json:
    """Write a usage whose input grows with the conversation, nearly all of it cached."""
    read_text, read_audio = 20 + turns_before * text, 41 + turns_before * (41 + audio)
    cached_text, cached_audio = (max(0, size - 100) // 64 * 64 for size in (read_text, read_audio))
    return {
        "total_tokens": read_text + read_audio + text + audio,
        "input_tokens": read_text + read_audio,
        "output_tokens": text + audio,
        "input_token_details": {
            "text_tokens": read_text,
            "audio_tokens": read_audio,
            "image_tokens": 0,
            "cached_tokens": cached_text + cached_audio,
            "cached_tokens_details": {"text_tokens": cached_text, "audio_tokens": cached_audio, "image_tokens": 0},
        },
        "output_token_details": {"text_tokens": text, "audio_tokens": audio},
    }
