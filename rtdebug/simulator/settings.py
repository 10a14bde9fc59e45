"""What can be set: the tables of a session's and a response's fields, and the values they begin with."""

from functools import cache

from rtdebug.simulator.checks import (
    Merge,
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
from rtdebug.simulator.kept_fields import DELAY, INCLUDE, NOISE_STRENGTH, PROMPT, REASONING, TRACING, TRUNCATION
from rtdebug.simulator.options import Manner
from rtdebug.simulator.refusals import Json
from rtdebug.simulator.tool_fields import tool_choice, tools

PCM: Json = {"type": "audio/pcm", "rate": 24000}
SERVER_VAD: Json = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 500,
    "idle_timeout_ms": None,
    "create_response": True,
    "interrupt_response": True,
}
_SEMANTIC_VAD: Json = {
    "type": "semantic_vad",
    "eagerness": "auto",
    "create_response": True,
    "interrupt_response": True,
}
TRANSCRIPTION: Json = {"model": "gpt-4o-mini-transcribe", "language": None, "prompt": None}

_VOICES = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar")
_RATES = {"xai": (8000, 16000, 22050, 24000, 32000, 44100, 48000)}
"""The sample rates of each service's PCM, where it takes more than one."""
_TEMPERATURE = number(0.6, 1.2)

_TURN_DETECTION: Merge = typed(
    {
        "server_vad": (
            SERVER_VAD,
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
        "delay": DELAY,
        "keywords": list_of(string),
        "languages": list_of(string),
    },
    start=TRANSCRIPTION,
)
_NOISE: Merge = fields({"type": one_of("near_field", "far_field"), "strength": NOISE_STRENGTH})
_SHARED: dict[str, Merge] = {
    "output_modalities": one_of(["text"], ["audio"]),
    "instructions": string,
    "tools": tools,
    "tool_choice": tool_choice,
    "max_output_tokens": one_or_inf(1, 4096),
    "prompt": PROMPT,
    "reasoning": REASONING,
    "parallel_tool_calls": boolean,
}
SHARED = tuple(_SHARED)
"""What a response takes from its session, unless it is asked to differ."""


@cache
def session_fields(manner: Manner) -> Merge:
    """Return the check of a `session.update`."""
    if manner.transcribes:
        return fields({"type": one_of("transcription"), "include": INCLUDE, "audio": fields({"input": _input(manner)})})
    output = fields({"format": _format(manner), "voice": _voice(manner), "speed": number(0.25, 1.5)})
    return fields(
        {
            **_shared(manner),
            "include": INCLUDE,
            "type": one_of("realtime"),
            # The model of a session never changes; naming it again is no offence.
            "model": unchanged,
            "tracing": TRACING,
            "truncation": TRUNCATION,
            "audio": fields({"input": _input(manner), "output": output}),
        }
    )


@cache
def response_fields(manner: Manner) -> Merge:
    """Return the check of what a `response.create` asks for."""
    output = fields({"format": _format(manner), "voice": _voice(manner)})
    return fields(
        {
            **_shared(manner),
            "conversation": one_of("auto", "none"),
            "input": objects,
            "metadata": nullable(metadata),
            "audio": fields({"output": output}),
        }
    )


def _shared(manner: Manner) -> dict[str, Merge]:
    return {**_SHARED, "temperature": _TEMPERATURE} if manner.shape == "beta" else _SHARED


def _input(manner: Manner) -> Merge:
    return fields(
        {
            "format": _format(manner),
            "transcription": nullable(_TRANSCRIBE),
            "noise_reduction": nullable(_NOISE),
            "turn_detection": nullable(_TURN_DETECTION),
        }
    )


def _format(manner: Manner) -> Merge:
    rates = _RATES.get(manner.flavour, (24000,))
    return typed(
        {
            "audio/pcm": (PCM, {"rate": one_of(*rates)}),
            "audio/pcmu": ({"type": "audio/pcmu"}, {}),
            "audio/pcma": ({"type": "audio/pcma"}, {}),
        }
    )


def _voice(manner: Manner) -> Merge:
    # Only OpenAI's voices are known by name here.
    return voice() if manner.flavour == "xai" else voice(*_VOICES)
