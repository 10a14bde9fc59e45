"""The configuration of a session or a response: what beta and xAI keep flat moves to where GA keeps it."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

Json = dict[str, Any]

_FORMATS: Final = {"pcm16": "audio/pcm", "g711_ulaw": "audio/pcmu", "g711_alaw": "audio/pcma"}
_LEAVE: Final = object()
"""Stands for a value that cannot be said in GA's way."""


class _Move(NamedTuple):
    """A flat field, where GA keeps it, and how GA says what it holds (of the value, and the whole configuration)."""

    name: str
    path: tuple[str, ...]
    say: Callable[[Any, Json], Any]


def _same(value: Any, _: Json) -> Any:
    return value


def _modalities(value: Any, _: Json) -> Any:
    """GA names one: speech comes with its words."""
    if not isinstance(value, list):
        return _LEAVE
    return ["audio"] if "audio" in value else value


def _format(value: Any, rate: Any = None) -> Any:
    if value is None or isinstance(value, dict):
        return value
    kind = _FORMATS.get(value) if isinstance(value, str) else None
    if kind is None:
        return _LEAVE
    return {"type": kind, "rate": rate if type(rate) is int else 24000} if kind == "audio/pcm" else {"type": kind}


def _turns(value: Any, _: Json) -> Any:
    """xAI says `{"type": null}` where turns are not detected."""
    nothing = isinstance(value, dict) and len(value) == 1 and value.get("type", "") is None
    return None if nothing else value


_MOVES: Final = (
    _Move("modalities", ("output_modalities",), _modalities),
    _Move("max_response_output_tokens", ("max_output_tokens",), _same),
    _Move(
        "input_audio_format",
        ("audio", "input", "format"),
        # Azure Voice Live says the rate of its microphone apart.
        lambda value, config: _format(value, config.get("input_audio_sampling_rate")),
    ),
    _Move("input_audio_transcription", ("audio", "input", "transcription"), _same),
    _Move("input_audio_noise_reduction", ("audio", "input", "noise_reduction"), _same),
    _Move("turn_detection", ("audio", "input", "turn_detection"), _turns),
    _Move("output_audio_format", ("audio", "output", "format"), lambda value, _: _format(value)),
    _Move("voice", ("audio", "output", "voice"), _same),
    _Move("speed", ("audio", "output", "speed"), _same),
)
BETA_FIELDS: Final = frozenset([*(move.name for move in _MOVES), "temperature"])
"""Fields that only beta has at the top of a session."""


def session(config: Json, *, kind: str, always: bool) -> Json:
    """Return a session in GA's shape, with `kind` as its type where it has none (`always`, or if it was flat)."""
    new = nested(config)
    if "type" not in new and (always or new is not config):
        new = {"type": kind, **new}
    return new


def nested(config: Json) -> Json:
    """Return a configuration with its flat fields and its tools as GA has them.

    What stands in its GA place already stays there; a flat twin that says something else stays beside it.
    """
    for move in _MOVES:
        if move.name in config:
            value = move.say(config[move.name], config)
            moved = None if value is _LEAVE else _put(config, move.path, value)
            if moved is not None:
                config = {name: held for name, held in moved.items() if name != move.name}
    return within(config, "tools", lambda tools: each(tools, _tool))


def _put(tree: Json, path: Sequence[str], value: Any) -> Json | None:
    """Return the tree with a value at a path; None where something else stands in the way."""
    step, rest = path[0], path[1:]
    if not rest:
        if step not in tree:
            return {**tree, step: value}
        return tree if _equal(tree[step], value) else None
    below = tree.get(step)
    below = {} if below is None else below
    inner = _put(below, rest, value) if isinstance(below, dict) else None
    return None if inner is None else {**tree, step: inner}


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except RecursionError:  # JSON can be deeper than Python compares
        return False


def _tool(tool: Json) -> Json:
    """xAI shows a function's tool with all it says one level down."""
    inner = tool.get("function")
    if tool.get("type") != "function" or not isinstance(inner, dict) or "name" in tool:
        return tool
    return {**{name: held for name, held in tool.items() if name != "function"}, **inner, "type": "function"}


def within(data: Json, key: str, change: Callable[[Any], Any]) -> Json:
    """Return the data with what stands under a key changed; the same object where that changes nothing."""
    if key not in data:
        return data
    new = change(data[key])
    return data if new is data[key] else {**data, key: new}


def each(values: Any, change: Callable[[Json], Json]) -> Any:
    """Return a list with each of its objects changed; the same list where that changes nothing."""
    if not isinstance(values, list):
        return values
    new = [change(value) if isinstance(value, dict) else value for value in values]
    return new if any(mine is not its for mine, its in zip(new, values, strict=True)) else values
