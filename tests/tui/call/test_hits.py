import numpy as np

from rtdebug.tui.call.hits import Hits
from rtdebug.tui.call.query import parse
from rtdebug.tui.call.rows import Rows
from tui.call.journals import SAMPLES, opened


def hits_of(query: str, filter_: str = "") -> Hits:
    call = opened(SAMPLES / "barge-in")
    rows = Rows(call.journal)
    if filter_:
        kept = Hits(call, rows, parse(filter_)).matching
        rows.set_filter(kept)
    while rows.step(1_000_000_000):
        pass
    hits = Hits(call, rows, parse(query))
    while hits.step(1_000_000_000):
        pass
    return hits


def test_one_goes_round_the_rows_that_hold_matches() -> None:
    hits = hits_of("type:response.done")
    first, last = hits.rows.tolist()
    assert hits.total == 2
    assert hits.beyond(0, 1) == first
    assert hits.beyond(first, 1) == last
    assert hits.beyond(last, 1) == first
    assert hits.beyond(first, -1) == last
    assert hits.beyond(last, -1) == first
    assert hits.first_from(first) == first
    assert hits.first_from(last + 1) is None
    assert [hits.position(row) for row in (0, first, last)] == ["0/2", "1/2", "2/2"]


def test_a_run_with_many_matches_is_one_row() -> None:
    hits = hits_of("type:input_audio_buffer.append")
    assert hits.total > len(hits.rows) > 1


def test_what_a_filter_hides_is_not_gone_to() -> None:
    hits = hits_of("type:response.done", "type:session.*")
    assert hits.total == 2
    assert hits.beyond(0, 1) is None
    assert hits.position(0) == "none"
    assert hits.among(np.array([0, 10_000])).tolist() == []
