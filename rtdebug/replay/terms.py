"""How a recording is to be played, and what comes of it for a client. Values."""

from dataclasses import dataclass, field
from typing import Final

from rtdebug.recording.format import AudioPlace
from rtdebug.replay.pace import FAST
from rtdebug.replay.policy import SEMANTIC, Policy

PATIENCE_S: Final = 30.0
SENDABLE: Final = frozenset({*range(1000, 1004), *range(1007, 1015)})
"""The protocol's own codes that a close frame may carry; those from 3000 on are anybody's."""


@dataclass(frozen=True, slots=True)
class Send:
    """A message for the client."""

    before: bytes
    place: AudioPlace | None = None
    """Audio of the recording that stands between `before` and `behind`."""
    behind: bytes = b""
    binary: bool = False
    step: int = field(default=0, compare=False)
    """The step that it plays, 0 for none."""


@dataclass(frozen=True, slots=True)
class Close:
    """The end of the connection."""

    code: int | None
    """None breaks it off without a close frame."""
    reason: str = ""
    step: int = field(default=0, compare=False)
    """The step that it plays, 0 for none."""


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
