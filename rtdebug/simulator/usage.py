"""Token arithmetic: what a response is charged for, obeying the identities the service obeys."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from rtdebug.simulator.refusals import Json

_PIECE = re.compile(r"\s*(?:\w+|[^\w\s])|\s+")
_CACHE_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Tokens:
    """Text and audio tokens."""

    text: int = 0
    audio: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.text + self.audio


@dataclass(frozen=True, slots=True)
class Context:
    """What a response reads: the tokens of each part, keyed so that a common beginning can be found."""

    parts: tuple[tuple[str, Tokens], ...] = ()

    def total(self) -> Tokens:
        """Add up all parts."""
        return _sum([tokens for _, tokens in self.parts])

    def cached(self, previous: "Context") -> Tokens:
        """Return what the service remembers from the previous response, in whole blocks."""
        pairs = zip(self.parts, previous.parts, strict=False)
        same = _sum([own[1] for own, other in takewhile(lambda pair: pair[0] == pair[1], pairs)])
        return Tokens(_blocks(same.text), _blocks(same.audio))


def pieces(text: str) -> list[str]:
    """Cut a text into the pieces it is streamed in; joined they are the text again."""
    return _PIECE.findall(text)


def text_tokens(text: str) -> int:
    """Count a text's tokens: one for each piece, near enough."""
    return len(pieces(text))


def usage(context: Context, previous: Context, output: Tokens) -> Json:
    """Write the `usage` of a response that read a context and produced some output."""
    read = context.total()
    cached = context.cached(previous)
    return {
        "total_tokens": read.total + output.total,
        "input_tokens": read.total,
        "output_tokens": output.total,
        "input_token_details": {
            **_details(read),
            "cached_tokens": cached.total,
            "cached_tokens_details": _details(cached),
        },
        "output_token_details": {"text_tokens": output.text, "audio_tokens": output.audio},
    }


def no_usage() -> Json:
    """Write the `usage` of a response that was cancelled before it said anything."""
    return usage(Context(), Context(), Tokens())


def _details(tokens: Tokens) -> Json:
    return {"text_tokens": tokens.text, "audio_tokens": tokens.audio, "image_tokens": 0}


def _sum(tokens: Sequence[Tokens]) -> Tokens:
    return Tokens(sum(one.text for one in tokens), sum(one.audio for one in tokens))


def _blocks(count: int) -> int:
    return count // _CACHE_BLOCK * _CACHE_BLOCK
