"""All that one session knows, and the way its events go out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rtdebug.simulator.agenda import Agenda
from rtdebug.simulator.audio import Format
from rtdebug.simulator.conversation import Conversation
from rtdebug.simulator.ear import Ear
from rtdebug.simulator.ids import Ids
from rtdebug.simulator.options import MANNER, Manner
from rtdebug.simulator.refusals import Json
from rtdebug.simulator.response import Response
from rtdebug.simulator.script import Script, Turn
from rtdebug.simulator.usage import Context

Speak = Callable[[str], bytes]
"""A text to its speech: 16-bit PCM at 24 kHz."""
Recognise = Callable[[bytes, Format], str | None]
"""Speech, and how it is written, to its words where they are known."""


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a session by the server, once all that is due was sent."""

    code: int
    """Of the WebSocket's close frame; 1006 drops the line without one."""
    reason: str = ""


@dataclass(slots=True)
class State:
    """One session."""

    ids: Ids
    script: Script
    speak: Speak
    agenda: Agenda
    session: Json
    conversation: Conversation
    ear: Ear
    manner: Manner = MANNER
    now_ns: int = 0
    active: Response | None = None
    """The response of the default conversation that is in progress."""
    running: list[Response] = field(default_factory=list)
    """Every response in progress, out-of-band ones too."""
    read: Context = field(default_factory=Context)
    """What the last response of the default conversation read."""
    voice: Any = None
    """The voice that the assistant was first heard with, once it was; it keeps that one."""
    turns_heard: int = 0
    words_given: int = 0
    """How often the script had to say what was said."""
    speech_item_id: str | None = None
    """The id announced for what the user is saying."""
    speech_start_ms: int = 0
    quiet_since_ms: int | None = None
    """Where the wait for the user began, on the clock of the input audio; None while nobody waits."""
    closing: Closing | None = None
    """Set when the server hangs up; nothing goes out after that."""
    outbox: list[Json] = field(default_factory=list)
    recognise: Recognise = lambda _audio, _format: None

    def send(self, kind: str, **fields: Any) -> None:
        """Put a server event into the outbox; nothing comes behind the end."""
        if self.closing is None:
            self.outbox.append({"type": kind, "event_id": self.ids.event(), **fields})

    def knows(self, audio: bytes) -> bool:
        """Tell whether the words of some speech are known: by their sound, or because the script has them."""
        return self.words_given < len(self.script.hears) or self.recognise(audio, self.ear.format) is not None

    def next_turn(self, said: str | None = None) -> Turn:
        """Return the script's turn for something the user just said."""
        if said is None and self.words_given < len(self.script.hears):
            said = self.script.hears[self.words_given]
            self.words_given += 1
        turn = self.script.turn(self.turns_heard, said)
        self.turns_heard += 1
        return turn


Handler = Callable[[State, Json], None]
"""What one client event type does; it raises `Refused` before it changes anything."""
