"""The list of recordings: what it says at each width, and every key of it."""

import shutil
import threading
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from rtdebug.diagnosis.linting import Diagnosis
from rtdebug.tui.call.examiner import Examiner, Find
from rtdebug.tui.call.findings import find as find_findings
from rtdebug.tui.call.shelf import Shelf
from rtdebug.tui.cells import cells, text_of
from rtdebug.tui.pages.preview import preview
from rtdebug.tui.pages.recordings import heading, row
from rtdebug.tui.screens.recordings import RecordingsScreen
from rtdebug.tui.themes import DARK
from rtdebug.tui.widgets.messages import Open
from rtdebug.tui.widgets.recordings import SORTS, RecordingsList
from tests.cli.terminal import Recorded

SAMPLES = Path(__file__).parents[2] / "recordings"
NOW = 1_795_166_102_417_000_000 + 63_000_000_000
HOSTILE = "a\x1b[31m\u202e\x9b[bold]"


class Host(App[None]):
    """An app with nothing but the screen."""

    def __init__(self, folder: Path, diagnose: Find | None = None) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self.list_screen = RecordingsScreen(folder, wall_ns=lambda: NOW, find=diagnose)
        self.opened: list[str] = []

    def on_mount(self) -> None:
        self.push_screen(self.list_screen)

    def on_open(self, message: Open) -> None:
        self.opened.append(message.path.name)

    @property
    def view(self) -> RecordingsList:
        return self.list_screen.query_one(RecordingsList)

    def rows(self) -> list[str]:
        view = self.view
        return [text_of(view.line(number, view.size.width)).rstrip() for number in range(view.count())]

    def names(self) -> list[str]:
        return [path.name for path in self.view._paths]

    def screen_text(self) -> str:
        height = self.size.height
        return "\n".join(
            "".join(segment.text for segment in strip) for strip in self.screen._compositor.render_strips()[:height]
        )


async def settle(pilot: Pilot[None], *, look: bool = False) -> None:
    """Let everything be looked at, without waiting for a timer."""
    app = pilot.app
    assert isinstance(app, Host)
    await app.workers.wait_for_complete()
    if look:
        app.list_screen.look_again()
    while app.list_screen.shelf.busy or app.list_screen.examiner.busy:
        app.list_screen.work()
        await pilot.pause()
    app.list_screen.work()
    await pilot.pause()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("barge-in", "error", "failed", "killed"):
        shutil.copytree(SAMPLES / name, tmp_path / name)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "events.jsonl").write_text("hello\n")
    return tmp_path


def find(rows: list[str], name: str) -> str:
    [found] = [one for one in rows if name in one]
    return found


async def test_eighty_columns_say_what_matters_most(folder: Path) -> None:
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        rows = app.rows()
        assert find(rows, "barge-in").split() == [
            "barge-in",
            "8.21",
            "s",
            "1",
            "✕",
            "1",
            "✔",
            "client",
            "closed",
            "1000",
        ]
        assert "◆ 3 " in find(rows, "error") and "▲ 1 " in find(rows, "failed")
        assert find(rows, "error").startswith("▲ error") and "4 errors" in find(rows, "error")
        assert find(rows, "failed").startswith("▲ failed") and "1 ▲" in find(rows, "failed")
        assert find(rows, "killed").split()[1:] == ["3.95", "s", "1", "▸", "✂", "cut", "off"]
        assert find(rows, "other").startswith("✕ other")
        assert find(rows, "other").endswith("  line 1 is not the header of a recording")
        shown = app.screen_text()
        assert "5 recordings  ✕ 1 cannot be read" in shown
        assert "name" in shown.splitlines()[2] and "ended" in shown.splitlines()[2]


async def test_wider_screens_say_more(folder: Path) -> None:
    app = Host(folder)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        words = find(app.rows(), "barge-in").split()
        assert words[1:3] == ["11-20", "09:15"] and "gpt-realtime-2.1" in words and "$0.0102" in words
    async with (app := Host(folder)).run_test(size=(200, 60)) as pilot:
        await settle(pilot)
        rows = app.rows()
        for words in ("2026-11-20 09:15:00", "GA", "514", "1 ✕ cancelled", "1 ✔ completed", "$0.0102"):
            assert words in find(rows, "barge-in")
        assert "◆ 3 " in find(rows, "▲ error") and "4 errors" in find(rows, "▲ error")
        assert " 248 " in find(rows, "killed")
    async with (app := Host(folder)).run_test(size=(230, 60)) as pilot:
        await settle(pilot)
        rows = app.rows()
        assert "◆ 3 warnings" in find(rows, "▲ error") and "▲ 1 error " in find(rows, "▲ failed")


async def test_of_a_long_way_to_a_recording_the_end_is_shown(folder: Path) -> None:
    deeper = folder / "test_ticket_office" / "test_next_train-to_leeds"
    deeper.parent.mkdir()
    (folder / "barge-in").rename(deeper)
    async with (app := Host(folder)).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert "-to_leeds  11-20 09:15" in find(app.rows(), "to_leeds")


def test_every_width_is_filled_and_none_is_overrun() -> None:
    shelf = Shelf(SAMPLES)
    examiner = Examiner(shelf)
    while shelf.busy or examiner.busy:
        shelf.step(10**12)
        examiner.step()
    for width in range(66, 240):
        assert cells(heading(width, "started")) == width
        for book in shelf.books.values():
            assert cells(row(book, width, NOW)) == width
            assert all(cells(line) <= width for line in preview(book, width, 8))
            assert len(preview(book, width, 8)) <= 8


async def test_enter_opens_what_the_cursor_is_on(folder: Path) -> None:
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("down", "enter")
        await pilot.press("end", "enter")
        assert app.opened == [app.names()[1], app.names()[-1]]


async def test_the_filter_is_typed_and_cleared(folder: Path) -> None:
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"cut")
        assert app.names() == ["killed"]
        assert "recordings (1 of 5)" in app.screen_text() and "/cut" in app.screen_text()
        await pilot.press("enter", "enter")
        assert app.opened == ["killed"]
        await pilot.press("escape")
        assert len(app.names()) == 5 and not app.list_screen.query_one(Input).display
        for typed, found in (
            ("Failed", ["failed"]),
            ("gpt cancelled", ["barge-in"]),
            ("rt140", ["failed"]),
            ("response-failed", ["failed"]),
            ("header", ["other"]),
            ("no such thing", []),
        ):
            app.view.filter_by(typed)
            assert app.names() == found
        await pilot.press("slash", "escape")
        assert app.view.has_focus


async def test_arrows_leave_the_filter_for_the_list(folder: Path) -> None:
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash", "e", "down")
        assert app.view.has_focus and app.view.filter == "e"


async def test_sorting_goes_round_and_back(folder: Path) -> None:
    app = Host(folder)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        orders = {}
        for _ in SORTS:
            orders[app.view.sort] = app.names()
            assert f"by {app.view.sort}" in app.screen_text()
            await pilot.press("s")
        assert app.view.sort == "started"
        await pilot.press("S")
        assert app.view.sort == "name"
    assert orders["name"] == sorted(orders["name"])
    assert orders["took"][0] == "barge-in"
    assert orders["price"][0] == "barge-in"
    assert orders["findings"] == ["failed", "error", "killed", "barge-in", "other"]
    assert orders["errors"][:3] == ["other", "error", "killed"]


async def test_a_click_on_a_heading_sorts_by_it(folder: Path) -> None:
    app = Host(folder)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        line = app.screen_text().splitlines()[2]
        for word in ("model", "took", "findings", "price", "ended", "name", "started"):
            await pilot.click(offset=(line.index(word) + 1, 2))
            assert app.view.sort == word
        await pilot.click(offset=(line.index("turns"), 2))
        assert app.view.sort == "started"


async def test_the_cursor_stays_on_its_recording_when_others_come_and_go(folder: Path) -> None:
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        first = app.names()[0]
        shutil.copytree(SAMPLES / "beta", folder / "beta")
        await settle(pilot, look=True)
        assert app.view.cursor == 0  # nobody has chosen yet: the newest is what one wants to see
        app.view.go(app.names().index("error"))
        live = Recorded(folder / "live").call().flush()
        await settle(pilot, look=True)
        assert app.names()[0] == "live"
        assert app.view.selected is not None and app.view.selected.name == "error"
        shutil.rmtree(folder / first)
        await settle(pilot, look=True)
        assert app.view.selected is not None and app.view.selected.name == "error"
        shutil.rmtree(folder / "error")
        await settle(pilot, look=True)
        assert app.view.selected is not None
        live.cut()


async def test_a_live_recording_is_on_top_and_counts(folder: Path) -> None:
    live = Recorded(folder / "live").call().flush()
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert app.rows()[0].split() == ["◉", "live", "1:03", "1", "✔", "◉", "live"]
        assert "◉ 1 live" in app.screen_text()
        live.say("server", b'{"type":"error","error":{"message":"no"}}').flush()
        await settle(pilot, look=True)
        assert "1 error" in app.rows()[0]
        live.end()
        await settle(pilot, look=True)
        assert "◉" not in "".join(app.rows())
        assert "9.00 s" in find(app.rows(), "live") and "▲ 1  " in find(app.rows(), "live")


async def test_the_conversation_under_the_cursor_is_shown_where_there_is_room(folder: Path) -> None:
    app = Host(folder)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        app.view.go(app.names().index("barge-in"))
        await pilot.pause()
        shown = app.screen_text()
        assert "assistant" in shown and "✂ (interrupted by the user" in shown
        assert "2026-11-20 09:15 · 8.21 s · gpt-realtime-2.1 · 2 turns · $0.0102" in shown
        await pilot.resize_terminal(80, 18)
        await pilot.pause()
        assert not app.list_screen.query_one("#preview").display


async def test_an_empty_folder_teaches_until_something_comes(tmp_path: Path) -> None:
    app = Host(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = app.screen_text()
        assert "No recordings in" in shown and "rtdebug demo" in shown and "rtdebug proxy" in shown
        await pilot.press("enter", "s", "down")
        assert app.opened == []
        shutil.copytree(SAMPLES / "beta", tmp_path / "beta")
        await settle(pilot, look=True)
        assert "rtdebug demo" not in app.screen_text()
        await pilot.press("enter")
        assert app.opened == ["beta"]


class Slow:
    """Diagnoses, but not before it may."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.asked: list[str] = []

    def __call__(self, path: Path) -> Diagnosis:
        self.asked.append(path.name)
        self.may_end.wait()
        return find_findings(path)


async def until_asked(pilot: Pilot[None], slow: Slow) -> None:
    """Have all read, and the first recording being diagnosed."""
    app = pilot.app
    assert isinstance(app, Host)
    await app.workers.wait_for_complete()
    while app.list_screen.shelf.busy or not slow.asked:
        app.list_screen.work()
        await pilot.pause()


async def test_keys_are_not_held_up_by_a_diagnosis(folder: Path) -> None:
    slow = Slow()
    app = Host(folder, slow)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_asked(pilot, slow)
        assert all("…" in find(app.rows(), name) for name in ("failed", "barge-in"))
        await pilot.press("down", "down", "slash", *"failed", "enter", "enter")
        assert app.opened == ["failed"]
        await pilot.press("escape", "s")
        assert app.view.sort == "took" and slow.asked == slow.asked[:1]
        slow.may_end.set()
        await settle(pilot)
        assert "▲ 1" in find(app.rows(), "failed") and "…" not in find(app.rows(), "barge-in")
        assert sorted(slow.asked) == ["barge-in", "error", "failed", "killed"]


async def test_quitting_does_not_wait_for_a_diagnosis(folder: Path) -> None:
    slow = Slow()
    app = Host(folder, slow)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_asked(pilot, slow)
        thread = app.list_screen.examiner._thread
    assert thread is not None and thread.is_alive() and thread.daemon
    slow.may_end.set()
    thread.join(60)
    assert not thread.is_alive() and len(slow.asked) == 1


async def test_nothing_more_is_diagnosed_while_another_screen_is_shown(folder: Path) -> None:
    slow = Slow()
    app = Host(folder, slow)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_asked(pilot, slow)
        await app.push_screen(RecordingsScreen(folder / "nothing"))
        slow.may_end.set()
        while app.list_screen.examiner._verdicts.empty():
            await pilot.pause()
        assert len(slow.asked) == 1
        await app.pop_screen()
        await settle(pilot)
        assert len(slow.asked) == 4


async def test_the_gravest_findings_are_named_above_the_conversation(folder: Path) -> None:
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.view.go(app.names().index("failed"))
        await pilot.pause()
        assert "▲ error   RT140 response-failed" in app.screen_text()
        app.view.go(app.names().index("error"))
        await pilot.pause()
        assert "◆ warning RT1" in app.screen_text() and "  +1" in app.screen_text()


async def test_a_search_for_a_code_says_how_many_it_looked_in(folder: Path) -> None:
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.view.filter_by("RT140")
        await pilot.pause()
        assert app.names() == ["failed"]
        assert "/rt140 · 4 of 5 diagnosed · esc clears" in app.screen_text()


async def test_it_rests_while_another_screen_is_shown(folder: Path) -> None:
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await app.push_screen(RecordingsScreen(folder / "nothing"))
        await pilot.pause()
        assert all(not pulse._active.is_set() for pulse in app.list_screen._pulses)
        await app.pop_screen()
        await pilot.pause()
        assert all(pulse._active.is_set() for pulse in app.list_screen._pulses)


async def test_hostile_names_and_texts_stay_in_their_cells(tmp_path: Path) -> None:
    Recorded(tmp_path / HOSTILE, target="/?model=%1b\x1b[2J[red]").say(
        "server",
        b'{"type":"session.created","session":{"model":"\\u001b[2J[/red]\\u202e \\ud800"}}',
    ).end()
    said = {
        "type": "message",
        "role": "\\u202e",
        "content": [{"type": "input_text", "text": "\\u001b[2J" + "x" * 99_999}],
    }
    text = str(said).replace("'", '"').replace("\\\\", "\\")
    Recorded(tmp_path / "long").say("client", f'{{"type":"conversation.item.create","item":{text}}}'.encode()).end()
    (tmp_path / "broken\x1b[7m").mkdir()
    (tmp_path / "broken\x1b[7m" / "events.jsonl").write_text("hello\n")
    app = Host(tmp_path)
    for size in ((80, 24), (120, 40), (200, 60)):
        async with (app := Host(tmp_path)).run_test(size=size) as pilot:
            await settle(pilot)
            for number in range(3):
                app.view.go(number)
                await pilot.pause()
                shown = app.screen_text()
                assert not set(shown) & set("\x1b\u202e\x9b\ud800")
                assert "[bold]" in shown or "[31m" in shown


def test_odd_last_lines_are_listed(tmp_path: Path) -> None:
    for number, odd in enumerate(
        ['"x"', "[1]", "{}", "-1", "1e400", "99999999999999999999", "null", '{"completed":-1}']
    ):
        (tmp_path / str(number)).mkdir()
        ending = f'"seq":2,"at_ns":1,"kind":"end","messages":{odd},"gaps":{odd},"responses":{odd},"model":{odd}'
        text = f'{{"rtdebug":1,"started_ns":{odd}}}\n{{{ending},"hash":"0"}}\n'
        (tmp_path / str(number) / "events.jsonl").write_text(text)
    shelf = Shelf(tmp_path)
    while shelf.busy:
        shelf.step(10**12)
    for book in shelf.books.values():
        for width in (78, 118, 198):
            assert cells(row(book, width, NOW)) == width or book.problem
        for order in SORTS.values():
            order(book)
