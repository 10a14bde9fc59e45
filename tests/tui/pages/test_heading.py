"""The heading, as text."""

import pytest
from reports.calls import call, mark, recorded, timeless

from rtdebug.reports.recorded import Recorded
from rtdebug.session.model import Ending, Session
from rtdebug.tui.cells import cells, text_of
from rtdebug.tui.pages.heading import heading

from .written import sample


def top(told: Recorded, width: int, **more: object) -> list[str]:
    return [text_of(line) for line in heading(told, width, **more)]  # type: ignore[arg-type]


def test_what_matters_least_is_left_out_first() -> None:
    told = sample("barge-in")
    assert top(told, 200, sent=(175, 473)) == [
        "sess_kytvWXsBLqmMnXav9IMau  │  gpt-realtime-2.1 · marin · ws  │  8.21 s  │  ▲ 175  ▼ 473"
        "  │  2 turns · 1 ✔ completed · 1 ✕ cancelled  │  median 1st audio 420 ms  │  239 tokens  │  $0.0102"
    ]
    assert top(told, 110) == [
        "sess_kytvW… │ gpt-realtime-2.1 │ 8.21 s │ 2 turns · 1 ✔ completed · 1 ✕ cancelled │ 1st audio 420 ms │ $0.0102"
    ]
    assert top(told, 78) == ["sess_kytvW… │ gpt-realtime-2.1 │ 8.21 s │ 2 turns · 1 ✔ · 1 ✕ │ $0.0102"]
    assert top(told, 38) == ["sess_kytvW… │ 8.21 s │ $0.0102"]


def test_two_lines_hold_more() -> None:
    assert top(sample("barge-in"), 100, lines=2, sent=(175, 473)) == [
        "sess_kytvWXsBLqmMnXav9IMau │ gpt-realtime-2.1 · marin · ws │ 8.21 s │ ▲ 175  ▼ 473",
        "2 turns · 1 ✔ completed · 1 ✕ cancelled │ median 1st audio 420 ms │ 239 tokens │ $0.0102",
    ]


def test_live_is_said_first_and_never_left_out() -> None:
    told = Recorded(call(), live=True)
    for width in (20, 80, 160):
        assert top(told, width)[0].startswith("◉ LIVE")


def test_an_odd_end_is_said_in_little_room_too() -> None:
    session = call()
    session.ending = Ending("server", 1011, "internal error", mark(9, 1.0))
    assert "closed by the server with code 1011: internal error" in top(recorded(session), 240)[0]
    assert "code 1011" in top(recorded(session), 80)[0]
    assert "cut off" in top(sample("killed"), 80)[0]


def test_sessions_without_times_or_anything() -> None:
    assert "no times" in top(recorded(timeless()), 120)[0]
    assert top(Recorded(Session(complete=True)), 80)[0].startswith("no session id │ no times │ 0 turns · no responses")


@pytest.mark.parametrize("width", [1, 8, 20, 40, 80, 120])
def test_no_line_is_wider_than_there_is_room(width: int) -> None:
    for lines in (1, 2):
        for line in heading(sample("barge-in"), width, lines=lines):
            assert cells(line) <= width
