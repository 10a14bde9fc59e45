"""The keys of a call's screen, calls that go on, and recordings that are not whole."""

import fcntl
import json
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from recording.calls import Call as Written
from recording.calls import append, delta, tone
from textual.pilot import Pilot

from rtdebug.recording.reader import RecordingReader
from rtdebug.reports.mix import Lanes
from rtdebug.session.audio import Stretch
from rtdebug.tui.app import Inspector
from rtdebug.tui.call.call import Call
from rtdebug.tui.call.export import Export
from rtdebug.tui.call.waves import Waves
from rtdebug.tui.cells import text_of
from rtdebug.tui.screens.help import HelpScreen
from rtdebug.tui.screens.recordings import RecordingsScreen
from rtdebug.tui.screens.session import SessionScreen
from rtdebug.tui.sound import Job, Sound
from rtdebug.tui.widgets.events import EventList
from rtdebug.tui.widgets.page import PageView
from rtdebug.tui.widgets.timeline import Timeline

from .looking import SAMPLES, looking, settled, shown

SIZE = (120, 40)


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns


class Loud(Sound):
    """Keeps what it should play."""

    name = "loud"

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def start(self, lanes: Lanes, reader: RecordingReader, at_ns: int, speed: float = 1.0) -> None:
        self.heard.append(f"from {at_ns / 1e9:.1f} at {speed:g}")

    def play_item(self, stretches: Sequence[Stretch], reader: RecordingReader) -> bool:
        self.heard.append("an item" if stretches else "nothing")
        return bool(stretches)

    def stop(self) -> None:
        self.heard.append("stop")

    def play(self, job: Job, reader: RecordingReader) -> None:
        raise NotImplementedError


def screen_of(pilot: Pilot[None]) -> SessionScreen:
    assert isinstance(pilot.app.screen, SessionScreen)
    return pilot.app.screen


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def under_cursor(pilot: Pilot[None]) -> str:
    screen = screen_of(pilot)
    return screen.call.journal.kind(screen.at).name


@pytest.mark.parametrize(
    ("keys", "type_"),
    [
        ("]", "response.created"),
        ("] ]", "response.created"),
        ("r", "response.created"),
        ("end", "end"),
        ("end r R", "response.created"),
        ("t", "input_audio_buffer.speech_started"),
        ("down down", "session.update"),
        ("j j k", "session.created"),
        ("end g", "opened"),
    ],
)
async def test_keys_go_through_the_events(keys: str, type_: str) -> None:
    names = {"]": "right_square_bracket", "[": "left_square_bracket"}
    async with looking(SAMPLES / "barge-in", SIZE, [names.get(key, key) for key in keys.split()]) as pilot:
        await settled(pilot)
        assert under_cursor(pilot) == type_


async def test_the_cursor_moves_the_playhead_and_the_playhead_the_cursor() -> None:
    async with looking(SAMPLES / "barge-in", SIZE, ["right_square_bracket"]) as pilot:
        screen = screen_of(pilot)
        timeline = screen.query_one(Timeline)
        created = next(iter(screen.call.session.responses.values())).created
        assert created is not None
        assert timeline.head_ns == created.at_ns
        timeline.focus()
        await pilot.press("end")
        await settled(pilot)
        assert under_cursor(pilot) in ("close", "closed", "end")
        await pilot.press("home")
        await settled(pilot)
        assert screen.at <= 1


async def test_the_timeline_gets_its_room_when_audio_is_read_after_the_events(monkeypatch: pytest.MonkeyPatch) -> None:
    may_read, step = [False], Waves.step
    monkeypatch.setattr(Waves, "step", lambda waves, budget_ns: step(waves, budget_ns) if may_read[0] else True)
    app = Inspector(SAMPLES / "barge-in")
    async with app.run_test(size=SIZE) as pilot:
        screen = screen_of(pilot)
        await _until(pilot, lambda: screen.call.caught_up)
        await pilot.pause(0.1)
        timeline = screen.query_one(Timeline)
        before = timeline.size.height
        may_read[0] = True
        await _until(pilot, lambda: timeline.size.height > before)


async def test_findings_are_marked_and_a_key_goes_from_one_to_the_next() -> None:
    async with looking(SAMPLES / "refused-update", SIZE, ["7"]) as pilot:
        screen = screen_of(pilot)
        assert "RT210" in await settled(pilot)
        seqs = []
        for key in ("i", "i", "i", "I"):
            await pilot.press(key)
            await settled(pilot)
            seqs.append(screen.query_one(EventList).seq)
        assert seqs == [4, 41, 41, 4]
        assert "⚑ finding" in shown(pilot.app)  # type: ignore[arg-type]


async def test_a_call_is_diagnosed_when_it_has_ended(tmp_path: Path) -> None:
    written = Written(tmp_path / "rec").say(("client", append(tone(1)))).flush()
    async with Inspector(tmp_path / "rec").run_test(size=SIZE) as pilot:
        screen = screen_of(pilot)
        await _until(pilot, lambda: screen.call.caught_up)
        await pilot.press("7")
        await _until(pilot, lambda: "diagnosed when it has ended" in shown(pilot.app))  # type: ignore[arg-type]
        written.end()
        await _until(pilot, lambda: screen.call.diagnosis is not None)
        await _until(pilot, lambda: "diagnosed when it has ended" not in shown(pilot.app))  # type: ignore[arg-type]


async def test_enter_on_a_line_that_rests_on_an_entry_goes_there() -> None:
    async with looking(SAMPLES / "error", SIZE, ["7"]) as pilot:
        page = screen_of(pilot).query_one("#findings", PageView)
        row = next(row for row, one in enumerate(page.rows) if one.seq is not None)
        page.go(row)
        await pilot.press("enter")
        await settled(pilot)
        events = screen_of(pilot).query_one(EventList)
        assert events.seq == page.rows[row].seq


async def test_enter_on_an_event_shows_its_json() -> None:
    async with looking(SAMPLES / "text-turn", SIZE, ["down", "enter"]) as pilot:
        assert '"session.created"' in await settled(pilot)


async def test_a_call_plays_on_its_own_clock() -> None:
    clock, sound = Clock(), Loud()
    app = Inspector(SAMPLES)
    async with app.run_test(size=SIZE) as pilot:
        screen = SessionScreen(Call(SAMPLES / "barge-in"), now_ns=clock, sound=lambda: sound)
        await app.push_screen(screen)
        await settled(pilot)
        start_ns = screen.replay.position_ns
        await pilot.press("space")
        clock.now_ns += 4_000_000_000
        await _until(pilot, lambda: screen.query_one(Timeline).head_ns == start_ns + 4_000_000_000)
        assert screen.query_one(EventList).until_ns == start_ns + 4_000_000_000
        await pilot.press("greater_than_sign")
        clock.now_ns += 1_000_000_000
        await _until(pilot, lambda: screen.query_one(Timeline).head_ns == start_ns + 6_000_000_000)
        await pilot.press("space")
        clock.now_ns += 1_000_000_000
        await settled(pilot)
        assert screen.query_one(Timeline).head_ns == start_ns + 6_000_000_000
        assert screen.query_one(EventList).until_ns is None
        await pilot.press("right_square_bracket", "p")
        assert sound.heard[:4] == ["from 0.0 at 1", "from 4.0 at 2", "stop", "an item"]
        await pilot.press("space")
        clock.now_ns += 10_000_000_000
        await _until(pilot, lambda: not screen.replay.playhead.playing)


async def test_it_plays_slower_too_and_never_slower_than_a_quarter() -> None:
    async with looking(SAMPLES / "text-turn", SIZE) as pilot:
        head = screen_of(pilot).replay.playhead
        for key, speed in (("less_than_sign", 0.5), ("comma", 0.25), ("comma", 0.25), ("full_stop", 0.5)):
            await pilot.press(key)
            assert head.speed == speed


async def test_a_page_is_what_is_seen() -> None:
    async with looking(SAMPLES / "barge-in", SIZE) as pilot:
        events = screen_of(pilot).query_one(EventList)
        page = events.scrollable_content_region.height - 1
        for key, row in (("pagedown", page), ("ctrl+f", 2 * page), ("pageup", page), ("ctrl+b", 0), ("pageup", 0)):
            await pilot.press(key)
            await settled(pilot)
            assert events.cursor == row


async def test_the_folder_is_opened_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(Inspector, "open_url", lambda _, url, **__: opened.append(url))
    async with looking(SAMPLES / "text-turn", SIZE, ["o"]):
        assert opened == [(SAMPLES / "text-turn").as_uri()]


async def test_search_and_filter_are_keys_away() -> None:
    async with looking(SAMPLES / "barge-in", SIZE, ["f", "=type:error,response.done", "enter"]) as pilot:
        text = await settled(pilot)
        assert "2 of 522" in text
        assert "session.created" not in text.split("events (")[1]
    async with looking(SAMPLES / "barge-in", SIZE, ["slash", "=truncated", "enter"]) as pilot:
        await settled(pilot)
        assert under_cursor(pilot) == "conversation.item.truncated"


async def test_what_is_listed_is_written_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with looking(SAMPLES / "barge-in", SIZE, ["f", "=type:response.done", "enter", "w", "w"]) as pilot:
        await settled(pilot)
    assert names_in(tmp_path) == ["barge-in-2.jsonl", "barge-in.jsonl"]
    lines = (tmp_path / "barge-in.jsonl").read_text().splitlines()
    assert [json.loads(json.loads(line)["text"])["type"] for line in lines] == ["response.done"] * 2


async def test_a_long_file_is_written_while_keys_are_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    may_go_on, step = [False], Export.step
    monkeypatch.setattr(Export, "step", lambda export, budget_ns: not may_go_on[0] or step(export, budget_ns))
    async with looking(SAMPLES / "barge-in", SIZE) as pilot:
        await pilot.press("w", "down", "w")
        assert screen_of(pilot).at == 1
        assert any("0 % written so far" in note.message for note in pilot.app._notifications)
        may_go_on[0] = True
        await _until(pilot, lambda: (tmp_path / "barge-in.jsonl").exists())
        may_go_on[0] = False
        await pilot.press("w")
    assert names_in(tmp_path) == ["barge-in.jsonl"], "what is left on the way is taken away"


async def test_where_nothing_can_be_written_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    async with looking(SAMPLES / "text-turn", SIZE, ["w"]) as pilot:
        await pilot.pause()
        assert [note.title for note in pilot.app._notifications] == ["not written"]


async def test_escape_shows_everything_again_before_it_goes_back() -> None:
    async with looking(SAMPLES, SIZE, ["enter", "f", "=response.done", "enter"]) as pilot:
        screen = screen_of(pilot)
        assert screen.query_one(EventList).listing.is_narrowed
        await pilot.press("escape")
        await pilot.pause()
        assert screen_of(pilot) is screen and not screen.query_one(EventList).listing.is_narrowed
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, RecordingsScreen)


async def test_back_is_offered_where_there_is_something_to_go_back_to() -> None:
    async with looking(SAMPLES / "text-turn", SIZE) as pilot:
        assert " esc Back" not in await settled(pilot)
        await pilot.press("slash", *"done", "enter")
        assert " esc Back" in await settled(pilot)
        await pilot.press("escape")
        assert " esc Back" not in await settled(pilot)


async def test_the_shell_is_a_key_away_where_it_began_this(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr("os.kill", lambda _, number: sent.append(number))
    async with looking(SAMPLES / "text-turn", SIZE) as pilot:
        monkeypatch.setattr(type(pilot.app._driver), "can_suspend", True)
        monkeypatch.setattr("os.getpgrp", lambda: 1)
        await pilot.press("ctrl+z")
        assert sent == [] and any("the shell itself" in note.message for note in pilot.app._notifications)
        monkeypatch.setattr("os.getpgrp", os.getpid)
        await pilot.press("ctrl+z")
        assert sent == [signal.SIGTSTP]


async def test_help_lists_the_keys_and_escape_goes_back_step_by_step() -> None:
    async with looking(SAMPLES, SIZE, ["enter"]) as pilot:
        assert isinstance(pilot.app.screen, SessionScreen)
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        assert "Play" in await settled(pilot)
        told = "\n".join(text_of(row.line) for row in pilot.app.screen.query_one(PageView).rows)
        assert "░" in told, "signs are explained too"
        assert "_" not in told and told.count("Page up") == 1
        assert max(map(len, told.splitlines())) <= 70
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, SessionScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, RecordingsScreen)


async def test_the_palette_offers_every_key_of_the_screen() -> None:
    async with looking(SAMPLES / "text-turn", SIZE) as pilot:
        titles = {command.title for command in pilot.app.get_system_commands(pilot.app.screen)}
        assert {"Play", "Search", "Filter", "Show usage", "Next response", "Dark or light"} <= titles


async def test_themes_change_while_it_runs() -> None:
    async with looking(SAMPLES / "text-turn", SIZE) as pilot:
        before = pilot.app.export_screenshot()
        await pilot.press("ctrl+t")
        await settled(pilot)
        assert pilot.app.theme == "rtdebug-light"
        assert pilot.app.export_screenshot() != before


async def test_it_fits_whatever_the_terminal_becomes() -> None:
    async with looking(SAMPLES / "tool-call", SIZE, ["right_square_bracket"]) as pilot:
        for size in ((80, 24), (200, 60), (40, 12), (20, 5), (1, 1), (120, 40)):
            await pilot.resize_terminal(*size)
            text = await settled(pilot)
        assert "find_trains" in text or "book_seat" in text


async def test_a_call_is_followed_while_it_is_recorded(tmp_path: Path) -> None:
    written = Written(tmp_path / "rec").say(("client", append(tone(1)))).flush()
    app = Inspector(tmp_path / "rec")
    async with app.run_test(size=SIZE) as pilot:
        screen = screen_of(pilot)
        await _until(pilot, lambda: screen.call.caught_up)
        await pilot.press("end")
        written.say(("server", delta(tone(2))), ("server", b'{"type":"error","error":{"message":"oh"}}')).flush()
        await _until(pilot, lambda: under_cursor(pilot) == "error")
        written.say(*[("client", append(tone(1)))] * 40).flush()
        timeline, journal = screen.query_one(Timeline), screen.call.journal
        await _until(pilot, lambda: len(journal) > 40 and timeline.head_ns == journal.times[-1])
        written.end()
        await _until(pilot, lambda: not screen.call.live)
        assert "end" in await settled(pilot)


@pytest.mark.parametrize(
    ("keep", "shows"),
    [(0, "line 1 is cut off"), (40, "line 1 is cut off"), (2000, "is cut off")],
)
async def test_a_torn_recording_shows_what_is_there_and_says_what_is_not(tmp_path: Path, keep: int, shows: str) -> None:
    whole = (SAMPLES / "text-turn" / "events.jsonl").read_bytes()
    (tmp_path / "rec").mkdir()
    (tmp_path / "rec" / "events.jsonl").write_bytes(whole[:keep])
    async with looking(tmp_path / "rec", SIZE, ["7"]) as pilot:
        assert shows in await settled(pilot)


async def test_a_live_beginning_that_turns_out_to_be_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "rec").mkdir()
    with (tmp_path / "rec" / "events.jsonl").open("wb", buffering=0) as writing:
        fcntl.flock(writing, fcntl.LOCK_EX)
        writing.write(b'{"rtdebug":')
        async with Inspector(tmp_path / "rec").run_test(size=SIZE) as pilot:
            call = screen_of(pilot).call
            await _until(pilot, lambda: call.caught_up)
            assert call.live
            await pilot.press("7")
            writing.write(b"oh}\n")
            await _until(pilot, lambda: not call.live)
            assert "cannot be read further: line 1 is not the header of" in await settled(pilot)


async def test_a_gap_is_shown(tmp_path: Path) -> None:
    written = Written(tmp_path / "rec").say(("client", append(tone(1))))
    written.encoder.gap(5_000_000, "the disk was full", "client", 1000)
    folder = written.end()
    async with looking(folder, SIZE, ["7"]) as pilot:
        assert "the disk was full" in await settled(pilot)


async def test_a_newer_recording_is_refused_in_words_and_listed(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "events.jsonl").write_bytes(b'{"rtdebug":99,"seq":1}\n')
    async with looking(tmp_path, SIZE, ["enter"]) as pilot:
        text = await settled(pilot)
        assert "Upgrade rtdebug" in text


async def _until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    for _ in range(1500):
        if holds():
            return
        await pilot.pause(0.02)
    raise AssertionError("it never came to that")
