"""Beta's flat configuration beside GA's nested one: field by field, both ways. Knows no events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rtdebug.simulator.refusals import Json, not_supported, unknown

_FORMATS = {"pcm16": "audio/pcm", "g711_ulaw": "audio/pcmu", "g711_alaw": "audio/pcma"}
_NAMES = {ga: beta for beta, ga in _FORMATS.items()}
_MODALITIES = (["text"], ["audio", "text"], ["text", "audio"])


@dataclass(frozen=True, slots=True)
class Field:
    """A field of beta, and where GA keeps it."""

    name: str
    path: tuple[str, ...]
    read: Callable[[Any, str], Any]
    """Beta's value and its place to GA's value; raises `Refused`."""
    tell: Callable[[Any], Any]
    """GA's value to beta's."""


def _same(value: Any, _place: str = "") -> Any:
    return value


def _read_format(value: Any, place: str) -> Any:
    if not isinstance(value, str) or value not in _FORMATS:
        raise not_supported(value, _FORMATS, place)
    kind = _FORMATS[value]
    return {"type": kind, "rate": 24000} if kind == "audio/pcm" else {"type": kind}


def _read_modalities(value: Any, place: str) -> Any:
    if value not in _MODALITIES:
        raise not_supported(value, map(str, _MODALITIES), place)
    return ["audio"] if "audio" in value else ["text"]


def _tell_format(value: Any) -> Any:
    return _NAMES[value["type"]]


def _tell_modalities(value: Any) -> Any:
    return ["audio", "text"] if value == ["audio"] else value


def _tell_turns(value: Any) -> Any:
    """Leave out what beta did not know unless somebody has set it."""
    return value and {name: held for name, held in value.items() if name != "idle_timeout_ms" or held is not None}


def _kept(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, (name,), _same, _same) for name in names)


_MODALITY = Field("modalities", ("output_modalities",), _read_modalities, _tell_modalities)
_VOICE = Field("voice", ("audio", "output", "voice"), _same, _same)
_OUTPUT = Field("output_audio_format", ("audio", "output", "format"), _read_format, _tell_format)
_HEARING = (
    Field("input_audio_format", ("audio", "input", "format"), _read_format, _tell_format),
    Field("input_audio_transcription", ("audio", "input", "transcription"), _same, _same),
    Field("input_audio_noise_reduction", ("audio", "input", "noise_reduction"), _same, _same),
    Field("turn_detection", ("audio", "input", "turn_detection"), _same, _tell_turns),
)
_TOKENS = Field("max_response_output_tokens", ("max_output_tokens",), _same, _same)
_TALK = _kept("instructions", "tools", "tool_choice", "temperature")

LISTENER = (*_kept("id", "object", "expires_at"), *_HEARING, *_kept("include"))
"""A transcription session."""
SESSION = (
    *_kept("id", "object", "expires_at", "model"),
    _MODALITY,
    *_TALK,
    _VOICE,
    Field("speed", ("audio", "output", "speed"), _same, _same),
    _OUTPUT,
    *_HEARING,
    _TOKENS,
    *_kept("tracing", "prompt", "include"),
)
"""A session that talks."""
RESPONSE = (
    _MODALITY,
    *_TALK,
    _VOICE,
    _OUTPUT,
    _TOKENS,
    *_kept("conversation", "input", "metadata", "max_output_tokens"),
)
"""What a `response.create` asks for."""
_ANSWERED = ("id", "object", "expires_at")
"""What only the server sets."""


def nested(flat: Json, fields: Sequence[Field], place: str) -> Json:
    """Return what beta says flat in GA's places; a field that beta lacks is refused."""
    known = {field.name: field for field in fields if field.name not in _ANSWERED}
    made: Json = {}
    for name, value in flat.items():
        if name not in known:
            raise unknown(f"{place}.{name}")
        *above, last = known[name].path
        holder = made
        for step in above:
            holder = holder.setdefault(step, {})
        holder[last] = known[name].read(value, f"{place}.{name}")
    return made


def flat(nested_: Json, fields: Sequence[Field]) -> Json:
    """Return what GA keeps in its places as beta says it."""
    made: Json = {}
    for field in fields:
        held: Any = nested_
        for step in field.path:
            held = held.get(step, _GONE) if isinstance(held, dict) else _GONE
        if held is not _GONE:
            made[field.name] = field.tell(held)
    return made


def retold(error: Json, fields: Sequence[Field]) -> Json:
    """Return an error about a configuration in GA's places as one about beta's."""
    told = dict(error)
    for field in fields:
        for owner in ("session", "response"):
            deep, shallow = ".".join((owner, *field.path)), f"{owner}.{field.name}"
            if told["code"] == "unknown_parameter" and told["param"] == deep:
                # Only a place inside a field can be unknown to the machine: the client gave it GA's name.
                continue
            if told["param"] is not None and told["param"].startswith(deep):
                told["param"] = shallow + told["param"][len(deep) :]
            told["message"] = told["message"].replace(f"'{deep}", f"'{shallow}")
    return told


_GONE = object()
