"""The first of two readings of a log: what is in it, what it lacks, and how its words are to be understood."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from rtdebug.imports.log import Log
from rtdebug.imports.timeline import Timeline, Times
from rtdebug.imports.told import Form, Misread, Moment, Told
from rtdebug.protocol.audio import AUDIO_KEYS
from rtdebug.protocol.tally import Tally
from rtdebug.wire.messages import Sender

_MOST_NAMED: Final = 5
"""Places that could not be read which are named; the others are counted."""
_SHORTEST_AUDIO: Final = 88
"""Characters of base64 that any real piece of audio has: 8 ms of G.711, 1.3 ms of PCM16."""
BEGINNINGS: Final = ("session.created", "transcription_session.created")
"""Types of the event that begins a session."""
_BASE64: Final = re.compile(r"[A-Za-z0-9+/\s]++={0,2}\s*")


@dataclass(slots=True)
class Audio:
    """How one side's pieces of audio are kept in a log."""

    pieces: int = 0
    cut: int = 0
    """Left out, replaced by words, or too short to be what was sent."""

    @property
    def lacks(self) -> bool:
        """Say whether the audio is not in the log: a short piece now and then is none the less whole."""
        return self.cut * 2 > self.pieces


@dataclass(slots=True)
class Survey:
    """What a log is found to hold."""

    messages: int = 0
    others: int = 0
    """What is told and is no message."""
    untimed: int = 0
    """Messages that say no time, in a log with times."""
    forms: Counter[Form] = field(default_factory=Counter)
    misread: int = 0
    named: list[Misread] = field(default_factory=list)
    """The first places that could not be read."""
    turned: bool = False
    """"sent" is what the server sent: the log was written on its side."""
    timeline: Timeline = field(default_factory=Timeline)
    audio: dict[Sender, Audio] = field(default_factory=lambda: {"client": Audio(), "server": Audio()})
    session_id: str = ""
    sessions: int = 0
    """Sessions that begin in it."""
    guessed: int = 0
    """Where it was cut into sessions: updates of which it does not tell whether they are the one's or the next's."""

    @property
    def form(self) -> str:
        """The form most messages are in."""
        return self.forms.most_common(1)[0][0] if self.forms else ""

    @property
    def lacks(self) -> tuple[str, ...]:
        """What a recording made of this lacks."""
        found = {"times": not self.timeline.scales, "audio": any(side.lacks for side in self.audio.values())}
        return tuple(name for name, missing in found.items() if missing)

    def sender(self, told: Told) -> Sender:
        """Settle who said it; what says nothing of that and is of an unknown type is the server's."""
        known = told.sender_of_type
        if known is not None and (told.weak or not told.word):
            return known
        if told.word in ("client", "server"):
            return "client" if told.word == "client" else "server"
        if not told.word:
            return "server"
        return "client" if (told.word == "sent") is not self.turned else "server"


def survey(log: Log) -> Survey:
    """Read a log once."""
    return survey_of(log.told(), log.socket.began if log.socket else None)


def survey_of(
    told_in_order: Iterable[Told | Misread], began: Moment | None = None, *, from_first: bool = False
) -> Survey:
    """Survey what is told; `began` is when the connection did, where that is known.

    With `from_first` the clock begins with the first message, whatever its times count from.
    """
    found, times, tally = Survey(), Times(), Tally()
    against = 0
    for told in told_in_order:
        if isinstance(told, Misread):
            found.misread += 1
            if len(found.named) < _MOST_NAMED:
                found.named.append(told)
            continue
        if told.kind != "message":
            found.others += 1
            continue
        found.messages += 1
        found.forms[told.form] += 1
        times.add(told)
        if told.sender_of_type is not None and told.word in ("sent", "received"):
            against += 1 if (told.word == "sent") is (told.sender_of_type == "server") else -1
        if isinstance(told.event, dict):
            tally.event("server", told.type, told.event)
            found.sessions += told.type in BEGINNINGS
            _listen(told, found)
    found.turned = against > 0
    found.session_id = tally.session_id
    found.timeline = times.timeline(began, from_first=from_first)
    if found.timeline.scales:
        timed = sum(times.ranges[scale].count for scale in found.timeline.scales if scale in times.ranges)
        found.untimed = found.messages - timed
    return found


def _listen(told: Told, found: Survey) -> None:
    key = AUDIO_KEYS.get(told.type)
    if key is None or told.event is None:
        return
    side = found.audio["client" if key == "audio" else "server"]
    side.pieces += 1
    kept = told.event.get(key)
    side.cut += not isinstance(kept, str) or len(kept) < _SHORTEST_AUDIO or not _BASE64.fullmatch(kept)


def in_order(log: Log, found: Survey) -> Iterator[Told]:
    """Yield what a log tells, oldest first."""
    told = (one for one in log.told() if isinstance(one, Told))
    return reversed(list(told)) if found.timeline.backwards else told
