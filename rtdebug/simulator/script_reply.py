"""What the assistant may do when a response is asked for, as plain values: words, calls, endings, trouble."""

from dataclasses import dataclass
from typing import Literal

INVALID = "invalid_request_error"
"""The type of most errors."""
_TYPES = {
    "insufficient_quota": "insufficient_quota",
    "rate_limit_exceeded": "tokens",
    "inference_rate_limit_exceeded": INVALID,
}
"""The types of errors that a response fails with and that are not the server's."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A function the assistant calls."""

    name: str
    arguments: str = "{}"
    """JSON text, as the model would write it."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a response ends that does not complete; what it was to say comes out before."""

    status: Literal["incomplete", "failed"]
    reason: str | None = None
    """Why it is incomplete."""
    code: str | None = None
    """The error of one that failed."""
    message: str | None = None

    @property
    def type(self) -> str:
        """The type of that error, which goes with its code."""
        return _TYPES.get(self.code or "", "server_error")


@dataclass(frozen=True, slots=True)
class Fault:
    """An `error` event that comes instead of a response."""

    code: str
    message: str
    type: str = INVALID
    param: str | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection ends in the middle of a response."""

    code: int | None = None
    """The close code; without one the connection just breaks off."""
    reason: str = ""
    after_ms: int = 0
    """From the creation of the response."""
    after_chars: int | None = None
    """Once so many characters were said; `after_ms` does not count then."""


@dataclass(frozen=True, slots=True)
class Reply:
    """All that one response does."""

    say: str = ""
    calls: tuple[ToolCall, ...] = ()
    """Made after the words, in the same response, where the session offers tools of these names."""
    then: str = ""
    """Said once the calls are answered; at once where they cannot be made."""
    delay_ms: int = 0
    """Waited before the first output, beyond what thinking takes."""
    ending: Ending | None = None
    fault: Fault | None = None
    drop: Drop | None = None

    def words(self) -> tuple[str, ...]:
        """Return everything that may be said."""
        return tuple(text for text in (self.say, self.then) if text)
