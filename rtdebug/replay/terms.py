"""How a recording is to be played, and what comes of it for a client. Values."""

from dataclasses import dataclass
from typing import Final

from rtdebug.recording.format import AudioPlace
from rtdebug.replay.pace import FAST
from rtdebug.replay.policy import SEMANTIC, Policy

PATIENCE_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Send:
    """A message for the client."""

    before: bytes
    place: AudioPlace | None = None
    """Audio of the recording that stands between `before` and `behind`."""
    behind: bytes = b""
    binary: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """The end of the connection."""

    code: int | None
    """None breaks it off without a close frame."""
    reason: str = ""


Out = Send | Close


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a recording is to be played."""

    policy: Policy = SEMANTIC
    pace: float = FAST
    patience_s: float = PATIENCE_S
    """How long a client may do nothing of what is waited for."""
    fresh_ids: bool = True
    """Give the server's ids anew, as a server does; else they are the recording's."""


AS_USUAL: Final = Terms()
"""By meaning, at once."""
