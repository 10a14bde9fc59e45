"""The session's settings by their names: where GA keeps them and where beta does, and putting a value there."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

SETTINGS: Final[Mapping[str, str]] = {
    "voice": "session.audio.output.voice",
    "instructions": "session.instructions",
    "vad": "session.audio.input.turn_detection",
    "model": "session.model",
}
"""What has an option of its own."""
_BETA: Final[Mapping[str, str]] = {
    "session.output_modalities": "session.modalities",
    "session.max_output_tokens": "session.max_response_output_tokens",
    "session.audio.input.format": "session.input_audio_format",
    "session.audio.input.transcription": "session.input_audio_transcription",
    "session.audio.input.noise_reduction": "session.input_audio_noise_reduction",
    "session.audio.input.turn_detection": "session.turn_detection",
    "session.audio.output.format": "session.output_audio_format",
    "session.audio.output.voice": "session.voice",
    "session.audio.output.speed": "session.speed",
    "response.output_modalities": "response.modalities",
    "response.max_output_tokens": "response.max_response_output_tokens",
    "response.audio.output.voice": "response.voice",
}
_OPTIONAL: Final = (
    "session.prompt",
    "session.truncation",
    "session.tracing",
    "session.include",
    "session.reasoning",
    "session.parallel_tool_calls",
    "session.audio.output.speed",
    "session.audio.input.noise_reduction",
    "session.audio.input.transcription.language",
    "session.audio.input.transcription.prompt",
    "session.audio.input.transcription.delay",
    *(f"response.{name}" for name in ("conversation", "instructions", "input", "metadata", "tool_choice", "tools")),
    *(f"response.{name}" for name in ("output_modalities", "max_output_tokens", "audio.output.voice")),
    *(
        f"session.audio.input.turn_detection.{name}"
        for name in (
            *("type", "threshold", "prefix_padding_ms", "silence_duration_ms", "idle_timeout_ms"),
            *("create_response", "interrupt_response", "eagerness"),
        )
    ),
)
"""Settings that a session has without always telling them."""


def as_told(path: str, *, beta: bool) -> str:
    """Return where a setting, given by its GA path, stands in a message."""
    if not beta:
        return path
    whole = next((known for known in _BETA if path == known or path.startswith(f"{known}.")), None)
    return path if whole is None else _BETA[whole] + path.removeprefix(whole)


def paths_in(value: Any, below: str) -> Iterator[str]:
    """Yield the path of all that an object holds, at every depth."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            path = f"{below}.{key}"
            yield path
            yield from paths_in(inner, path)


def known_paths() -> set[str]:
    """Return the settings that need not be in a recording to be known."""
    return {*SETTINGS.values(), *_BETA, *_BETA.values(), *_OPTIONAL}


def at_path(data: Any, path: str) -> Any:
    """Return what stands at a path, `...` where there is no such place."""
    for key in path.split("."):
        if not isinstance(data, Mapping) or key not in data:
            return ...
        data = data[key]
    return data


def put(data: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return an object with a value at a path, made where it is not there."""
    key, _, rest = path.partition(".")
    if not rest:
        return {**data, key: value}
    inner = data.get(key)
    return {**data, key: put(inner if isinstance(inner, Mapping) else {}, rest, value)}


def update(path: str, value: Any, *, beta: bool) -> dict[str, Any]:
    """Return an event that changes one setting and nothing else."""
    kind: dict[str, Any] = {} if beta else {"type": "realtime"}
    return put({"type": "session.update", "session": kind}, path, value)


def is_about(asked_type: str, path: str) -> bool:
    """Say whether a client event of a type can hold a setting."""
    session = asked_type in ("session.update", "transcription_session.update")
    return session if path.startswith("session.") else asked_type == "response.create"
