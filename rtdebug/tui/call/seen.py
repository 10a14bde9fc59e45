"""Entries read again because somebody looks at them: what their rows say, kept while it may be asked again."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from rtdebug.protocol.event import Event, EventReader
from rtdebug.protocol.gist import gist
from rtdebug.recording.reader import Lost
from rtdebug.reports.words import refused
from rtdebug.tui.call.call import Call
from rtdebug.tui.call.columns import Numbers
from rtdebug.tui.call.happening import happening
from rtdebug.tui.cells import tame
from rtdebug.units import count, delay, status

_KEPT: Final = 2000
_MOST: Final = 240
"""Cells of a gist: more than any terminal shows."""
_FEW: Final = 24
"""Entries of a run that are read for what they say together."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says besides its type, harmless."""

    words: str = ""
    length_ns: int | None = None
    """Of its audio; None where it has none, or nothing tells the rate."""
    has_problem: bool = False
    """Something is odd about it, or about one of the run."""


class Seen:
    """What rows of one call say."""

    def __init__(self, call: Call) -> None:
        """Begin with none."""
        self._call = call
        self._reader = EventReader()
        self._said: OrderedDict[tuple[int, int], Said] = OrderedDict()

    def event(self, index: int) -> Event:
        """Read an entry again; raise Lost."""
        return self._reader.read(self._call.entry(index))

    def one(self, index: int) -> Said:
        """Tell what an entry says."""
        return self._keep((index, 1), None)

    def run(self, members: Numbers) -> Said:
        """Tell what the entries of a run say together."""
        return self._keep((int(members[0]), len(members)), members)

    def _keep(self, key: tuple[int, int], members: Numbers | None) -> Said:
        found = self._said.get(key)
        if found is None:
            found = self._one(key[0]) if members is None else self._run(members)
            self._said[key] = found
            if len(self._said) > _KEPT:
                self._said.popitem(last=False)
        return found

    def _one(self, index: int) -> Said:
        is_odd = self._call.journal.has_problem(index)
        try:
            event = self.event(index)
        except Lost as lost:
            return Said(tame(f"cannot be read: {lost}", _MOST), has_problem=is_odd)
        return Said(tame(self._words(event), _MOST), self._length(event, self._call.journal.frames[index]), is_odd)

    def _run(self, members: Numbers) -> Said:
        words, first = "", None
        for index in members[:_FEW]:
            try:
                event = self.event(int(index))
            except Lost:
                continue
            first = first or event
            words += gist(event.type, event.data)
            if not words and first.sound is not None:
                break
        journal = self._call.journal
        is_odd = any(journal.has_problem(index) for index in members.tolist())
        if first is None:
            return Said("cannot be read", has_problem=is_odd)
        frames = sum(journal.frames[index] for index in members.tolist())
        more = "…" if words and len(members) > _FEW else ""
        said = f"“{words.replace('”“', '').strip('“”')}{more}”" if words.startswith("“") else words + more
        return Said(tame(said, _MOST), self._length(first, frames), is_odd)

    def _words(self, event: Event) -> str:
        if event.kind != "message":
            return self._happening(event)
        if event.problem:
            return event.problem
        words = gist(event.type, event.data)
        if event.type == "response.done":
            response = self._call.session.responses.get(self._call.journal.response_id(self._call.index_of(event.seq)))
            return f"{status(response.status)[0]} {words}" if response is not None else words
        return words or ("" if event.sound is not None or event.type else count(event.size, "byte"))

    def _happening(self, event: Event) -> str:
        """Say in a few words what is no message."""
        session = self._call.session
        if event.kind == "opened":
            if session.refusal is not None:
                return refused(session.refusal)
            return f"dialled in {delay(session.dialled_ns)}" if session.dialled_ns is not None else ""
        return happening(event, session.ending)

    def _length(self, event: Event, frames: int) -> int | None:
        if event.sound is None:
            return None
        try:
            return frames * 10**9 // self._call.reader.track_format(event.sound.track).rate
        except Lost:
            return None
