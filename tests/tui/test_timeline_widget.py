"""The timeline in an app: keys, mouse, following, and how little is drawn when the playhead moves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from rtdebug.tui.call.call import Call
from rtdebug.tui.themes import DARK
from rtdebug.tui.widgets.messages import Seek
from rtdebug.tui.widgets.timeline import Timeline

SAMPLES = Path(__file__).parents[2] / "recordings"
S = 1_000_000_000


class Host(App[None]):
    def __init__(self, call: Call) -> None:
        super().__init__()
        self.timeline = Timeline(call, id="timeline")
        self.seeks: list[int] = []

    def compose(self) -> ComposeResult:
        yield self.timeline

    def on_mount(self) -> None:
        self.register_theme(DARK)
        self.theme = DARK.name
        self.timeline.focus()

    def on_seek(self, message: Seek) -> None:
        self.seeks.append(message.at_ns)


def opened(path: Path, *, whole: bool = True) -> Call:
    call = Call(path)
    while whole and not call.caught_up:
        call.step(10**12)
    return call


def settle(timeline: Timeline) -> None:
    """Take in all there is, however long it takes."""
    while timeline.waves.step(10**9):
        pass
    timeline.take_in()


@asynccontextmanager
async def shown(call: Call, size: tuple[int, int] = (100, 30)) -> AsyncIterator[tuple[Timeline, Pilot[None], Host]]:
    app = Host(call)
    async with app.run_test(size=size) as pilot:
        settle(app.timeline)
        await pilot.pause()
        yield app.timeline, pilot, app
    call.close()


def lines(timeline: Timeline) -> list[str]:
    return [timeline.render_line(row).text for row in range(timeline.size.height)]


async def test_keys_move_the_playhead_and_tell() -> None:
    async with shown(opened(SAMPLES / "barge-in")) as (timeline, pilot, app):
        step = timeline.view.span_ns // 100
        await pilot.press("right", "right", "left", "l")
        assert timeline.head_ns == 2 * step
        assert app.seeks == [step, 2 * step, step, 2 * step]
        await pilot.press("end")
        assert timeline.head_ns == timeline.view.end_ns
        await pilot.press("right")
        assert timeline.head_ns == timeline.view.end_ns
        await pilot.press("home", "left", "h")
        assert timeline.head_ns == 0


async def test_brackets_go_from_response_to_response() -> None:
    async with shown(opened(SAMPLES / "barge-in")) as (timeline, pilot, _):
        starts = [bar.start_ns for bar in timeline.lanes.responses.all]
        await pilot.press("right_square_bracket")
        assert timeline.head_ns == starts[0]
        await pilot.press("right_square_bracket", "right_square_bracket")
        assert timeline.head_ns == starts[1]
        await pilot.press("left_square_bracket")
        assert timeline.head_ns == starts[0]


async def test_zoom_pan_and_fit() -> None:
    async with shown(opened(SAMPLES / "barge-in")) as (timeline, pilot, _):
        whole = timeline.view
        timeline.head_ns = 4 * S
        await pilot.press("plus", "equals_sign")
        assert timeline.view.span_ns == whole.span_ns // 4
        assert timeline.view.holds(4 * S)
        assert not timeline.fits
        assert " to " in str(timeline.border_title)
        start = timeline.view.start_ns
        await pilot.press("shift+left")
        assert timeline.view.start_ns == start - timeline.view.span_ns // 4
        await pilot.press("shift+right", "L")
        assert timeline.view.start_ns == start + timeline.view.span_ns // 4
        await pilot.press("minus")
        assert timeline.view.span_ns == whole.span_ns // 2
        await pilot.press("0")
        assert timeline.view == whole
        assert timeline.fits
        assert timeline.border_title == "timeline"


async def test_the_window_follows_the_playhead() -> None:
    async with shown(opened(SAMPLES / "barge-in")) as (timeline, pilot, _):
        await pilot.press("plus", "plus", "plus")
        assert timeline.view.start_ns == 0
        timeline.head_ns = 7 * S
        assert timeline.view.holds(7 * S)
        timeline.head_ns = 1 * S
        assert timeline.view.holds(1 * S)


async def test_the_mouse_seeks_drags_and_zooms() -> None:
    async with shown(opened(SAMPLES / "barge-in")) as (timeline, pilot, app):
        middle = (2 + 12 + (timeline.size.width - 12) // 2, 5)
        await pilot.mouse_down(timeline, offset=middle)
        assert abs(timeline.head_ns - timeline.view.span_ns // 2) < timeline.view.span_ns // 50
        before = timeline.head_ns
        await pilot.hover(timeline, offset=(middle[0] + 10, 5))
        await pilot.mouse_up(timeline, offset=(middle[0] + 10, 5))
        assert timeline.head_ns > before
        await pilot.hover(timeline, offset=(middle[0] - 20, 5))
        assert timeline.head_ns > before
        seeks = len(app.seeks)
        await pilot.click(timeline, offset=(4, 5))
        assert len(app.seeks) == seeks


async def test_the_playhead_goes_through_all_lanes_and_says_its_time() -> None:
    async with shown(opened(SAMPLES / "barge-in")) as (timeline, _, _):
        timeline.head_ns = 3_200_000_000
        drawn = lines(timeline)
        column = drawn[1].index("│")
        assert sum(line[column] == "│" for line in drawn) >= 10
        assert any(line[column:].startswith("▲ 3.20 s") for line in drawn)


async def test_moving_the_playhead_draws_no_lane_again() -> None:
    async with shown(opened(SAMPLES / "barge-in")) as (timeline, pilot, _):
        lines(timeline)
        kept = timeline._drawn
        assert kept is not None
        await pilot.press("right", "right_square_bracket", "end")
        assert timeline._drawn is kept


async def test_a_small_one_keeps_what_matters() -> None:
    async with shown(opened(SAMPLES / "barge-in"), (80, 24)) as (timeline, pilot, _):
        assert timeline.lines_wanted(24) == 9
        assert timeline.lines_wanted(40) == 15
        timeline.styles.height = 7
        await pilot.pause()
        names = [line[:12].strip() for line in lines(timeline)]
        assert names == ["time", "◉ user", "◈ assistant", "▣ responses", "⚑ marks"]
        timeline.head_ns = 1 * S
        assert "▼ 1.00 s" in lines(timeline)[0]
        timeline.styles.height = 3
        await pilot.pause()
        assert len(lines(timeline)) == 1


async def test_it_grows_with_a_call_that_is_read() -> None:
    call = opened(SAMPLES / "vad-conversation", whole=False)
    async with shown(call) as (timeline, pilot, _):
        assert timeline.view.span_ns < S
        while not call.caught_up:
            call.step(1)
            timeline.grew()
        settle(timeline)
        await pilot.pause()
        assert timeline.view.span_ns > 9 * S
        assert [bar.status for bar in timeline.lanes.responses.all] == ["completed", "completed"]


async def test_a_close_look_at_the_end_of_a_live_call_goes_with_it() -> None:
    call = opened(SAMPLES / "vad-conversation", whole=False)
    call.live = True
    async with shown(call) as (timeline, pilot, _):
        while call.session.duration_ns is None or call.session.duration_ns < 4 * S:
            call.step(1)
        settle(timeline)
        timeline.head_ns = timeline.view.end_ns
        await pilot.press("plus", "plus")
        span = timeline.view.span_ns
        call.step(10**12)
        settle(timeline)
        assert timeline.view.span_ns == span
        assert timeline.view.end_ns > 9 * S
        assert timeline.head_ns < 6 * S


async def test_findings_are_shown_when_they_come() -> None:
    async with shown(opened(SAMPLES / "tool-call")) as (timeline, pilot, _):
        timeline.show_findings([(2 * S, "warning", "RT204")])
        await pilot.pause()
        assert any("⚑ RT204" in line for line in lines(timeline))


async def test_without_times_it_says_that_its_clock_is_not_the_calls(tmp_path: Path) -> None:
    data = (SAMPLES / "barge-in" / "events.jsonl").read_bytes()
    header, _, rest = data.partition(b"\n")
    (tmp_path / "events.jsonl").write_bytes(header[:-1] + b',"lacks":["times"]}\n' + rest)
    async with shown(opened(tmp_path)) as (timeline, pilot, _):
        assert "no times" in str(timeline.border_title)
        assert any("▲ no times" in line for line in lines(timeline))
        await pilot.press("right", "plus", "right_square_bracket", "f", "end")


async def test_an_empty_recording_takes_every_key(tmp_path: Path) -> None:
    header = (SAMPLES / "barge-in" / "events.jsonl").read_bytes().partition(b"\n")[0]
    (tmp_path / "events.jsonl").write_bytes(header + b"\n")
    async with shown(opened(tmp_path)) as (timeline, pilot, app):
        keys = ("left", "right", "shift+left", "shift+right", "plus", "minus", "0", "home", "end")
        await pilot.press(*keys, "left_square_bracket", "right_square_bracket")
        assert timeline.head_ns == 0
        assert app.seeks == []
        assert lines(timeline)
