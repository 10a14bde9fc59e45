"""Views side by side: how many fit, and which."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from textual.app import App, ComposeResult

from rtdebug.tui.cells import cells, text_of
from rtdebug.tui.pages.rows import text
from rtdebug.tui.widgets.page import PageView
from rtdebug.tui.widgets.panes import Pane, Panes, tab_line

NAMES = ("events", "json", "response", "talk")


class Host(App[None]):
    def compose(self) -> ComposeResult:
        views = {name: PageView(name, id=name) for name in NAMES}
        for view in views.values():
            view.show([text("a line")])
        yield Panes([Pane(name, name.title(), view) for name, view in views.items()], beside="response")


def seen(panes: Panes) -> list[str]:
    return [name for name in NAMES if panes.view(name).display]


@pytest.fixture
async def panes() -> AsyncIterator[Panes]:
    app = Host()
    async with app.run_test(size=(200, 20)):
        yield app.query_one(Panes)


async def select(panes: Panes, name: str) -> None:
    panes.select(name)
    while not panes.view(name).has_focus:
        await asyncio.sleep(0.01)


async def test_as_many_views_as_fit_stand_side_by_side(panes: Panes) -> None:
    panes.fit(80)
    assert seen(panes) == ["events"]
    panes.fit(120)
    assert seen(panes) == ["events", "response"]
    panes.fit(200)
    assert seen(panes) == ["events", "json", "response"]


async def test_a_view_that_is_asked_for_stands_beside_the_pinned_ones(panes: Panes) -> None:
    panes.fit(120)
    await select(panes, "talk")
    assert seen(panes) == ["events", "talk"]
    assert panes.view("talk").has_focus
    await select(panes, "events")
    assert seen(panes) == ["events", "talk"]
    assert panes.view("events").has_focus
    await select(panes, "json")
    panes.fit(200)
    assert seen(panes) == ["events", "json", "response"]


async def test_the_view_with_the_keys_stays_when_there_is_less_room(panes: Panes) -> None:
    panes.fit(120)
    await select(panes, "talk")
    panes.fit(80)
    assert seen(panes) == ["talk"]
    await select(panes, "events")
    panes.fit(120)
    assert seen(panes) == ["events", "talk"]


async def test_a_number_that_has_no_view_is_passed_over(panes: Panes) -> None:
    panes.fit(80)
    panes.select_number(9)
    assert seen(panes) == ["events"]
    panes.select_number(2)
    assert seen(panes) == ["json"]


def test_names_are_shortened_where_there_is_little_room() -> None:
    tabs = [("events", "Events", True), ("json", "JSON", False), ("response", "Response", False)]
    assert text_of(tab_line(tabs, 80)) == " 1 Events  2 JSON  3 Response "
    assert text_of(tab_line(tabs, 28)) == " 1 Events  2 JSO  3 Res "
    assert cells(tab_line(tabs, 28)) <= 28
