"""The window: it zooms about a moment, stays inside the call, and knows which column a moment has."""

from rtdebug.tui.timeline.view import SHORTEST_NS, View, extent, whole

S = 1_000_000_000


def test_columns_and_moments_belong_together() -> None:
    view = View(10 * S, 20 * S)
    assert [view.column(at * S, 100) for at in (10, 20, 30)] == [0, 50, 100]
    assert all(view.column(view.moment(column, 73), 73) == column for column in range(73))
    assert view.column(9 * S, 100) < 0


def test_zoom_keeps_its_moment_where_it_is() -> None:
    view = View(0, 40 * S)
    near = view.zoomed(0.5, 10 * S, 40 * S)
    assert near == View(5 * S, 20 * S)
    assert near.column(10 * S, 100) == view.column(10 * S, 100)
    assert near.zoomed(2, 10 * S, 40 * S) == view


def test_it_goes_no_closer_than_makes_sense_and_never_out_of_the_call() -> None:
    view = whole(40 * S)
    for _ in range(50):
        view = view.zoomed(0.5, 40 * S, 40 * S)
    assert view == View(40 * S - SHORTEST_NS, SHORTEST_NS)
    assert view.zoomed(1e9, 0, 40 * S) == whole(40 * S)
    assert View(0, 10 * S).panned(-5 * S, 40 * S).start_ns == 0
    assert View(0, 10 * S).panned(500 * S, 40 * S).end_ns == 40 * S
    assert View(0, 10 * S).around(20 * S, 40 * S) == View(15 * S, 10 * S)


def test_an_empty_call_has_a_window_too() -> None:
    view = whole(0)
    assert view.span_ns == SHORTEST_NS
    assert view.zoomed(0.5, 0, 0).panned(S, 0) == view


def test_everything_takes_a_column_at_least() -> None:
    assert extent(whole(100 * S), 10, 20 * S, 40 * S) == (2, 4)
    assert extent(whole(100 * S), 10, 21 * S, 21 * S) == (2, 3)
