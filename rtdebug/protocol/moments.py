"""What an event says, in one line, for those who follow a call as text."""

from collections.abc import Callable
from typing import Any, Final

from rtdebug.protocol.reading import inside
from rtdebug.wire.messages import Sender

Event = dict[str, Any]


def moment(sender: Sender, event: Event) -> str | None:
    """Return what an event adds to the story of a call; None for the many that only carry it on."""
    tell = _TELLERS.get((sender, str(event.get("type"))))
    return tell(event) if tell else None


def _session(event: Event) -> str:
    return f"session {inside(event, 'session', 'id')} with {inside(event, 'session', 'model')}"


def _item(event: Event) -> str | None:
    item = event.get("item")
    kind = inside(item, "type")
    if kind == "function_call_output":
        return f"tool answers: {inside(item, 'output')}"
    if kind != "message":
        return None
    content = inside(item, "content")
    parts = content if isinstance(content, list) else []
    words = [str(part["text"]) for part in parts if isinstance(part, dict) and part.get("text")]
    return f"{inside(item, 'role')} writes: “{' '.join(words)}”" if words else None


def _response_done(event: Event) -> str:
    response = event.get("response")
    status = inside(response, "status")
    details = inside(response, "status_details")
    reason = inside(details, "reason") or inside(details, "error", "code")
    usage = inside(response, "usage")
    told = f"response {status}" + (f" ({str(reason).replace('_', ' ')})" if reason else "")
    if isinstance(usage, dict) and usage.get("total_tokens"):
        told += f" · {usage.get('input_tokens')} tokens in, {usage.get('output_tokens')} out"
    return told


_TELLERS: Final[dict[tuple[Sender, str], Callable[[Event], str | None]]] = {
    ("server", "session.created"): _session,
    ("client", "session.update"): lambda event: "session.update",
    ("client", "conversation.item.create"): _item,
    ("client", "response.create"): lambda event: "response.create",
    ("client", "response.cancel"): lambda event: "response.cancel",
    ("client", "conversation.item.truncate"): lambda event: (
        f"truncate: {event.get('audio_end_ms')} ms of the answer were heard"
    ),
    ("server", "input_audio_buffer.speech_started"): lambda event: "user starts to speak",
    ("server", "input_audio_buffer.speech_stopped"): lambda event: "user stops",
    ("server", "conversation.item.input_audio_transcription.completed"): lambda event: (
        f"user: “{event.get('transcript')}”"
    ),
    ("server", "response.output_audio_transcript.done"): lambda event: f"assistant: “{event.get('transcript')}”",
    ("server", "response.audio_transcript.done"): lambda event: f"assistant: “{event.get('transcript')}”",
    ("server", "response.output_text.done"): lambda event: f"assistant writes: “{event.get('text')}”",
    ("server", "response.text.done"): lambda event: f"assistant writes: “{event.get('text')}”",
    ("server", "response.function_call_arguments.done"): lambda event: (
        f"calls {event.get('name') or 'a tool'}({event.get('arguments')})"
    ),
    ("server", "response.done"): _response_done,
    ("server", "error"): lambda event: f"error {inside(event, 'error', 'code')}: {inside(event, 'error', 'message')}",
}
