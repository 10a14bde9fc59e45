"""A small app around the widgets of the event list, for tests that press keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from rtdebug.tui.call.call import Call
from rtdebug.tui.themes import DARK
from rtdebug.tui.widgets.events import EventList
from rtdebug.tui.widgets.json import JsonView
from rtdebug.tui.widgets.lines import LineView
from rtdebug.tui.widgets.search import SearchBar
from tui.call.journals import opened


class Host(App[None]):
    """Event list and JSON side by side, and the search line."""

    CSS = (
        "Screen { layout: horizontal; } EventList { width: 60%; } JsonView { width: 1fr; } SearchBar { dock: bottom; }"
    )

    def __init__(self, call: Call) -> None:
        super().__init__()
        self.call = call
        self.moved: list[int] = []

    def compose(self) -> ComposeResult:
        yield EventList(self.call, id="events")
        yield JsonView(self.call, id="json")
        yield SearchBar()

    def on_mount(self) -> None:
        self.register_theme(DARK)
        self.theme = DARK.name
        self.events.focus()

    @property
    def events(self) -> EventList:
        return self.query_one(EventList)

    @property
    def json(self) -> JsonView:
        return self.query_one(JsonView)

    @property
    def bar(self) -> SearchBar:
        return self.query_one(SearchBar)

    def on_line_view_moved(self, message: LineView.Moved) -> None:
        if message.view is self.events:
            self.moved.append(self.events.index)
            self.json.show(self.events.index)


def seen(view: LineView) -> list[str]:
    """What stands in a view, line by line."""
    height = view.scrollable_content_region.height
    return [view.render_line(y).text.rstrip() for y in range(height)]


@asynccontextmanager
async def hosted(call: Call, size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[Host, Pilot[None]]]:
    host = Host(call)
    async with host.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield host, pilot


__all__ = ["Host", "hosted", "opened", "seen"]
