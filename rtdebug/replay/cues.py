"""What a recorded client waited for before it did something: cues, by what they mean and not by their number. Pure.

Commands and the microphone are two lanes. A command waits for all that the server had said, and for the audio before
it. The microphone stays open while an answer comes: only where the user begins to speak it waits for what had been
answered till then, so that speech is never torn.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from rtdebug.protocol.answers import begins_answer, ends_answer, is_commit
from rtdebug.protocol.event import Event
from rtdebug.protocol.identity import response_of
from rtdebug.protocol.progress import begins_speech_ms, is_moment, is_update, speaks, steers_microphone
from rtdebug.replay.steps import Command, Ending, Piece, Say, Script, Speech

Key = tuple[str, str]
"""begun, answered (by a command's number), created, sound, done (by a response's id), or a type (by how many came)."""
BEGUN: Key = ("begun", "")
ENDED: Key = ("ended", "")
OF_RESPONSES = ("created", "sound", "done")


@dataclass(frozen=True, slots=True)
class Cue:
    """Something that the server has to say first."""

    key: Key
    step: Say | Ending


@dataclass(frozen=True, slots=True)
class Cued:
    """A command, and what it waits for."""

    step: Command
    cues: tuple[Cue, ...]
    """Those that none before it waits for."""
    pieces: int
    """So much of the microphone's audio comes first."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A message of the microphone's, and what it waits for."""

    step: Speech
    piece: Piece
    cues: tuple[Cue, ...]
    commands: int
    """So many of the commands come first."""


@dataclass(slots=True)
class Parts:
    """The client's part in a recording."""

    commands: list[Cued] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    """All, in order."""


def keys_of(told: Event, response: str, counts: Counter[str]) -> Iterator[Key]:
    """Yield the cues that an event of the server's is, but for what it answers; `counts` is kept from call to call."""
    if response and begins_answer(told):
        yield "created", response
    if response and speaks(told):
        yield "sound", response
    if response and ends_answer(told):
        yield "done", response
    if is_moment(told):
        counts[told.type] += 1
        yield told.type, str(counts[told.type])


def parts_of(script: Script) -> Parts:
    """Part a script into what its client did, and what that waited for."""
    return _Parting(script).parts()


class _Parting:
    def __init__(self, script: Script) -> None:
        self._script = script
        self._parts = Parts()
        self._seen: set[Key] = set()
        self._counts: Counter[str] = Counter()
        self._for_command: list[Cue] = []
        self._for_speech: list[Cue] = []
        self._for_audio: list[Cue] = []
        self._steering = 0
        self._spoken_ms = 0.0
        starts = (begins_speech_ms(step.event) for step in script.steps if isinstance(step, Say))
        self._starts = [ms for ms in starts if ms is not None]
        heapify(self._starts)
        self._by_hand = not self._starts
        self._updates = {str(one.number) for one in script.commands if is_update(one.event)}

    def parts(self) -> Parts:
        for step in self._script.steps:
            if isinstance(step, Command):
                self._command(step)
            elif isinstance(step, Speech):
                self._speech(step)
            elif isinstance(step, Say | Ending):
                self._heard(step)
        return self._parts

    def _heard(self, step: Say | Ending) -> None:
        for key in self._keys(step):
            if key in self._seen:
                continue
            self._seen.add(key)
            cue = Cue(key, step)
            self._parts.cues.append(cue)
            self._for_command.append(cue)
            self._hold_audio(cue)

    def _keys(self, step: Say | Ending) -> Iterable[Key]:
        if isinstance(step, Ending):
            return [ENDED]
        first = [] if self._seen else [BEGUN]
        answered = [("answered", str(number)) for number in step.after]
        return [*first, *answered, *keys_of(step.event, response_of(step.event), self._counts)]

    def _hold_audio(self, cue: Cue) -> None:
        what, which = cue.key
        if cue.key == BEGUN or (what == "answered" and which in self._updates):
            self._for_audio.append(cue)
        elif what in OF_RESPONSES:
            self._for_speech.append(cue)

    def _command(self, step: Command) -> None:
        cues, self._for_command = tuple(self._for_command), []
        self._parts.commands.append(Cued(step, cues, len(self._parts.chunks)))
        if self._by_hand or steers_microphone(step.event):
            self._steering = len(self._parts.commands)
        if is_commit(step.event):
            heappush(self._starts, int(self._spoken_ms))  # what comes next is said anew

    def _speech(self, step: Speech) -> None:
        for piece in step.pieces:
            cues, self._for_audio = self._for_audio, []
            self._spoken_ms += piece.ms
            if self._begins():
                cues, self._for_speech = [*cues, *self._for_speech], []
            self._parts.chunks.append(Chunk(step, piece, tuple(cues), self._steering))

    def _begins(self) -> bool:
        """Say whether the user begins to speak in this piece."""
        begins = self._by_hand
        while self._starts and self._starts[0] < self._spoken_ms:
            heappop(self._starts)
            begins = True
        return begins
