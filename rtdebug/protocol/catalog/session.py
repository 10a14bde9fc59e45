"""What servers say about the session, the microphone's audio, playback and the connection."""

from typing import Final

from rtdebug.protocol.catalog.rows import GA, TRANSLATION, XAI, Row, renamed, server

_CREATED = server(
    "session.created",
    "the session begins, with its effective configuration",
    {"session": "session"},
    shapes=("ga", "beta", "translation"),
    after="session.update conversation.created",
)
_UPDATED = server(
    "session.updated",
    "an update was accepted: the whole effective configuration",
    {"session": "session"},
    shapes=("ga", "beta", "translation"),
    after="input_audio_buffer.append conversation.item.create response.create mcp_list_tools.in_progress",
)
_SPOKEN = {"delta": "string", "elapsed_ms": "int?"}
_OF_RESPONSE = {"response_id": "string"}

SESSION: Final[tuple[Row, ...]] = (
    _CREATED,
    _UPDATED,
    renamed(_CREATED, "transcription_session.created", after="transcription_session.update"),
    renamed(_UPDATED, "transcription_session.updated", after="input_audio_buffer.append"),
    server("session.closed", "a translation session has ended", shapes=TRANSLATION),
    server(
        "session.input_transcript.delta",
        "a piece of what was said, in its own language",
        _SPOKEN,
        shapes=TRANSLATION,
        after="session.input_transcript.delta session.output_transcript.delta",
    ),
    server(
        "session.output_transcript.delta",
        "a piece of the translation, in words",
        _SPOKEN,
        shapes=TRANSLATION,
        after="session.output_transcript.delta session.output_audio.delta",
    ),
    server(
        "session.output_audio.delta",
        "a piece of the translation, spoken",
        {"delta": "base64", "elapsed_ms": "int?", "sample_rate": "int?", "channels": "int?", "format": "string?"},
        shapes=TRANSLATION,
        audio="delta",
        after="session.output_audio.delta session.output_transcript.delta",
    ),
    server(
        "error",
        "a client event was refused, or something broke",
        {"error": "error"},
        shapes=("ga", "beta", "translation"),
    ),
    server(
        "rate_limits.updated", "what is left of the limits on requests and tokens", {"rate_limits": "list of limit"}
    ),
    server("ping", "a sign of life from xAI; an event, no WebSocket ping", {"timestamp": "int?"}, shapes=XAI),
)

BUFFERS: Final[tuple[Row, ...]] = (
    server(
        "input_audio_buffer.speech_started",
        "the user begins to speak; an answer under way may be cut off",
        {"item_id": "string", "audio_start_ms": "int"},
        after="input_audio_buffer.speech_stopped response.done output_audio_buffer.cleared",
    ),
    server(
        "input_audio_buffer.speech_stopped",
        "the user has stopped, as far as silence tells",
        {"item_id": "string", "audio_end_ms": "int"},
        after="input_audio_buffer.committed",
    ),
    server(
        "input_audio_buffer.timeout_triggered",
        "nobody spoke for the time that idle_timeout_ms allows",
        {"item_id": "string", "audio_start_ms": "int", "audio_end_ms": "int"},
        shapes=GA,
        after="conversation.item.added",
    ),
    server(
        "input_audio_buffer.committed",
        "the audio so far becomes an item of the user's",
        {"item_id": "string", "previous_item_id": "string?"},
        after="conversation.item.added",
    ),
    server("input_audio_buffer.cleared", "audio that was not committed is gone"),
    server(
        "input_audio_buffer.dtmf_event_received",
        "the caller pressed a key (SIP); comes without an event_id",
        {"event": "string", "received_at": "int"},
        shapes=GA,
    ),
    server(
        "output_audio_buffer.started",
        "playback of an answer begins (WebRTC, SIP)",
        _OF_RESPONSE,
        after="output_audio_buffer.stopped output_audio_buffer.cleared response.output_audio_transcript.delta",
    ),
    server("output_audio_buffer.stopped", "an answer was played to its end (WebRTC, SIP)", _OF_RESPONSE),
    server(
        "output_audio_buffer.cleared",
        "playback was cut off (WebRTC, SIP)",
        _OF_RESPONSE,
        after="conversation.item.truncated",
    ),
)
