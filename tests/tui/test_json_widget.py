from pathlib import Path

import orjson

from tui.call.journals import SAMPLES, opened, record
from tui.hosting import hosted, seen


async def test_it_shows_a_message_with_what_is_known_of_it() -> None:
    call = opened(SAMPLES / "barge-in")
    async with hosted(call) as (host, pilot):
        host.json.show(call.index_of(271))
        await pilot.pause()
        assert host.json.border_title == "#271 response.done"
        assert host.json.border_subtitle == "from the server · at 4.084 · 956 bytes"
        assert seen(host.json)[1].endswith('"type": "response.done",')


async def test_audio_is_told_where_it_was() -> None:
    call = opened(SAMPLES / "audio-turn")
    index = next(index for index in range(len(call.journal)) if call.journal.frames[index])
    async with hosted(call) as (host, pilot):
        host.json.show(index)
        await pilot.pause()
        assert "20 ms of audio, 960 bytes" in seen(host.json)[2]


async def test_what_is_no_message_shows_its_fields() -> None:
    call = opened(SAMPLES / "barge-in")
    async with hosted(call) as (host, pilot):
        host.json.show(len(call.journal) - 1)
        await pilot.pause()
        assert host.json.border_title == "#523 end"
        assert '"ending": "client closed 1000"' in "\n".join(seen(host.json))


async def test_what_is_odd_stands_on_top(tmp_path: Path) -> None:
    call = opened(record(tmp_path / "odd", [("client", b"not json"), ("server", b'{"no":"type"}')]))
    async with hosted(call) as (host, pilot):
        odd = [index for index in range(len(call.journal)) if call.journal.has_problem(index)]
        host.json.show(odd[0])
        await pilot.pause()
        assert seen(host.json)[0].startswith("! it is not JSON")
        assert seen(host.json)[1] == " 1 not json"
        host.json.show(odd[1])
        await pilot.pause()
        assert seen(host.json)[:3] == ["! it has no type", " 1 {", ' 2   "no": "type"']


async def test_keys_fold_search_and_copy() -> None:
    call = opened(SAMPLES / "tool-call")
    async with hosted(call) as (host, pilot):
        host.json.show(call.index_of(4))
        host.json.focus()
        await pilot.press("down", "down")
        before = host.json.count()
        await pilot.press("X")
        assert host.json.count() < before
        await pilot.press("X")
        assert host.json.count() == before
        host.json.set_search("book_seat")
        assert "book_seat" in seen(host.json)[host.json.cursor - host.json.scroll_offset.y]
        assert host.json.tally == "1 match"
        place = host.json.cursor
        await pilot.press("home", "n")
        assert host.json.cursor == place
        await pilot.press("N", "y")
        assert orjson.loads(host.clipboard)["type"] == "session.update"


async def test_a_string_is_laid_open_and_folds_when_the_width_changes(tmp_path: Path) -> None:
    said = {"type": "x", "text": "long words " * 30}
    call = opened(record(tmp_path / "long", [("server", said)]))
    async with hosted(call) as (host, pilot):
        host.json.show(0)
        host.json.focus()
        await pilot.press("down", "down", "enter")
        assert host.json.count() > 8
        assert "│ long words" in seen(host.json)[3]
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert host.json.count() == 4


async def test_nothing_is_shown_as_nothing() -> None:
    async with hosted(opened(SAMPLES / "tool-call")) as (host, pilot):
        host.json.show(0)
        host.json.show(None)
        host.json.focus()
        await pilot.press("down", "enter", "X", "n", "y", "Y")
        assert host.json.count() == 0
        assert host.json.border_title == "json"
