"""Checks for what a session keeps and shows though nothing here comes of it: tracing, truncation and their like."""

from math import inf
from typing import Any

from rtdebug.simulator.checks import Merge, anything, fields, list_of, nullable, number, one_of, string, whole
from rtdebug.simulator.refusals import missing, not_supported

_LONGEST_CONTEXT = 1_000_000
_RATIO: Merge = fields(
    {
        "type": one_of("retention_ratio"),
        "retention_ratio": number(0.0, 1.0),
        "token_limits": nullable(fields({"post_instructions": nullable(whole(0, _LONGEST_CONTEXT))})),
    }
)
_TRACE: Merge = fields({"workflow_name": nullable(string), "group_id": nullable(string), "metadata": anything})
_PROMPT: Merge = fields({"id": string, "version": nullable(string), "variables": anything})


def _needing(inner: Merge, *names: str) -> Merge:
    """Take an object that `inner` takes, with these fields in it; nothing of the old one stays."""

    def merge(_old: Any, new: Any, path: str) -> Any:
        made = inner(None, new, path)
        for name in names:
            if name not in made:
                raise missing(f"{path}.{name}")
        return made

    return merge


def _word_or(inner: Merge, *words: str) -> Merge:
    """Take one of these words, or an object that `inner` takes."""

    def merge(old: Any, new: Any, path: str) -> Any:
        if isinstance(new, str):
            if new not in words:
                raise not_supported(new, words, path)
            return new
        return inner(old, new, path)

    return merge


NOISE_STRENGTH: Merge = nullable(number(-inf, inf))
DELAY: Merge = nullable(one_of("minimal", "low", "medium", "high", "xhigh"))
"""How long a transcription may wait for more to hear."""
INCLUDE: Merge = nullable(list_of(one_of("item.input_audio_transcription.logprobs")))
TRUNCATION: Merge = _word_or(_needing(_RATIO, "type", "retention_ratio"), "auto", "disabled")
TRACING: Merge = nullable(_word_or(_needing(_TRACE), "auto"))
PROMPT: Merge = nullable(_needing(_PROMPT, "id"))
REASONING: Merge = nullable(fields({"effort": nullable(one_of("minimal", "low", "medium", "high", "xhigh"))}))
