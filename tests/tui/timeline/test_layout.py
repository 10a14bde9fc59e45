"""Rows are dealt out by what matters most."""

from rtdebug.tui.timeline.layout import ORDER, Place, arrange

ALL = set(ORDER)


def test_three_rows_hold_what_was_said_and_answered() -> None:
    assert list(arrange(3, ALL, {})) == ["user", "assistant", "responses"]


def test_room_grows_from_lanes_to_their_height() -> None:
    small, large = arrange(7, ALL, {}), arrange(20, ALL, {"responses": 2})
    assert list(small) == ["ruler", "user", "spoken", "assistant", "responses", "called", "points"]
    assert list(large) == list(ORDER)
    assert large["responses"].rows == 2
    assert large["user"].rows >= 4
    assert sum(place.rows for place in large.values()) == 20


def test_rows_follow_each_other_without_a_hole() -> None:
    for height in range(30):
        row = 0
        for place in arrange(height, ALL, {"called": 3}).values():
            assert place.row == row
            row += place.rows
        assert row <= height


def test_what_is_not_there_takes_no_room() -> None:
    assert arrange(10, {"ruler", "points"}, {}) == {"ruler": Place(0, 1), "points": Place(1, 1)}
    assert arrange(0, ALL, {}) == {}
