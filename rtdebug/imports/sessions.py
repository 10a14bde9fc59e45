"""A log of several sessions, one after the other, as a log of each. Pure."""

from dataclasses import dataclass, field
from functools import partial
from itertools import islice, pairwise
from typing import Final

from rtdebug.imports.log import Log
from rtdebug.imports.survey import BEGINNINGS, Survey, survey_of
from rtdebug.imports.told import Told
from rtdebug.protocol.reading import text_in

_UPDATES: Final = ("session.update", "transcription_session.update")


def sessions(log: Log, found: Survey) -> list[tuple[Log, Survey]]:
    """Return a log of each session, and what it holds; the log itself where it has one, or they overlap.

    Several of them stand on one reading of the log: they are to be told in their order, each once and to its end.
    """
    several = found.sessions > 1 and log.socket is None and not found.timeline.backwards
    starts, found.guessed = _starts(log, found) if several else ([0], 0)
    if len(starts) == 1:
        return [(log, found)]
    surveyed, told = log.told(), log.told()
    parts = []
    for number, length in enumerate([*(end - start for start, end in pairwise(starts)), None], 1):
        part = survey_of(islice(surveyed, length), from_first=number > 1)
        part.turned = found.turned
        named = Log(f"{log.name}, session {number}", f"{log.stem}-{number}", partial(islice, told, length))
        parts.append((named, part))
    return parts


def _starts(log: Log, found: Survey) -> tuple[list[int], int]:
    """Return where each session begins, among all that the log tells, and how many updates before one are guesses.

    Only 0 where they overlap.
    """
    cutter = _Cutter(found)
    for place, told in enumerate(log.told()):
        if isinstance(told, Told):
            cutter.take(place, told)
            if cutter.overlap:
                return [0], 0
    return cutter.starts, cutter.guessed


@dataclass(slots=True)
class _Cutter:
    """Finds where one session ends and the next begins.

    What a client sent before `session.created` is the next session's from its `session.update` on, where the session
    under way has had one already; and so is all that comes after a close. An update that nobody answered before the
    next session began, and without a close, is a guess either way. An answer that goes on where the next session has
    begun tells that they overlap.
    """

    found: Survey
    starts: list[int] = field(default_factory=lambda: [0])
    overlap: bool = False
    session_id: str | None = None
    """Of the session under way, None before the first."""
    begun: int | None = None
    """Where the next session may have begun."""
    closed: bool = False
    updated: bool = False
    """The session under way has had an update."""
    ahead: bool = False
    """An update was seen that is the next session's, if the server says nothing before that begins."""
    unanswered: bool = False
    """Since an update the server has said nothing."""
    guessed: int = 0
    """Sessions before whose beginning an update stands that may be theirs, or of the one before."""
    answers: set[str] = field(default_factory=set)
    """Responses of the session under way."""
    earlier: set[str] = field(default_factory=set)
    """Responses of those before it."""

    def take(self, place: int, told: Told) -> None:
        """Take what the log tells next."""
        if told.kind == "close":
            self.begun, self.closed, self.ahead, self.unanswered = place + 1, True, False, False
        elif told.kind == "message":
            if told.type in BEGINNINGS:
                self._begin(place, text_in(told.event, "session", "id"))
            elif self.found.sender(told) == "server" and not self.closed:
                self.updated = self.updated or self.ahead
                self.begun, self.ahead, self.unanswered = None, False, False
            elif told.type in _UPDATES:
                self._update(place)
            self._answer(told)

    def _update(self, place: int) -> None:
        """Take an update: the first of the session under way, or else where the next one begins."""
        self.unanswered = not self.closed
        if self.closed or self.updated or self.session_id is None:
            self.ahead = True
            self.begun = place if self.begun is None else self.begun
        else:
            self.updated = True

    def _begin(self, place: int, session_id: str) -> None:
        """Begin a session; one that is told twice is one."""
        if self.session_id is not None and (not session_id or session_id != self.session_id):
            self.starts.append(place if self.begun is None else self.begun)
            self.earlier |= self.answers
            self.answers = set()
            self.guessed += self.unanswered
            self.updated = False
        self.updated = self.updated or self.ahead
        self.session_id, self.begun = session_id, None
        self.closed = self.ahead = self.unanswered = False

    def _answer(self, told: Told) -> None:
        answer = text_in(told.event, "response_id") or text_in(told.event, "response", "id")
        if told.type == "response.created":
            self.earlier.discard(answer)
        self.overlap = self.overlap or answer in self.earlier
        if answer:
            self.answers.add(answer)
