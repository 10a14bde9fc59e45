"""The clock of a replay, by a clock that the tests wind."""

import pytest

from rtdebug.tui.call.playhead import MOMENTS, Marks, Playhead, marks
from tests.reports.calls import S, call, hostile, timeless


def test_it_moves_by_its_speed_and_stops_at_the_end() -> None:
    head = Playhead(10 * S)
    assert head.at(99 * S) == 0
    head.play(100 * S)
    assert head.at(103 * S) == 3 * S
    head.faster(103 * S)
    assert (head.speed, head.at(104 * S)) == (2.0, 5 * S)
    head.pause(104 * S)
    assert (head.at(500 * S), head.playing) == (5 * S, False)
    head.toggle(500 * S)
    assert (head.at(503 * S), head.playing) == (10 * S, False)
    head.play(600 * S)  # from the end it begins again
    assert head.at(601 * S) == 2 * S


def test_speeds_end_somewhere() -> None:
    head = Playhead(S)
    for _ in range(9):
        head.faster(0)
    assert head.speed == 16
    for _ in range(9):
        head.slower(0)
    assert head.speed == 0.25


def test_seeking_keeps_playing_from_there() -> None:
    head = Playhead(10 * S)
    head.play(0)
    head.seek(7 * S, 1 * S)
    assert head.at(2 * S) == 8 * S
    head.seek(99 * S, 2 * S)
    assert (head.at(2 * S), head.playing) == (10 * S, False)
    head.seek(-5, 3 * S)
    assert head.at(9 * S) == 0


def test_at_the_end_of_a_live_call_it_follows() -> None:
    head = Playhead(10 * S, live=True)
    head.seek(9 * S, 0)
    head.play(0)
    assert head.at(2 * S) == 10 * S
    assert head.following and head.playing
    head.grow(14 * S, 3 * S, live=True)
    assert head.at(3 * S) == 14 * S
    head.seek(2 * S, 4 * S)
    assert not head.following
    assert head.at(5 * S) == 3 * S
    head.grow(20 * S, 6 * S, live=True)
    assert head.at(6 * S) == 4 * S
    for _ in range(4):
        head.faster(6 * S)
    assert head.at(8 * S) == 20 * S and head.following
    head.grow(21 * S, 9 * S, live=False)
    assert (head.at(99 * S), head.playing, head.following) == (21 * S, False, False)


def test_an_empty_call_does_not_play_and_an_empty_live_one_follows() -> None:
    head = Playhead(0)
    head.toggle(0)
    assert (head.at(S), head.playing) == (0, False)
    live = Playhead(0, live=True)
    live.play(0)
    assert live.at(S) == 0 and live.following
    live.grow(3 * S, 2 * S, live=True)
    assert live.at(2 * S) == 3 * S


def test_moments_of_a_session() -> None:
    found = marks(call(), findings=[30 * S, 2 * S, 2 * S])
    assert [at / S for at in found.of["response"]] == [3.1, 4.0, 7.2]
    assert [at / S for at in found.of["turn"]] == [0.6, 5.2]
    assert [at / S for at in found.of["error"]] == [9.0]
    assert [at / S for at in found.of["finding"]] == [2, 30]
    for kind in ("response", "turn", "error"):
        assert marks(timeless()).of[kind] == []
    assert marks(hostile()).of["response"]


@pytest.mark.parametrize("kind", MOMENTS)
def test_nothing_comes_behind_the_last(kind: str) -> None:
    found = Marks({kind: [5]})  # type: ignore[dict-item]
    assert found.after(kind, 5) is None  # type: ignore[arg-type]
    assert found.after(kind, 4) == 5  # type: ignore[arg-type]
