"""Tokens: what a response or a transcription used, in the API's own fields. Prices are reckoned in `prices`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeGuard

_KINDS = ("text", "audio", "image")
_CACHE_BLOCK = 64
_LIMIT = 10**12
"""Nothing uses a trillion tokens: a number beyond it is no count."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a response used, or several together."""

    input_tokens: int = 0
    output_tokens: int = 0
    input_text: int = 0
    input_audio: int = 0
    input_image: int = 0
    cached_tokens: int = 0
    """Part of `input_tokens`, as the three below are of their own kinds."""
    cached_text: int = 0
    cached_audio: int = 0
    cached_image: int = 0
    output_text: int = 0
    output_audio: int = 0
    reasoning_tokens: int = 0
    """Part of `output_text`."""
    total_excess: int = 0
    """What the service's own `total_tokens` has over input and output together; it should have nothing."""
    assumed: bool = False
    """The service did not say of what kind the cached tokens are: text was taken to be first."""

    @property
    def total_tokens(self) -> int:
        """Input and output together."""
        return self.input_tokens + self.output_tokens

    @property
    def cache_hit_rate(self) -> float | None:
        """The part of the input that was cached, None without input."""
        return self.cached_tokens / self.input_tokens if self.input_tokens > 0 else None

    def __add__(self, other: "Usage") -> "Usage":
        sums = {name: getattr(self, name) + getattr(other, name) for name in _COUNTS}
        return Usage(**sums, assumed=self.assumed or other.assumed)

    def identities(self) -> list[str]:
        """Say which of the sums that hold on OpenAI's own wire do not hold here."""
        return [words for holds, words in (*self._sums(), *self._shares()) if not holds]

    def _sums(self) -> list[tuple[bool, str]]:
        kinds = self.input_text + self.input_audio + self.input_image
        cached = self.cached_text + self.cached_audio + self.cached_image
        output = self.output_text + self.output_audio
        total = self.total_tokens + self.total_excess
        return [
            (
                self.total_excess == 0,
                f"total_tokens {total} is not input {self.input_tokens} + output {self.output_tokens}",
            ),
            (
                kinds in (0, self.input_tokens),
                f"input_tokens {self.input_tokens} is not text {self.input_text} + audio {self.input_audio}"
                f" + image {self.input_image}",
            ),
            (
                output in (0, self.output_tokens),
                f"output_tokens {self.output_tokens} is not text {self.output_text} + audio {self.output_audio}",
            ),
            (
                cached == self.cached_tokens,
                f"cached_tokens {self.cached_tokens} is not text {self.cached_text} + audio {self.cached_audio}"
                f" + image {self.cached_image}",
            ),
        ]

    def _shares(self) -> list[tuple[bool, str]]:
        return [
            _share("cached_tokens", self.cached_tokens, "input_tokens", self.input_tokens),
            _share("cached text", self.cached_text, "input text", self.input_text),
            _share("cached audio", self.cached_audio, "input audio", self.input_audio),
            _share("cached image", self.cached_image, "input image", self.input_image),
            _share("reasoning_tokens", self.reasoning_tokens, "output text", self.output_text),
            (
                self.cached_tokens % _CACHE_BLOCK == 0,
                f"cached_tokens {self.cached_tokens} is not a multiple of {_CACHE_BLOCK}",
            ),
        ]

    def wire(self) -> dict[str, Any]:
        """Write it as `response.done` does."""
        output = {"text_tokens": self.output_text, "audio_tokens": self.output_audio}
        if self.reasoning_tokens:
            output["reasoning_tokens"] = self.reasoning_tokens
        return {
            "total_tokens": self.total_tokens + self.total_excess,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "input_token_details": {
                "text_tokens": self.input_text,
                "audio_tokens": self.input_audio,
                "image_tokens": self.input_image,
                "cached_tokens": self.cached_tokens,
                "cached_tokens_details": {
                    "text_tokens": self.cached_text,
                    "audio_tokens": self.cached_audio,
                    "image_tokens": self.cached_image,
                },
            },
            "output_token_details": output,
        }


_COUNTS = [field.name for field in fields(Usage) if field.name != "assumed"]


@dataclass(frozen=True, slots=True)
class TranscriptionUsage:
    """What the transcription of a user's item used; it is charged apart from the response."""

    type: str = "tokens"
    """tokens or duration."""
    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    input_text: int = 0
    input_audio: int = 0
    seconds: float = 0.0

    def wire(self) -> dict[str, Any]:
        """Write it as the event `…input_audio_transcription.completed` does."""
        if self.type == "duration":
            return {"type": "duration", "seconds": self.seconds}
        return {
            "type": "tokens",
            "total_tokens": self.total_tokens,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "input_token_details": {"text_tokens": self.input_text, "audio_tokens": self.input_audio},
        }


def read_usage(value: Any) -> Usage | None:
    """Read the `usage` of a response; None for null, `{}` and all that is no usage."""
    if not isinstance(value, dict):
        return None
    read, made = _mapping(value, "input_token_details"), _mapping(value, "output_token_details")
    stated = {key: _number(value.get(key)) for key in ("input_tokens", "output_tokens", "total_tokens")}
    if all(number is None for number in (*stated.values(), *map(_number, (*read.values(), *made.values())))):
        return None
    kinds = {kind: _count(read, f"{kind}_tokens") for kind in _KINDS}
    cached, shares, assumed = _cached(read, kinds)
    output = {"output_text": _count(made, "text_tokens"), "output_audio": _count(made, "audio_tokens")}
    input_tokens = _or(stated["input_tokens"], sum(kinds.values()))
    output_tokens = _or(stated["output_tokens"], sum(output.values()))
    total = input_tokens + output_tokens
    return Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        **{f"input_{kind}": number for kind, number in kinds.items()},
        cached_tokens=cached,
        **{f"cached_{kind}": number for kind, number in shares.items()},
        **output,
        reasoning_tokens=_count(made, "reasoning_tokens"),
        total_excess=_or(stated["total_tokens"], total) - total,
        assumed=assumed,
    )


def read_transcription_usage(value: Any) -> TranscriptionUsage | None:
    """Read the `usage` of a transcription; None for null, `{}` and all that is no usage."""
    if not isinstance(value, dict):
        return None
    seconds = value.get("seconds")
    if value.get("type") == "duration" or ("type" not in value and seconds is not None):
        return TranscriptionUsage("duration", seconds=float(seconds)) if _is_count(seconds) else None
    stated = {key: _number(value.get(key)) for key in ("input_tokens", "output_tokens", "total_tokens")}
    if all(number is None for number in stated.values()):
        return None
    read = _mapping(value, "input_token_details")
    input_tokens, output_tokens = _or(stated["input_tokens"], 0), _or(stated["output_tokens"], 0)
    return TranscriptionUsage(
        "tokens",
        input_tokens,
        output_tokens,
        _or(stated["total_tokens"], input_tokens + output_tokens),
        _count(read, "text_tokens"),
        _count(read, "audio_tokens"),
    )


def _cached(read: Mapping[str, Any], kinds: Mapping[str, int]) -> tuple[int, dict[str, int], bool]:
    """Return the cached tokens, their kinds, and whether those were guessed."""
    details = _mapping(read, "cached_tokens_details")
    stated = _number(read.get("cached_tokens"))
    if any(_number(details.get(f"{kind}_tokens")) is not None for kind in _KINDS):
        shares = {kind: _count(details, f"{kind}_tokens") for kind in _KINDS}
        return _or(stated, sum(shares.values())), shares, False
    left = cached = _or(stated, 0)
    shares = {}
    for kind in _KINDS:
        shares[kind] = min(left, kinds[kind])
        left -= shares[kind]
    every = sum(kinds.values())
    return cached, shares, 0 < cached < every and max(kinds.values()) < every


def _share(part: str, number: int, whole: str, of: int) -> tuple[bool, str]:
    return number <= of, f"{part} {number} is more than {whole} {of}"


def _mapping(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _count(value: Mapping[str, Any], key: str) -> int:
    return _number(value.get(key)) or 0


def _or(number: int | None, otherwise: int) -> int:
    return otherwise if number is None else number


def _is_count(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _LIMIT


def _number(value: Any) -> int | None:
    return int(value) if _is_count(value) and value == int(value) else None
