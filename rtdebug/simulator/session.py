"""The session's configuration: its defaults, and what an update may change."""

from typing import Any

from rtdebug.simulator.options import MANNER, SESSION_S, Manner
from rtdebug.simulator.refusals import Json, missing, need, voice_is_fixed
from rtdebug.simulator.settings import (
    PCM,
    SERVER_VAD,
    SHARED,
    TRANSCRIPTION,
    response_fields,
    session_fields,
)

__all__ = ["DEFAULT_MODEL", "SESSION_S", "for_response", "new_session", "updated"]

DEFAULT_MODEL = "gpt-realtime-2.1"
_INSTRUCTIONS = "You are a friendly assistant on the phone. Answer briefly."
# The first GA models answer sooner after silence and speak with another voice than their successors.
_FIRST_MODELS = ("gpt-realtime", "gpt-realtime-2025-08-28", "gpt-realtime-mini")
_RESPONDING = ("create_response", "interrupt_response")


def new_session(session_id: str, model: str, expires_at: int, manner: Manner = MANNER) -> Json:
    """Return the effective configuration of a session nobody has configured yet."""
    return _listener(session_id, expires_at) if manner.transcribes else _talker(session_id, model, expires_at, manner)


def _talker(session_id: str, model: str, expires_at: int, manner: Manner) -> Json:
    first = model in _FIRST_MODELS
    xai = manner.flavour == "xai"
    detection = {**SERVER_VAD, "silence_duration_ms": 200} if first else dict(SERVER_VAD)
    return {
        "type": "realtime",
        "object": "realtime.session",
        "id": session_id,
        "model": model,
        "output_modalities": ["audio"],
        "instructions": "" if xai else _INSTRUCTIONS,
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "expires_at": expires_at,
        "audio": {
            "input": {
                "format": dict(PCM),
                "transcription": None,
                "noise_reduction": None,
                "turn_detection": None if xai else detection,
            },
            "output": {"format": dict(PCM), "voice": "ara" if xai else "alloy" if first else "marin", "speed": 1.0},
        },
        "include": None,
        **({"temperature": 0.8} if manner.shape == "beta" else {}),
    }


def _listener(session_id: str, expires_at: int) -> Json:
    return {
        "type": "transcription",
        "object": "realtime.transcription_session",
        "id": session_id,
        "expires_at": expires_at,
        "audio": {
            "input": {
                "format": dict(PCM),
                "transcription": dict(TRANSCRIPTION),
                "noise_reduction": None,
                "turn_detection": {name: value for name, value in SERVER_VAD.items() if name not in _RESPONDING},
            }
        },
        "include": None,
    }


def updated(session: Json, update: Json, *, heard: Any = None, manner: Manner = MANNER) -> Json:
    """Return the configuration after an update, of which only the fields present count.

    `heard` is the voice that the assistant has spoken with: there can be no other then.
    """
    if "type" not in update:
        raise missing("session.type")
    changed: Json = session_fields(manner)(session, update, "session")
    if not manner.transcribes and changed["audio"]["output"]["voice"] != session["audio"]["output"]["voice"]:
        _keep_voice(changed, heard, "session")
    return changed


def for_response(session: Json, event: Json, manner: Manner = MANNER, *, heard: Any = None) -> Json:
    """Return the settings of one response: the session's, under what its `response.create` overrides."""
    output = session["audio"]["output"]
    settings: Json = {name: session[name] for name in (*SHARED, "temperature") if name in session}
    settings |= {"conversation": "auto", "metadata": None}
    settings["audio"] = {"output": {"format": output["format"], "voice": output["voice"] if heard is None else heard}}
    if event.get("response") is None:
        return settings
    # Null is how clients leave a field to the session.
    asked = {name: value for name, value in need(event, "response", dict).items() if value is not None}
    merged: Json = response_fields(manner)(settings, asked, "response")
    _keep_voice(merged, heard, "response")
    return merged


def _keep_voice(changed: Json, heard: Any, path: str) -> None:
    if heard is not None and changed["audio"]["output"]["voice"] != heard:
        raise voice_is_fixed(f"{path}.audio.output.voice")
