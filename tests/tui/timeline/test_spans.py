"""What lasts is found by time, and put in rows where it overlaps."""

import random
from dataclasses import dataclass

from rtdebug.session.model import Mark
from rtdebug.tui.timeline.spans import LAST_NS, Spans, known_ns, spans


@dataclass(frozen=True)
class Lasts:
    start_ns: int
    end_ns: int


EMPTY: Spans[Lasts] = Spans()


def test_what_overlaps_gets_a_row_of_its_own() -> None:
    lane = spans([Lasts(0, 10), Lasts(5, 8), Lasts(8, 12), Lasts(10, 20)])
    assert (lane.rows, lane.row_of) == (2, [0, 1, 1, 0])


def test_a_crowd_shares_four_rows() -> None:
    assert spans([Lasts(0, 100 + number) for number in range(50)]).rows == 4


def test_none_that_is_seen_is_missed() -> None:
    dice = random.Random(3)
    starts = [dice.randrange(1000) for _ in range(200)]
    lane = spans([Lasts(start, start + dice.choice([0, 5, 400])) for start in starts])
    for begin in range(0, 1000, 37):
        found = [lane.all[index] for index in lane.within(begin, begin + 50)]
        assert all(one in found for one in lane.all if one.end_ns >= begin and one.start_ns <= begin + 50)
    assert list(EMPTY.within(0, 10)) == []


def test_a_wrong_clock_is_held_within_reason() -> None:
    assert known_ns(None, Mark(1), Mark(2, 7)) == 7
    assert known_ns(Mark(1, -5)) == 0
    assert known_ns(Mark(1, 10**30)) == LAST_NS
    assert known_ns(None, Mark(1)) is None
