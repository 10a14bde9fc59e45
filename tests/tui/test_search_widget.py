from textual.widgets import Input, Static

from rtdebug.tui.widgets.search import help_lines
from tui.call.journals import SAMPLES, opened
from tui.hosting import Host, hosted


def told(host: Host, name: str) -> str:
    return str(host.bar.query_one(name, Static).content)


async def test_a_filter_works_while_it_is_typed_and_stays_on_enter() -> None:
    async with hosted(opened(SAMPLES / "barge-in")) as (host, pilot):
        host.bar.open(host.events, "filter")
        await pilot.press(*"truncate")
        await pilot.pause()
        assert told(host, "#told") == "2 of 522 shown"
        await pilot.press("enter")
        await pilot.pause()
        assert not host.bar.has_class("-open")
        assert host.focused is host.events
        assert host.events.query_of("filter") == "truncate"


async def test_escape_takes_it_back() -> None:
    async with hosted(opened(SAMPLES / "barge-in")) as (host, pilot):
        host.bar.open(host.events, "search")
        await pilot.press(*"truncate")
        await pilot.pause()
        assert told(host, "#told") == "2 matches"
        await pilot.press("escape")
        await pilot.pause()
        assert host.events.query_of("search") == ""
        assert not host.bar.has_class("-open")


async def test_what_is_typed_is_looked_for_from_where_it_was_asked() -> None:
    async with hosted(opened(SAMPLES / "barge-in")) as (host, pilot):
        host.events.go_to_seq(8)
        here = host.events.seq
        host.bar.open(host.events, "search")
        await pilot.press(*"response.don")
        await pilot.pause()
        assert host.events.seq == 271
        await pilot.press("z")
        await pilot.pause()
        assert host.events.seq == here, "nothing fits any more"
        await pilot.press("backspace", "e")
        await pilot.pause()
        assert host.events.seq == 271
        await pilot.press("escape")
        await pilot.pause()
        assert host.events.seq == here, "escape goes back to where it was asked"
        host.bar.open(host.events, "filter")
        await pilot.press(*"response.done")
        await pilot.pause()
        assert host.events.count() == 2
        await pilot.press("escape")
        await pilot.pause()
        assert host.events.seq == here and host.events.count() == 68


async def test_escape_goes_back_to_the_line_of_the_json() -> None:
    call = opened(SAMPLES / "tool-call")
    async with hosted(call) as (host, pilot):
        host.json.show(call.index_of(4))
        host.bar.open(host.json, "search")
        await pilot.press(*"book")
        assert host.json.cursor > 0
        await pilot.press("escape")
        assert host.json.cursor == 0 and host.json.word == ""


async def test_what_is_wrong_is_said_below_its_place() -> None:
    async with hosted(opened(SAMPLES / "barge-in")) as (host, pilot):
        host.bar.open(host.events, "filter")
        await pilot.press(*"-delta", "space", *"from:me")
        await pilot.pause()
        below = told(host, "#below")
        assert below.strip() == "▲ from: is one of client, server, other, not me"
        assert len(below) - len(below.lstrip()) == len(" \\ filter ") + len("-delta ") - 1
        await pilot.press("enter")
        assert host.bar.has_class("-open")


async def test_earlier_lines_come_back() -> None:
    async with hosted(opened(SAMPLES / "barge-in")) as (host, pilot):
        for word in ("done", "truncate"):
            host.bar.open(host.events, "search")
            host.bar.query_one(Input).value = ""
            await pilot.press(*word, "enter")
        host.bar.open(host.events, "search")
        line = host.bar.query_one(Input)
        assert line.value == "truncate"
        await pilot.press("up", "up")
        assert line.value == "done"
        await pilot.press("down")
        assert line.value == "truncate"


async def test_the_json_is_searched_too() -> None:
    call = opened(SAMPLES / "tool-call")
    async with hosted(call) as (host, pilot):
        host.json.show(call.index_of(4))
        host.bar.open(host.json, "search")
        await pilot.press(*"book")
        assert told(host, "#told") == "2 matches"
        await pilot.press("enter")
        await pilot.pause()
        assert host.focused is host.json


def test_help_takes_the_room_there_is() -> None:
    assert len(help_lines(78, 24)) <= 3
    assert max(map(len, help_lines(78, 24))) <= 78
    assert len(help_lines(118, 40)) == 6
    assert max(map(len, help_lines(118, 40))) <= 118
