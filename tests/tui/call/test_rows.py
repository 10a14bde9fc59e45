from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.tui.call.folding import LONGEST, Folding
from rtdebug.tui.call.journal import Journal
from rtdebug.tui.call.rows import Rows
from tui.call.journals import add, append, delta, other

LINES = st.lists(
    st.sampled_from(
        [
            delta(),
            delta("item_2"),
            delta(type_="response.output_audio_transcript.delta"),
            append(),
            other(),
            other("rate_limits.updated"),
        ]
    ),
    max_size=60,
)


class Kept:
    """A filter that knows from the start what it lets through."""

    def __init__(self, mask: list[bool]) -> None:
        self.mask = np.array(mask, dtype=np.bool_)

    version = 0

    def step(self, budget_ns: int) -> bool:
        return False


def rows_of(journal: Journal, mask: list[bool] | None = None) -> Rows:
    rows = Rows(journal)
    if mask is not None:
        rows.set_filter(Kept(mask))
    while rows.step(1_000_000):
        pass
    return rows


def runs_by_hand(journal: Journal) -> list[list[int]]:
    """What the runs are, found one entry at a time."""
    runs: list[list[int]] = []
    weaving: dict[tuple[Any, ...], list[int]] = {}
    for index in range(len(journal)):
        if not journal.kind(index).is_delta:
            weaving = {}
            runs.append([index])
            continue
        key = journal.kind(index).name, journal.response_id(index), journal.item_id(index), journal.sender(index)
        if key not in weaving:
            weaving[key] = []
            runs.append(weaving[key])
        weaving[key].append(index)
    return runs


def shown(rows: Rows) -> Iterator[tuple[int, int]]:
    for row in range(len(rows)):
        place = rows.at(row)
        yield place.index, place.count


@given(LINES)
def test_a_fold_covers_each_entry_exactly_once_and_is_what_one_would_find_by_hand(lines: list[Any]) -> None:
    journal = add(Journal(), lines)
    folding = Folding(journal)
    while folding.take(7):
        pass
    found = [folding.members(run).tolist() for run in range(folding.total)]
    assert found == runs_by_hand(journal)
    assert sorted(index for run in found for index in run) == list(range(len(journal)))
    assert [int(folding.runs[index]) for run in found for index in run] == [
        n for n, run in enumerate(found) for _ in run
    ]


@given(LINES, st.lists(st.integers(1, 20), max_size=10))
def test_piece_by_piece_gives_the_same_as_all_at_once(lines: list[Any], pieces: list[int]) -> None:
    journal = Journal()
    grown = Folding(journal)
    at = 0
    for piece in [*pieces, len(lines)]:
        add(journal, lines[at : at + piece])
        at += piece
        grown.take(1000)
    once = Folding(journal)
    once.take(1000)
    assert grown.runs.tolist() == once.runs.tolist()
    assert grown.counts.tolist() == once.counts.tolist()
    assert all(grown.members(run).tolist() == once.members(run).tolist() for run in range(once.total))


@given(LINES, st.data())
def test_a_filter_shows_of_each_run_what_it_lets_through(lines: list[Any], data: st.DataObject) -> None:
    journal = add(Journal(), lines)
    mask = data.draw(st.lists(st.booleans(), min_size=len(lines), max_size=len(lines)))
    rows = rows_of(journal, mask)
    kept = [[index for index in run if mask[index]] for run in runs_by_hand(journal)]
    assert list(shown(rows)) == [(run[0], len(run)) for run in kept if run]
    assert rows.entries == sum(mask)
    rows.fold(folded=False)
    assert list(shown(rows)) == [(index, 1) for index in range(len(lines)) if mask[index]]


@given(LINES, st.data())
def test_every_entry_is_found_in_its_row_whatever_is_open(lines: list[Any], data: st.DataObject) -> None:
    journal = add(Journal(), lines)
    mask = data.draw(st.lists(st.booleans(), min_size=len(lines), max_size=len(lines)))
    rows = rows_of(journal, mask)
    for _ in range(3):
        if len(rows):
            rows.open(data.draw(st.integers(0, len(rows) - 1)))
    for row in range(len(rows)):
        place = rows.at(row)
        if not place.is_open:
            assert rows.row_of(place.index) == row
        assert rows.row_of(int(rows.members(place.run)[-1])) >= rows.row_of(int(rows.members(place.run)[0]))
    chosen = rows.chosen()
    assert rows.rows_of(chosen).tolist() == [rows.row_of(int(index)) for index in chosen]


@pytest.fixture
def woven() -> Rows:
    """Audio, transcript and microphone at once, then the end."""
    audio, words = delta(), delta(type_="response.output_audio_transcript.delta")
    return rows_of(add(Journal(), [audio, words, append(), audio, words, append(), other(), audio]))


def test_streams_that_are_woven_together_are_a_run_each(woven: Rows) -> None:
    assert list(shown(woven)) == [(0, 2), (1, 2), (2, 2), (6, 1), (7, 1)]


def test_a_run_opens_below_its_row_and_folds_from_any_of_its_rows(woven: Rows) -> None:
    assert woven.open(1)
    assert [woven.at(row).index for row in range(len(woven))] == [0, 1, 1, 4, 2, 6, 7]
    assert [woven.at(row).is_member for row in range(5)] == [False, False, True, True, False]
    assert woven.at(1).is_open
    assert woven.row_of(4) == 3
    assert woven.close(3) == 1
    assert len(woven) == 5


def test_an_entry_alone_has_nothing_to_open(woven: Rows) -> None:
    assert not woven.open(3)
    assert woven.close(3) is None


def test_unfolded_it_is_the_order_of_arrival(woven: Rows) -> None:
    woven.fold(folded=False)
    assert list(shown(woven)) == [(index, 1) for index in range(8)]


def test_pings_and_tracks_interrupt_no_run() -> None:
    journal = Journal()
    add(journal, [delta()])
    from rtdebug.protocol.event import Event
    from rtdebug.recording.format import Entry

    journal.add(0, Entry(3, 0, "server", "ping", {}), Event(3, 0, "server", "ping", "", {}))
    add(journal, [delta()])
    assert list(shown(rows_of(journal))) == [(0, 2), (1, 1)]


def test_a_stretch_without_end_is_cut_so_that_one_can_find_a_place_in_it() -> None:
    journal = add(Journal(), [append()] * (2 * LONGEST + 5))
    assert [count for _, count in shown(rows_of(journal))] == [LONGEST, LONGEST, 5]


def test_nothing_has_no_rows() -> None:
    rows = rows_of(Journal())
    assert len(rows) == 0
    assert rows.row_of(5) == 0
    assert rows.chosen().tolist() == []


def test_what_a_filter_hides_is_found_at_the_row_before() -> None:
    rows = rows_of(add(Journal(), [other()] * 5), [False, True, False, False, True])
    assert [rows.row_of(index) for index in range(5)] == [0, 0, 0, 0, 1]


def test_the_rows_go_on_where_the_journal_grew() -> None:
    journal = add(Journal(), [other(), delta()])
    rows = rows_of(journal)
    rows.open(0)
    add(journal, [delta(), other()])
    rows.step(1_000_000)
    assert list(shown(rows)) == [(0, 1), (1, 2), (3, 1)]
