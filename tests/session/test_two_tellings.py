"""The beta and the GA telling of one conversation fold to equal sessions, but for where things stand."""

from typing import Any

from rtdebug.session.model import Session

from .telling import Call

BETA = {
    "conversation.item.added": "conversation.item.created",
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
    "response.output_text.delta": "response.text.delta",
    "response.output_text.done": "response.text.done",
}
VAD = {"type": "server_vad", "threshold": 0.5, "silence_duration_ms": 300, "create_response": True}
USAGE = {
    "total_tokens": 30,
    "input_tokens": 20,
    "output_tokens": 10,
    "input_token_details": {"text_tokens": 5, "audio_tokens": 15, "cached_tokens": 0},
    "output_token_details": {"text_tokens": 4, "audio_tokens": 6},
}


def ga_session(**more: Any) -> dict[str, Any]:
    pcm = {"type": "audio/pcm", "rate": 24000}
    audio = {
        "input": {
            "format": pcm,
            "turn_detection": VAD,
            "transcription": {"model": "whisper-1"},
            "noise_reduction": None,
        },
        "output": {"format": pcm, "voice": "ash"},
    }
    return {"id": "sess_1", "object": "realtime.session", "type": "realtime", "model": "m", "audio": audio, **more}


def beta_session(**more: Any) -> dict[str, Any]:
    flat = {"input_audio_format": "pcm16", "output_audio_format": "pcm16", "voice": "ash", "turn_detection": VAD}
    rest = {"input_audio_transcription": {"model": "whisper-1"}, "input_audio_noise_reduction": None}
    return {"id": "sess_1", "object": "realtime.session", "model": "m", **flat, **rest, **more}


class Teller:
    """Says each event in one of the two shapes."""

    def __init__(self, *, beta: bool) -> None:
        self.beta = beta
        self.call = Call()

    def server(self, type_: str, /, **fields: Any) -> None:
        self.call.server(BETA.get(type_, type_) if self.beta else type_, **fields)

    def item(self, kind: str, item: dict[str, Any]) -> None:
        if kind == "conversation.item.done" and self.beta:
            return
        self.server(kind, previous_item_id=None, item={"object": "realtime.item", **item} if self.beta else item)

    def content(self, **fields: Any) -> dict[str, Any]:
        return {"type": "audio" if self.beta else "output_audio", **fields}

    def tell(self) -> Session:
        config = beta_session if self.beta else ga_session
        limit = {"max_response_output_tokens" if self.beta else "max_output_tokens": 200}
        self.server("session.created", session=config(instructions="a"))
        self.call.client("session.update", session={"instructions": "b"} | ({} if self.beta else {"type": "realtime"}))
        self.server("session.updated", session=config(instructions="b", **limit))
        for _ in range(20):
            self.call.client("input_audio_buffer.append", audio="AAAA" * 640)
        self.server("input_audio_buffer.speech_started", item_id="item_u", audio_start_ms=100)
        self.server("input_audio_buffer.speech_stopped", item_id="item_u", audio_end_ms=700)
        self.server("input_audio_buffer.committed", item_id="item_u", previous_item_id=None)
        said = {"id": "item_u", "type": "message", "role": "user", "status": "completed"}
        self.item("conversation.item.added", {**said, "content": [{"type": "input_audio", "transcript": None}]})
        self.item("conversation.item.done", {**said, "content": [{"type": "input_audio", "transcript": None}]})
        modalities = {"modalities" if self.beta else "output_modalities": ["text", "audio"] if self.beta else ["audio"]}
        begun = {"id": "resp_1", "object": "realtime.response", "conversation_id": "conv_1", **modalities}
        self.server("response.created", response={**begun, "status": "in_progress", "output": [], "usage": None})
        self.answer(begun)
        self.server(
            "conversation.item.input_audio_transcription.completed",
            item_id="item_u", content_index=0, transcript="Good morning",
        )  # fmt: skip
        return self.call.session()

    def answer(self, begun: dict[str, Any]) -> None:
        at = {"response_id": "resp_1", "item_id": "item_a", "output_index": 0, "content_index": 0}
        item = {"id": "item_a", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        self.server("response.output_item.added", response_id="resp_1", output_index=0, item=item)
        self.item("conversation.item.added", item)
        self.server("response.content_part.added", **at, part={"type": "audio", "transcript": ""})
        for word in ("Good ", "day"):
            self.server("response.output_audio_transcript.delta", **at, delta=word)
            self.server("response.output_audio.delta", **at, delta="AAAA" * 800)
        self.server("response.output_audio.done", **at)
        self.server("response.output_audio_transcript.done", **at, transcript="Good day")
        final = {**item, "status": "completed", "content": [self.content(transcript="Good day")]}
        self.server("response.content_part.done", **at, part={"type": "audio", "transcript": "Good day"})
        self.item("conversation.item.done", final)
        self.server("response.output_item.done", response_id="resp_1", output_index=0, item=final)
        done = {"status": "completed", "status_details": None, "output": [final], "usage": USAGE}
        self.server("response.done", response={**begun, **done})


def facts(session: Session) -> dict[str, Any]:
    """All that was, without where it stands."""
    items = {
        item.id: (
            item.type, item.role, item.status, item.text, item.response_id, item.input_start_ms, item.input_end_ms,
            [(part.type, part.text, part.audio.length_ns if part.audio else 0) for part in item.parts.values()],
        )
        for item in session.items.values()
    }  # fmt: skip
    responses = {
        response.id: (
            response.status, response.asked.by, response.item_ids, response.usage, response.conversation_id,
            response.turn,
        )
        for response in session.responses.values()
    }  # fmt: skip
    turns = [(turn.number, turn.item_ids, turn.response_ids) for turn in session.turns]
    changes = [change.changed for change in session.changes]
    config = {key: value for key, value in session.config.items() if key != "type"}
    return {
        "session": (session.id, session.model, session.kind, session.order),
        "items": items, "responses": responses, "turns": turns, "changes": changes, "config": config,
    }  # fmt: skip


def test_beta_and_ga_tell_the_same() -> None:
    ga, beta = facts(Teller(beta=False).tell()), facts(Teller(beta=True).tell())
    assert ga == beta
    assert ga["items"]["item_u"][3] == "Good morning"
    assert ga["responses"]["resp_1"][:2] == ("completed", "turn_detection")
    assert ga["config"]["audio"]["output"]["voice"] == "ash"
