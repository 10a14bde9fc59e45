"""How long answers would have been heard."""

from rtdebug.diagnosis.playout import playouts
from tests.diagnosis.telling import MS, Talk


def test_answers_are_played_one_after_the_other() -> None:
    talk = Talk()
    talk.answer(1000, 1, 4000)
    talk.answer(2500, 2, 2000)
    first, second = playouts(talk.subject()).values()
    assert (first.response.id, first.start_ns, first.end_ns) == ("resp_1", 1300 * MS, 5300 * MS)
    assert (second.item.id, second.start_ns, second.length_ns) == ("item_2", 5300 * MS, 2000 * MS)
    assert (first.played_ns(1000 * MS), first.played_ns(2300 * MS), first.played_ns(9000 * MS)) == (
        0,
        1000 * MS,
        4000 * MS,
    )
    assert first.unheard_ns(2300 * MS) == 3000 * MS


def test_an_answer_that_was_cut_would_have_been_heard_whole() -> None:
    talk = Talk()
    talk.answer(1000, 1, 4000)
    talk.truncate(2300, "item_1", 1000)
    (one,) = playouts(talk.subject()).values()
    assert one.length_ns == 4000 * MS


def test_a_server_that_plays_by_itself_needs_no_reckoning() -> None:
    talk = Talk()
    talk.answer(1000, 1, 4000)
    talk.server(1310, "output_audio_buffer.started", response_id="resp_1")
    assert playouts(talk.subject()) == {}
