"""What makes two client events the same: strictly, in meaning, or hardly. Pure."""

from dataclasses import dataclass
from typing import Final, Literal

from rtdebug.protocol.identity import UNESSENTIAL

Strictness = Literal["strict", "semantic", "loose"]
STRICTNESSES: tuple[Strictness, ...] = ("strict", "semantic", "loose")

URL_MODEL: Final = "url.model"
"""What is ignored where another model may be asked for in the address; fields called `model` are others."""

AUDIO_SHARE: Final = 0.1
AUDIO_MS: Final = 300.0
"""How much less audio will do: this share of what was recorded, or so much, whichever is more."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How closely a client has to do what the recorded one did.

    strict: the same events in the same order, with the same fields; and all of the audio.
    semantic: the same requests; formal fields, spelling of JSON and the order of what is unrelated may differ,
    and audio may be a little less.
    loose: the same kinds of requests, whatever they say, and any audio.
    """

    strictness: Strictness = "semantic"
    ignored: frozenset[str] = frozenset()
    """Event types that are neither awaited nor reported; fields (`session.instructions`, or `instructions`
    wherever it stands) that may differ; URL_MODEL."""

    def ignores_type(self, type_: str) -> bool:
        """Say whether events of this type do not matter."""
        return type_ in self.ignored

    def ignores_field(self, path: str) -> bool:
        """Say whether what stands at a path does not matter."""
        plain = path.replace("[]", "")
        parts = plain.split(".")
        fits = any(name in self.ignored for name in (path, plain, *parts))
        above = any(".".join(parts[:end]) in self.ignored for end in range(1, len(parts)))
        formal = plain in UNESSENTIAL if self.strictness != "strict" else plain == "event_id"
        return fits or above or formal

    def enough_ms(self, recorded_ms: float) -> float:
        """Say with how much audio one can go on once no more comes, where so much was recorded."""
        if self.strictness == "strict":
            return recorded_ms
        if self.strictness == "loose":
            return min(recorded_ms, 1.0)
        return max(min(recorded_ms, 1.0), recorded_ms - max(AUDIO_MS, recorded_ms * AUDIO_SHARE))


SEMANTIC: Final = Policy()
