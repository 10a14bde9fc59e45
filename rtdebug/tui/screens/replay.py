"""Playing a call on the screens: the playhead, what is heard, and the timer that moves both."""

from collections.abc import Callable
from typing import Final

from rtdebug.reports.mix import Lanes, item_stretches, lanes
from rtdebug.session.model import Item
from rtdebug.tui.call.call import Call
from rtdebug.tui.call.playhead import Marks, Playhead, marks
from rtdebug.tui.sound import Sound

FRAME: Final = 1 / 15
"""Seconds between two positions that are shown."""


class Replay:
    """A call being played."""

    def __init__(self, call: Call, *, now_ns: Callable[[], int], open_sound: Callable[[], Sound]) -> None:
        self.playhead = Playhead(live=call.live)
        self._findings_ns: list[int] = []
        self.now_ns = now_ns
        self._call = call
        self._open_sound = open_sound
        self._sound: Sound | None = None
        self._lanes: tuple[int, Lanes] | None = None
        self._marks: tuple[int, Marks] | None = None

    @property
    def sound(self) -> tuple[str, str]:
        """What it is heard by, and what there is to know about that."""
        return (self._sound.name, self._sound.notice) if self._sound is not None else ("", "")

    @property
    def position_ns(self) -> int:
        """Where the playhead is."""
        return self.playhead.at(self.now_ns())

    def marks(self) -> Marks:
        """Return the moments to go to."""
        size = len(self._call.journal)
        if self._marks is None or self._marks[0] != size:
            self._marks = size, marks(self._call.session, self._findings_ns)
        return self._marks[1]

    def mark_findings(self, found_ns: list[int]) -> None:
        """Take in when findings are, to go to."""
        self._findings_ns, self._marks = found_ns, None

    def grew(self, end_ns: int) -> None:
        """Take in that there is more of the call."""
        self.playhead.grow(end_ns, self.now_ns(), live=self._call.live)

    def toggle(self) -> None:
        """Play, or stop."""
        self.playhead.toggle(self.now_ns())
        self._hear()

    def seek(self, at_ns: int) -> None:
        """Go on from another moment."""
        self.playhead.seek(at_ns, self.now_ns())
        if self.playhead.playing:
            self._hear()

    def change_speed(self, way: int) -> None:
        """Play faster, or slower."""
        (self.playhead.faster if way > 0 else self.playhead.slower)(self.now_ns())
        if self.playhead.playing:
            self._hear()

    def play_item(self, item: Item) -> bool:
        """Play one item alone; say whether there is anything to hear of it."""
        self.playhead.pause(self.now_ns())
        return self._opened().play_item(item_stretches(self._call.session, item), self._call.reader)

    def close(self) -> None:
        """Be silent, for good."""
        if self._sound is not None:
            self._sound.close()

    def _hear(self) -> None:
        sound = self._opened()
        if not self.playhead.playing:
            sound.stop()
            return
        sound.start(self._all_lanes(), self._call.reader, self.position_ns, self.playhead.speed)

    def _opened(self) -> Sound:
        if self._sound is None:
            self._sound = self._open_sound()
        return self._sound

    def _all_lanes(self) -> Lanes:
        size = len(self._call.journal)
        if self._lanes is None or self._lanes[0] != size:
            self._lanes = size, lanes(self._call.session)
        return self._lanes[1]
