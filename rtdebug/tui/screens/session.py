"""One call: its timeline, its events, and what each of them means."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Footer

from rtdebug.tui.call.call import Call
from rtdebug.tui.call.export import free_name
from rtdebug.tui.call.facts import load_prices
from rtdebug.tui.cells import Line
from rtdebug.tui.pages.heading import heading
from rtdebug.tui.screens import views
from rtdebug.tui.screens.replay import FRAME, Replay
from rtdebug.tui.sound import Sound, open_sound
from rtdebug.tui.widgets.block import Block
from rtdebug.tui.widgets.events import EventList
from rtdebug.tui.widgets.json import JsonView
from rtdebug.tui.widgets.lines import LineView
from rtdebug.tui.widgets.messages import Jump, Seek
from rtdebug.tui.widgets.page import PageView
from rtdebug.tui.widgets.panes import Pane, Panes, TabLine
from rtdebug.tui.widgets.search import SearchBar
from rtdebug.tui.widgets.timeline import Timeline
from rtdebug.tui.widgets.transport import Transport
from rtdebug.units import count

_STEP_NS: Final = 8_000_000
"""How long reading may keep a key waiting."""
_SHOW_EACH: Final = 0.2
_REST: Final = 0.04
_PAGES_EACH: Final = 1.0
"""Seconds between two looks at what came; pages, which are made anew as a whole, are looked at less often."""


class SessionScreen(Screen[None]):
    """Shows a call, and follows it while it is recorded."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("space", "play", "Play"),
        Binding("slash", "search", "Search"),
        Binding("backslash,f", "filter", "Filter", key_display="f"),
        Binding("less_than_sign,comma", "speed(-1)", "Slower", show=False),
        Binding("greater_than_sign,full_stop", "speed(1)", "Faster", show=False),
        Binding("p", "play_item", "Play item", show=False),
        Binding("left_square_bracket", "response(-1)", "Previous response", show=False),
        Binding("right_square_bracket", "response(1)", "Next response", key_display="]"),
        *(Binding(str(key), f"view({key})", f"Show {name}", show=False) for key, name in enumerate(views.NAMES, 1)),
        Binding("w", "write", "Write the events that are listed to a file", show=False),
        Binding("o", "folder", "Open the folder", show=False),
    ]
    DEFAULT_CSS = """
    SessionScreen { background: $background; }
    SessionScreen > Block { background: $background; }
    SessionScreen > Footer { background: $panel; }
    """

    def __init__(
        self,
        call: Call,
        *,
        now_ns: Callable[[], int] = time.monotonic_ns,
        sound: Callable[[], Sound] = open_sound,
    ) -> None:
        super().__init__()
        self.call = call
        self.at = 0
        """The entry under the cursor, an index of the journal."""
        self.replay = Replay(call, now_ns=now_ns, open_sound=sound)
        self._version = 0
        self._details: Timer | None = None
        self._events = EventList(call, id="events")
        self._timeline = Timeline(call, id="timeline")
        self._json = JsonView(call, id="json")
        self._pages = {name: PageView(title, make, id=name) for name, title, make in views.pages(call, lambda: self.at)}
        panes = [Pane("events", "Events", self._events), Pane("json", "JSON", self._json)]
        panes += [Pane(name, str(view.border_title), view) for name, view in self._pages.items()]
        self._panes = Panes(panes, beside="response", id="panes")
        self._heading = Block(self._heading_lines, id="heading")
        self._transport = Transport(
            self.replay.playhead,
            now_ns=now_ns,
            among=self.replay.marks,
            sound=lambda: self.replay.sound,
            id="transport",
        )

    def compose(self) -> ComposeResult:
        """Put everything there."""
        yield self._heading
        yield self._timeline
        yield TabLine(self._panes, id="tabs")
        yield self._panes
        yield self._transport
        yield SearchBar(id="search")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to read."""
        self._events.focus()
        self._frames = self.set_interval(FRAME, self._show_frame, pause=True)
        self.run_worker(load_prices, name="prices", thread=True)  # a third of a second, once
        self.run_worker(self._read(), name="read")

    def on_unmount(self) -> None:
        """Be silent, and let go of the files."""
        self.replay.close()
        self.call.close()

    def on_resize(self, event: events.Resize) -> None:
        """Give each part its room."""
        self._fit_timeline(event.size.height)
        self._heading.styles.height = 2 if event.size.height >= 36 else 1
        self._panes.fit(event.size.width)

    def _fit_timeline(self, height: int) -> None:
        wanted = self._timeline.lines_wanted(height)
        if self._timeline.styles.height is None or self._timeline.styles.height.value != wanted:
            self._timeline.styles.height = wanted

    def _heading_lines(self, width: int) -> list[Line]:
        lines = max(1, self._heading.size.height)
        return heading(self.call.recorded(), width, lines=lines, sent=self.call.journal.sent)

    # Reading.

    async def _read(self) -> None:
        """Read the recording in small steps, and follow it as long as it is live."""
        loop = asyncio.get_running_loop()
        shown = made = looked = 0.0
        while True:
            came = self.call.step(_STEP_NS)
            now = loop.time()
            if came and (now - made >= _PAGES_EACH or self.call.caught_up):
                self._version += 1
                made = now
            if self.call.caught_up and now - looked >= 1.0:
                self.call.look_if_live()
                looked = now
            if now - shown >= _SHOW_EACH or self.call.caught_up:
                self._grew()
                shown = now
            if self.call.caught_up and not self.call.live:
                return
            await asyncio.sleep(_SHOW_EACH if self.call.caught_up else 0)

    def _grew(self) -> None:
        """Show what came."""
        self._events.grew()
        if self.call.live or not self.call.caught_up:
            self._timeline.grew()
        else:
            self._timeline.take_in()
        self._heading.refresh()
        self._fit_timeline(self.size.height)
        self.replay.grew(self.call.session.duration_ns or 0)
        self._transport.refresh()
        self._show_details()

    # What is under the cursor.

    @on(LineView.Moved, "#events")
    def _event_under_cursor(self) -> None:
        self.at = self._events.index or 0
        at_ns = self.call.journal.at_ns(self.at) if len(self.call.journal) else None
        if at_ns is not None:
            self._timeline.head_ns = at_ns
            self.replay.seek(at_ns)
            self._transport.refresh()
        self._show_details_soon()

    def _show_details_soon(self) -> None:
        """Show what is under the cursor when it rests: a key that is held down does not wait for it."""
        if self._details is None:
            self._details = self.set_timer(_REST, self._show_details)

    def _show_details(self) -> None:
        self._details = None
        if self._json.display:
            self._json.show(self.at if len(self.call.journal) else None)
        for name, page in self._pages.items():
            page.remake(views.about(name, self.call, self.at, self._version), keep=name != "response")

    def on_seek(self, message: Seek) -> None:
        """Show what had come by a moment."""
        self.replay.seek(message.at_ns)
        self._show_moment(message.at_ns)

    def _show_moment(self, at_ns: int) -> None:
        self._timeline.head_ns = at_ns
        self._events.go_to_time(at_ns, tell=False)
        self.at = self._events.index or 0
        self._transport.refresh()
        self._show_details_soon()

    def on_jump(self, message: Jump) -> None:
        """Show an entry."""
        self._events.go_to_seq(message.seq)

    @on(LineView.Chosen, "#events")
    def _open_event(self) -> None:
        self._panes.select("json")

    # Replay.

    def action_play(self) -> None:
        """Play the call, or stop."""
        self.replay.toggle()
        self._frames.resume()
        self._show_frame()

    def action_speed(self, way: int) -> None:
        """Play faster, or slower."""
        self.replay.change_speed(way)
        self._transport.refresh()

    def _show_frame(self) -> None:
        at_ns = self.replay.position_ns
        playing = self.replay.playhead.playing
        self._events.until_ns = at_ns if playing else None
        self._events.refresh()
        if not playing:
            self._frames.pause()
        self._show_moment(at_ns)

    def action_play_item(self) -> None:
        """Play what is said in the item under the cursor."""
        item = views.item_at(self.call, self.at)
        if item is None or not self.replay.play_item(item):
            self.notify("nothing to hear of this", timeout=2)
        self._transport.refresh()

    # Search, and what is taken along.

    def action_search(self) -> None:
        """Ask for words to look for: in the JSON where that has the keys, else among the events."""
        view = self._json if self._json.has_focus else self._seen_events()
        self.query_one(SearchBar).open(view)

    def action_filter(self) -> None:
        """Ask what is to be listed."""
        self.query_one(SearchBar).open(self._seen_events(), "filter")

    def _seen_events(self) -> EventList:
        if not self._events.display:
            self._panes.select("events")
        return self._events

    def action_write(self) -> None:
        """Write the events that are listed to a file in the working folder."""
        path = free_name(Path.cwd(), self.call.path.resolve().name)
        try:
            told = self._events.export(path)
        except OSError as error:
            self.notify(f"{path.name}: {error.strerror or error}", severity="error", markup=False)
            return
        lost = f", {told.lost} could not be rebuilt" if told.lost else ""
        self.notify(f"{count(told.messages, 'event')} in {path.name}{lost}", title="written", markup=False)

    # Views.

    def on_panes_changed(self) -> None:
        """Fill the views that came into sight."""
        self.query_one("#tabs").refresh()
        self.call_after_refresh(self._show_details)

    def on_tab_line_picked(self, message: TabLine.Picked) -> None:
        """Show the view that was clicked."""
        self._panes.select(message.name)

    def action_view(self, number: int) -> None:
        """Show a view by its number."""
        self._panes.select_number(number)

    def action_response(self, step: int) -> None:
        """Go to another response."""
        seq = views.neighbour(self.call, self.at, step)
        if seq is not None:
            self._events.go_to_seq(seq)

    def action_folder(self) -> None:
        """Show the recording's files where this machine shows folders."""
        self.app.open_url(self.call.path.resolve().as_uri())
        self.notify(views.where(self.call), title="recording", markup=False)

    def action_back(self) -> None:
        """Go back to the list, if there is one."""
        if len(self.app.screen_stack) > 2:
            self.dismiss()
