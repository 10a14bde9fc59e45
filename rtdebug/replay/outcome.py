"""What the client's part of a replay sends, and what its play came to. Values."""

from dataclasses import dataclass

from rtdebug.protocol.audio import AudioFormat
from rtdebug.replay.steps import Piece
from rtdebug.replay.terms import Close


@dataclass(frozen=True, slots=True)
class Sound:
    """A message of the microphone's, as recorded or made."""

    piece: Piece
    format: AudioFormat


@dataclass(frozen=True, slots=True)
class Text:
    """Any other message of the client's."""

    text: bytes


Utterance = Sound | Text | Close


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a play of the client's part came to."""

    recording: str
    steps: int
    """Commands and stretches of microphone audio in the recording."""
    done: int
    complete: bool
    """It was played to its end, heard to its end, and nothing was refused or failed that did not in the recording."""
    ending: str
    waited_for: str = ""
    """What did not come, "" where all did."""
    notes: tuple[str, ...] = ()
    """What was not as in the recording, in words."""
    speech_ms: float = 0.0
    is_refused: bool = False
    """No call was to be had; `ending` says why."""
    silence_ms: float = 0.0
    """Of the microphone's audio, what was put in while it waited."""
