"""The line of the replay: what it says, and that it fits."""

import pytest
from textual.app import App, ComposeResult

from rtdebug.tui.call.playhead import Marks, Playhead, marks
from rtdebug.tui.cells import cells, text_of
from rtdebug.tui.widgets.transport import Transport, transport
from tests.reports.calls import S, call


def told(head: Playhead, width: int = 120, *, sound: str = "pw-play", notice: str = "", now: int = 0) -> str:
    return text_of(transport(head, now, marks(call()), sound, width, notice=notice))


def test_it_tells_where_how_fast_and_what_comes() -> None:
    head = Playhead(48 * S)
    head.seek(3 * S, 0)
    line = told(head)
    for words in ("❚❚", "3.00", "/ 48.0 s", " 1\u00d7", "▸ response 3.10", "◉ turn 5.20", "▲ error 9.00", "pw-play"):
        assert words in line
    assert "finding" not in line
    assert line.index("●") < line.index("─")
    head.play(0)
    head.faster(0)
    head.faster(0)
    assert "▶" in told(head, now=S) and "7.00" in told(head, now=S) and "4\u00d7" in told(head)
    assert "silent at 4 times" in told(head)


def test_following_and_notices_are_said_in_words() -> None:
    head = Playhead(10 * S, live=True)
    head.seek(10 * S, 0)
    head.play(0)
    assert "◉ live" in told(head)
    assert "no program to play sound with" in told(head, notice="no program to play sound with (pw-play, paplay)")


@pytest.mark.parametrize("width", range(60, 220, 7))
def test_it_fits(width: int) -> None:
    for head in (Playhead(), Playhead(48 * S), Playhead(4000 * S, live=True)):
        assert cells(transport(head, 0, marks(call()), "sounddevice", width)) == width
        assert cells(transport(head, 0, Marks(), "", width)) == width
        head.seek(head.end_ns, 0)
        assert cells(transport(head, 0, marks(call()), "sounddevice", width)) == width


async def test_the_widget_draws_it() -> None:
    head = Playhead(48 * S)

    class Host(App[None]):
        def compose(self) -> ComposeResult:
            yield Transport(head, now_ns=lambda: 0, among=lambda: marks(call()), sound=lambda: ("aplay", ""))

    async with Host().run_test(size=(80, 5)) as pilot:
        strip = pilot.app.query_one(Transport).render_line(0)
        assert "0.00 / 48.0 s" in strip.text and "aplay" in strip.text and strip.cell_length == 80
