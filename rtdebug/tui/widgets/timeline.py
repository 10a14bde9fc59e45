"""The timeline of a call: lanes on one clock, with a playhead through all of them."""

import time
from bisect import bisect_left
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer

from rtdebug.tui.call.call import Call
from rtdebug.tui.call.waves import Waves
from rtdebug.tui.timeline.draw import Scene, left_of, lines_of_use
from rtdebug.tui.timeline.lanes import Lanes, lanes_of
from rtdebug.tui.timeline.points import Finding
from rtdebug.tui.timeline.view import whole
from rtdebug.tui.widgets.lane_view import LaneView
from rtdebug.tui.widgets.messages import Seek
from rtdebug.units import moment_of

_BUDGET_NS = 5_000_000
"""So long audio is read before keys are looked at again."""
_PAUSE = 0.01
_SELDOM = 0.2
_SHARE = 30
"""What is new is taken in so seldom that it costs no more than one part in this many of the time."""


class Timeline(LaneView, can_focus=True):
    """Shows a call's lanes; posts `Seek` when the user moves the playhead."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "seek(-1)", "Back", show=False),
        Binding("right,l", "seek(1)", "Forward", show=False),
        Binding("shift+left,H", "pan(-1)", "Earlier", show=False),
        Binding("shift+right,L", "pan(1)", "Later", show=False),
        Binding("plus,equals_sign", "zoom(0.5)", "Zoom in", show=False),
        Binding("minus", "zoom(2.0)", "Zoom out", show=False),
        Binding("0", "fit", "Fit all", show=False),
        Binding("left_square_bracket", "response(-1)", "Previous response", show=False),
        Binding("right_square_bracket", "response(1)", "Next response", show=False),
        Binding("home", "edge(0)", "Beginning", show=False),
        Binding("end", "edge(1)", "End", show=False),
    ]
    DEFAULT_CSS = "Timeline { height: 16; }"

    class Fuller(Message):
        """There are more lines, or fewer, that are of use: audio is read after the events."""

    def __init__(self, call: Call, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = "timeline"
        self.call = call
        self.waves = Waves(call)
        self.lanes = Lanes()
        self.fits = True
        """All is shown, however much it becomes."""
        self._findings: tuple[Finding, ...] = ()
        self._whole_ns = 0
        self._timer: Timer | None = None
        self._cost = 0.0
        self._is_dragged = False
        self._told: object = None
        """What the lanes were laid out from."""
        self._version = -1
        self._lines = 0
        """Lines that are of use, as was told last."""

    # What whoever owns it may do.

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Mark findings: when, how severe (`error`, `warning`, else a note), and the code."""
        self._findings = tuple(findings)
        self.take_in()

    def grew(self) -> None:
        """Take in what was read since, soon: as often as it is cheap."""
        if self.call.caught_up and not self.call.live:
            self.take_in()
        else:
            self._soon(max(_SELDOM, self._cost * _SHARE))

    def fit(self) -> None:
        """Show the whole call."""
        self.fits = True
        self.look(whole(self._whole_ns))

    def lines_wanted(self, available: int) -> int:
        """Say how high it would be, with its border, on a screen with so many lines."""
        return min(lines_of_use(self.scene) + 2, max(7, available * 38 // 100))

    def take_in(self) -> None:
        """Take in what is new, now; audio for a few milliseconds only, the rest in a while."""
        begun = time.process_time()
        if self.waves.step(_BUDGET_NS):
            self._soon(_PAUSE if self.call.caught_up else _SELDOM)
        self._update()
        self._cost = time.process_time() - begun

    def _update(self) -> None:
        """Lay out and draw anew, where anything is new."""
        call, waves = self.call, self.waves
        told = (call.session.events, self._is_growing, self._findings, id(waves), len(waves.places))
        if told != self._told:
            self._told = told
            self.lanes = lanes_of(call.session, self._when, waves.places, self._findings, live=self._is_growing)
        elif waves.version == self._version:
            return
        self._version = waves.version
        self._measure()
        self.redraw()
        lines, self._lines = self._lines, lines_of_use(self.scene)
        if lines != self._lines:
            self.post_message(self.Fuller())

    @property
    def _is_growing(self) -> bool:
        return self.call.live or not self.call.caught_up

    # Reading on.

    def on_mount(self) -> None:
        """Begin to read."""
        self.take_in()

    def _soon(self, seconds: float) -> None:
        if self._timer is None and self.is_running:
            self._timer = self.set_timer(seconds, self._again)

    def _again(self) -> None:
        self._timer = None
        self.take_in()

    def _when(self, seq: int) -> int | None:
        journal = self.call.journal
        return journal.at_ns(journal.index_of(seq)) if len(journal) else None

    def _measure(self) -> None:
        """Find out how long the call is; the window goes with its end where it was there."""
        before, self._whole_ns = self._whole_ns, max(self.lanes.end_ns, self.waves.end_ns)
        if self.fits:
            self.view = whole(self._whole_ns)
        elif self.call.live and self._whole_ns > before and self.view.end_ns >= before:
            self.view = self.view.panned(self._whole_ns - before, self._whole_ns)

    # Where it looks.

    @property
    def scene(self) -> Scene:
        """What there is to be drawn."""
        waves = self.waves
        return Scene(self.lanes, waves.user, waves.assistant, waves.unheard, waves.has_clock, self._is_growing)

    def redraw(self) -> None:
        """Draw all lanes anew, and say what is seen."""
        self._say()
        super().redraw()

    def _say(self) -> None:
        """Teach the keys, and say what part of the call is seen."""
        view = self.view
        seen = "" if self.fits else f" · {moment_of(view.start_ns)} to {moment_of(view.end_ns)}"
        clock = "" if self.waves.has_clock else " · no times: one after the other"
        self.border_title = f"timeline{seen}{clock}"
        keys = ("← → seek", "+ - zoom", r"\[ ] response", "0 fit", "click")
        self.border_subtitle = " · ".join(keys if self.size.width >= 70 else keys[:2])

    def watch_head_ns(self, old: int, new: int) -> None:
        """Turn the page where the playhead leaves it."""
        if not self.view.holds(new):
            self.look(self.view.around(new, self._whole_ns, 0.1 if new > old else 0.9))
        super().watch_head_ns(old, new)

    def _seek(self, at_ns: int) -> None:
        at_ns = max(0, min(at_ns, self._whole_ns))
        if at_ns != self.head_ns:
            self.head_ns = at_ns
            self.post_message(Seek(at_ns))

    def action_seek(self, steps: int) -> None:
        """Move the playhead by a hundredth of the window."""
        self._seek(self.head_ns + steps * max(1, self.view.span_ns // 100))

    def action_edge(self, end: int) -> None:
        """Go to the beginning or the end of the call."""
        self._seek(self._whole_ns if end else 0)

    def action_pan(self, steps: int) -> None:
        """Look at what is earlier or later; the playhead stays."""
        self._pan(steps * self.view.span_ns // 4)

    def _pan(self, by_ns: int) -> None:
        self.look(self.view.panned(by_ns, self._whole_ns))

    def action_zoom(self, factor: float) -> None:
        """Look closer, or from further away; the playhead stays where it is on the screen."""
        self._zoom(factor, self.head_ns)

    def _zoom(self, factor: float, at_ns: int) -> None:
        if not self.view.holds(at_ns):
            at_ns = self.view.start_ns + self.view.span_ns // 2
        view = self.view.zoomed(factor, at_ns, self._whole_ns)
        self.fits = view == whole(self._whole_ns)
        self.look(view)

    def action_fit(self) -> None:
        """Show the whole call."""
        self.fit()

    def action_response(self, steps: int) -> None:
        """Go to where a response begins."""
        starts = [bar.start_ns for bar in self.lanes.responses.all]
        index = bisect_left(starts, self.head_ns) - 1 if steps < 0 else bisect_left(starts, self.head_ns + 1)
        if 0 <= index < len(starts):
            self._seek(starts[index])

    # Mouse.

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the playhead."""
        if self._seek_to(event):
            self._is_dragged = True
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag it."""
        if self._is_dragged:
            self._seek_to(event)

    def on_mouse_up(self, _: events.MouseUp) -> None:
        """Let go of it."""
        if self._is_dragged:
            self._is_dragged = False
            self.release_mouse()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in where the pointer is; with shift look at what is earlier."""
        self._wheel(event, -1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out; with shift look at what is later."""
        self._wheel(event, 1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Look at what is earlier."""
        event.stop()
        self._pan(-self.view.span_ns // 10)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Look at what is later."""
        event.stop()
        self._pan(self.view.span_ns // 10)

    def _wheel(self, event: events.MouseEvent, steps: int) -> None:
        event.stop()
        if event.shift or event.ctrl:
            self._pan(steps * self.view.span_ns // 10)
        else:
            self._zoom(1.25**steps, self._moment(event) or self.head_ns)

    def _seek_to(self, event: events.MouseEvent) -> bool:
        at_ns = self._moment(event, edge=self._is_dragged)
        if at_ns is not None:
            self._seek(at_ns)
        return at_ns is not None

    def _moment(self, event: events.MouseEvent, *, edge: bool = False) -> int | None:
        """Return the moment below the pointer; None where it is over the names, unless it is dragged there."""
        offset = event.get_content_offset_capture(self) if edge else event.get_content_offset(self)
        if offset is None:
            return None
        left = left_of(self.size.width)
        column, width = offset.x - left, self.size.width - left
        if width <= 0 or (column < 0 and not edge):
            return None
        return self.view.moment(max(0, min(column, width - 1)), width)
