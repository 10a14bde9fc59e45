"""The session's configuration: its defaults, and what an update may change."""

from rtdebug.simulator.checks import (
    Merge,
    anything,
    boolean,
    fields,
    list_of,
    metadata,
    nullable,
    number,
    objects,
    one_of,
    one_or_inf,
    string,
    typed,
    unchanged,
    voice,
    whole,
)
from rtdebug.simulator.refusals import Json, missing, need, voice_is_fixed

DEFAULT_MODEL = "gpt-realtime-2.1"
SESSION_S = 3600
_INSTRUCTIONS = "You are a friendly assistant on the phone. Answer briefly."
# The first GA models answer sooner after silence and speak with another voice than their successors.
_FIRST_MODELS = ("gpt-realtime", "gpt-realtime-2025-08-28", "gpt-realtime-mini")
_PCM = {"type": "audio/pcm", "rate": 24000}
_SERVER_VAD = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 500,
    "idle_timeout_ms": None,
    "create_response": True,
    "interrupt_response": True,
}
_SEMANTIC_VAD = {
    "type": "semantic_vad",
    "eagerness": "auto",
    "create_response": True,
    "interrupt_response": True,
}
_TRANSCRIPTION = {"model": "gpt-4o-mini-transcribe", "language": None, "prompt": None}

_FORMAT: Merge = typed(
    {
        "audio/pcm": (_PCM, {"rate": one_of(24000)}),
        "audio/pcmu": ({"type": "audio/pcmu"}, {}),
        "audio/pcma": ({"type": "audio/pcma"}, {}),
    }
)
_TURN_DETECTION: Merge = typed(
    {
        "server_vad": (
            _SERVER_VAD,
            {
                "threshold": number(0.0, 1.0),
                "prefix_padding_ms": whole(0, 10_000),
                "silence_duration_ms": whole(0, 10_000),
                "idle_timeout_ms": nullable(whole(5_000, 30_000)),
                "create_response": boolean,
                "interrupt_response": boolean,
            },
        ),
        "semantic_vad": (
            _SEMANTIC_VAD,
            {
                "eagerness": one_of("low", "medium", "high", "auto"),
                "create_response": boolean,
                "interrupt_response": boolean,
            },
        ),
    }
)
_TRANSCRIBE: Merge = fields(
    {
        "model": string,
        "language": nullable(string),
        "prompt": nullable(string),
        "delay": string,
        "keywords": list_of(string),
        "languages": list_of(string),
    },
    start=_TRANSCRIPTION,
)
_INPUT: Merge = fields(
    {
        "format": _FORMAT,
        "transcription": nullable(_TRANSCRIBE),
        "noise_reduction": nullable(fields({"type": one_of("near_field", "far_field"), "strength": anything})),
        "turn_detection": nullable(_TURN_DETECTION),
    }
)
_SHARED: dict[str, Merge] = {
    "output_modalities": one_of(["text"], ["audio"]),
    "instructions": string,
    "tools": objects,
    "tool_choice": anything,
    "max_output_tokens": one_or_inf(1, 4096),
    "prompt": anything,
    "reasoning": anything,
    "parallel_tool_calls": boolean,
}
_SESSION: Merge = fields(
    {
        **_SHARED,
        "type": one_of("realtime"),
        # The model of a session never changes; naming it again is no offence.
        "model": unchanged,
        "tracing": anything,
        "truncation": anything,
        "include": nullable(list_of(string)),
        "audio": fields(
            {
                "input": _INPUT,
                "output": fields({"format": _FORMAT, "voice": voice, "speed": number(0.25, 1.5)}),
            }
        ),
    }
)
_RESPONSE: Merge = fields(
    {
        **_SHARED,
        "conversation": one_of("auto", "none"),
        "input": objects,
        "metadata": nullable(metadata),
        "audio": fields({"output": fields({"format": _FORMAT, "voice": voice})}),
    }
)


def new_session(session_id: str, model: str, expires_at: int) -> Json:
    """Return the effective configuration of a session nobody has configured yet."""
    first = model in _FIRST_MODELS
    detection = {**_SERVER_VAD, "silence_duration_ms": 200} if first else dict(_SERVER_VAD)
    return {
        "type": "realtime",
        "object": "realtime.session",
        "id": session_id,
        "model": model,
        "output_modalities": ["audio"],
        "instructions": _INSTRUCTIONS,
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "expires_at": expires_at,
        "audio": {
            "input": {
                "format": dict(_PCM),
                "transcription": None,
                "noise_reduction": None,
                "turn_detection": detection,
            },
            "output": {"format": dict(_PCM), "voice": "alloy" if first else "marin", "speed": 1.0},
        },
        "include": None,
    }


def updated(session: Json, update: Json, *, was_heard: bool = False) -> Json:
    """Return the configuration after an update, of which only the fields present count."""
    if "type" not in update:
        raise missing("session.type")
    changed: Json = _SESSION(session, update, "session")
    if was_heard and changed["audio"]["output"]["voice"] != session["audio"]["output"]["voice"]:
        raise voice_is_fixed()
    return changed


def for_response(session: Json, event: Json) -> Json:
    """Return the settings of one response: the session's, under what its `response.create` overrides."""
    output = session["audio"]["output"]
    settings: Json = {name: session[name] for name in _SHARED if name in session}
    settings |= {"conversation": "auto", "metadata": None}
    settings["audio"] = {"output": {"format": output["format"], "voice": output["voice"]}}
    if event.get("response") is None:
        return settings
    merged: Json = _RESPONSE(settings, need(event, "response", dict), "response")
    return merged
