"""What is to be different when a recorded client's part is played again: edits as values, and reading them. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from rtdebug.errors import UsageError
from rtdebug.protocol.reading import loads
from rtdebug.protocol.settings import SETTINGS, known_paths

_SILENCE: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s)@(\d+(?:\.\d+)?)(ms|s)?")
_LOUDEST_DB: Final = 60.0
_LONGEST_MS: Final = 600_000.0


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting to be another one, for the whole call."""

    option: str
    """What the user wrote."""
    path: str
    """Where it stands, as GA has it."""
    value: Any
    joins: bool = False
    """An object whose fields are put beside those that are there."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Silence in the microphone's audio."""

    at_ns: int
    """Since the recording began."""
    ms: float


@dataclass(frozen=True, slots=True)
class Gain:
    """Microphone audio louder, or softer."""

    db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """All that is to be different."""

    settings: tuple[Setting, ...] = ()
    silences: tuple[Silence, ...] = ()
    gain_db: float = 0.0


# Options to values.


def parse_voice(text: str) -> Setting:
    """Read a voice; raise UsageError for none."""
    if not text:
        raise UsageError("--voice: expected a voice, such as marin")
    return Setting(f"--voice {text}", SETTINGS["voice"], text)


def parse_instructions(text: str) -> Setting:
    """Read instructions."""
    return Setting("--instructions", SETTINGS["instructions"], text)


def parse_vad(text: str) -> Setting:
    """Read `none`, `semantic_vad`, `server_vad,silence_duration_ms=800` or `threshold=0.3`; raise UsageError."""
    option, path = f"--vad {text}", SETTINGS["vad"]
    if text == "none":
        return Setting(option, path, None)
    known = {one.rpartition(".")[2] for one in known_paths() if one.startswith(f"{path}.")}
    first, *rest = text.split(",")
    fields = text.split(",") if "=" in first else rest
    value: dict[str, Any] = {} if "=" in first else {"type": first}
    read = [field.partition("=") for field in fields]
    if first in {"", "none", *known} or not all(name in known and held for name, _, held in read):
        names = ", ".join(sorted(known))
        raise UsageError(f"{option}: expected none, server_vad or semantic_vad, and fields like {names}=VALUE")
    value |= {name: _value(held) for name, _, held in read}
    return Setting(option, path, value, joins="type" not in value)


def parse_set(text: str) -> Setting:
    """Read `session.audio.output.voice=marin`; values are JSON, or else text. Raises UsageError."""
    path, mark, value = text.partition("=")
    if not mark or path.partition(".")[0] not in ("session", "response") or not path.partition(".")[2]:
        raise UsageError(f"--set {text}: expected session.PATH=VALUE or response.PATH=VALUE")
    return Setting(f"--set {path}", path, _value(value))


def parse_silence(text: str) -> Silence:
    """Read `800ms@3.2s`; raise UsageError."""
    found = _SILENCE.fullmatch(text)
    if found is None:
        raise UsageError(f"--silence {text}: expected how much and when, such as 800ms@3.2s")
    ms = float(found[1]) * (1000 if found[2] == "s" else 1)
    if not 0 < ms <= _LONGEST_MS:
        raise UsageError(f"--silence {text}: up to {_LONGEST_MS / 60_000:g} minutes can be put in")
    return Silence(int(float(found[3]) * (1e6 if found[4] == "ms" else 1e9)), ms)


def parse_gain(text: str) -> Gain:
    """Read `-12`, `+6dB`; raise UsageError."""
    try:
        gain = float(text.lower().removesuffix("db"))
    except ValueError:
        gain = _LOUDEST_DB + 1
    if not abs(gain) <= _LOUDEST_DB:
        raise UsageError(f"--gain {text}: expected decibels between -{_LOUDEST_DB:g} and {_LOUDEST_DB:g}, such as -12")
    return Gain(gain)


def _value(text: str) -> Any:
    try:
        found = loads(text.encode())
    except ValueError:
        return text
    return text if isinstance(found, float) and not isfinite(found) else found  # JSON has no NaN


READERS: Final[Mapping[str, Callable[[str], Setting | Silence | Gain]]] = {
    "voice": parse_voice,
    "instructions": parse_instructions,
    "vad": parse_vad,
    "set": parse_set,
    "silence": parse_silence,
    "gain": parse_gain,
}
"""The edits there are, by the options that ask for them."""


def parse_edits(options: Mapping[str, tuple[str, ...]]) -> Edits:
    """Read all edits, from what was given to each option; raise UsageError."""
    read = [READERS[name](text) for name, texts in options.items() for text in texts]
    return Edits(
        settings=tuple(one for one in read if isinstance(one, Setting)),
        silences=tuple(one for one in read if isinstance(one, Silence)),
        gain_db=sum(one.db for one in read if isinstance(one, Gain)),
    )
