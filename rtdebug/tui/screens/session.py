"""One call: its timeline, its events, and what each of them means."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Footer

from rtdebug.diagnosis.linting import Diagnosis
from rtdebug.tui import sweeping
from rtdebug.tui.call.call import Call
from rtdebug.tui.call.facts import load_prices
from rtdebug.tui.call.findings import find_in_background
from rtdebug.tui.call.following import follow
from rtdebug.tui.cells import Line
from rtdebug.tui.pages.heading import heading
from rtdebug.tui.screens import session_keys, views
from rtdebug.tui.screens.details import Details
from rtdebug.tui.screens.recordings import RecordingsScreen
from rtdebug.tui.screens.replay import FRAME, Replay
from rtdebug.tui.screens.writing import Writing
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


class SessionScreen(Screen[None]):
    """Shows a call, and follows it while it is recorded."""

    BINDINGS: ClassVar[list[BindingType]] = session_keys.KEYS
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
        self._writing = Writing(self, call)
        self._events = EventList(call, id="events")
        self._timeline = Timeline(call, id="timeline")
        self._json = JsonView(call, id="json")
        self._pages = {name: PageView(title, make, id=name) for name, title, make in views.pages(call, lambda: self.at)}
        self.details = Details(self, call, lambda: self.at, self._json, self._pages)
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
        sweeping.spare_nothing()

    def on_resize(self, event: events.Resize) -> None:
        """Give each part its room."""
        self._fit_timeline(event.size.height)
        self._heading.styles.height = 2 if event.size.height >= 36 else 1
        self._panes.fit(event.size.width)

    def _fit_timeline(self, height: int) -> None:
        wanted = self._timeline.lines_wanted(height)
        if self._timeline.styles.height is None or self._timeline.styles.height.value != wanted:
            self._timeline.styles.height = wanted

    def on_timeline_fuller(self) -> None:
        """Give the timeline the room it is of use for."""
        self._fit_timeline(self.size.height)

    def _heading_lines(self, width: int) -> list[Line]:
        lines = max(1, self._heading.size.height)
        return heading(self.call.recorded(), width, lines=lines, sent=self.call.journal.sent)

    # Reading.

    async def _read(self) -> None:
        """Read the recording, follow it as long as it is live, and have it diagnosed when it has ended."""
        await follow(self.call, show=self._grew, remake=self.details.grew, settled=sweeping.spare)
        find_in_background(self.call.path, self._hand_over)

    def _hand_over(self, diagnosis: Diagnosis) -> None:
        """Bring the rules' findings over from their thread."""
        with suppress(RuntimeError):  # the screens are gone
            self.app.call_from_thread(self._diagnosed, diagnosis)

    def _diagnosed(self, diagnosis: Diagnosis) -> None:
        self.call.diagnosis = diagnosis
        found = [one for one in diagnosis.findings if one.at_ns is not None]
        self._timeline.show_findings([(one.at_ns or 0, one.severity, one.code) for one in found])
        self.replay.mark_findings([one.at_ns or 0 for one in found])
        self._heading.refresh()
        self._transport.refresh()
        self.details.grew()
        self.details.show()

    def _grew(self) -> None:
        """Show what came."""
        self._events.grew()
        if self.call.live or not self.call.caught_up:
            self._timeline.grew()
        else:
            self._timeline.take_in()
        self._heading.refresh()
        self.replay.grew(self.call.session.duration_ns or 0)
        if self.call.live and self._events.is_at_end and not self.replay.playhead.playing:
            self._show_position()
        self._transport.refresh()
        self.details.show()

    # What is under the cursor.

    @on(LineView.Moved, "#events")
    def _event_under_cursor(self) -> None:
        self.at = self._events.index or 0
        self._show_position()
        self.details.soon()

    def _show_position(self) -> None:
        """Put the playhead where the cursor is; where that follows a live call, to the end of it."""
        journal, is_last = self.call.journal, self.call.live and self._events.is_at_end
        if not len(journal) or (is_last and self.replay.playhead.following):
            return
        at_ns = journal.at_ns(len(journal) - 1 if is_last else self.at)
        if at_ns is not None:
            self._timeline.head_ns = at_ns
            self.replay.seek(at_ns)
            self._transport.refresh()

    def on_seek(self, message: Seek) -> None:
        """Show what had come by a moment."""
        self.replay.seek(message.at_ns)
        self._show_moment(message.at_ns)

    def _show_moment(self, at_ns: int) -> None:
        self._timeline.head_ns = at_ns
        self._events.go_to_time(at_ns, tell=False)
        self.at = self._events.index or 0
        self._transport.refresh()
        self.details.soon()

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
        self._writing.start(self._events.listing.rows.chosen())

    # Views.

    def on_panes_changed(self) -> None:
        """Fill the views that came into sight."""
        self.query_one("#tabs").refresh()
        self.call_after_refresh(self.details.show)

    def on_tab_line_picked(self, message: TabLine.Picked) -> None:
        """Show the view that was clicked."""
        self._panes.select(message.name)

    def action_view(self, number: int) -> None:
        """Show a view by its number."""
        self._panes.select_number(number)

    def action_response(self, step: int) -> None:
        """Go to another response."""
        self._go(views.next_response(self.call, self.at, step))

    def action_finding(self, step: int) -> None:
        """Go to another finding, and show what it says."""
        seq = views.next_finding(self.call, self.at, step)
        self._go(seq)
        if seq is None:
            self.notify("no finding there", timeout=2)

    def _go(self, seq: int | None) -> None:
        if seq is not None:
            self._events.go_to_seq(seq)

    def action_folder(self) -> None:
        """Show the recording's files where this machine shows folders."""
        self.app.open_url(self.call.path.resolve().as_uri())
        self.notify(views.where(self.call), title="recording", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to go back only where there is something to go back to."""
        return action != "back" or self._has_list or self._events.listing.is_narrowed or bool(self._json.word)

    @property
    def _has_list(self) -> bool:
        return any(isinstance(screen, RecordingsScreen) for screen in self.app.screen_stack)

    def on_search_bar_closed(self) -> None:
        """Offer to take back what is searched for now."""
        self.refresh_bindings()

    def action_back(self) -> None:
        """Show everything again where a filter or a search is on; then go back to the list, if there is one."""
        if self._events.listing.is_narrowed or self._json.word:
            self._events.show_all()
            self._json.set_search("")
            self.refresh_bindings()
        elif self._has_list:
            self.dismiss()
