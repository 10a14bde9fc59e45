"""How far apart things are, and how long a recording goes on."""

from rtdebug.diagnosis.moments import begun_after, between, client_sent, mark_at, watched_ns
from rtdebug.session.model import Mark, Note
from tests.diagnosis.telling import MS, Talk


def test_between_two_moments_there_is_time() -> None:
    assert between(Mark(1, 10), Mark(2, 30)) == 20
    assert between(Mark(1, None), Mark(2, 30)) is None
    assert between(None, Mark(2, 30)) is None


def test_a_recording_watches_until_the_connection_ends() -> None:
    talk = Talk()
    talk.hang_up(5000)
    talk.server(9000, "rate_limits.updated", rate_limits=[])
    call = talk.subject()
    assert watched_ns(call, Mark(2, 1000 * MS)) == 4000 * MS
    assert watched_ns(call, Mark(2, 8000 * MS)) == 0
    assert watched_ns(call, Mark(2, None)) == 0


def test_what_comes_after_a_gap_was_not_watched_for() -> None:
    talk = Talk()
    talk.server(2000, "rate_limits.updated", rate_limits=[])
    talk.server(9000, "rate_limits.updated", rate_limits=[])
    call = talk.subject()
    call.session.gaps.append(Note(3, "full"))
    assert watched_ns(call, Mark(2, 500 * MS)) == 1500 * MS
    assert watched_ns(call, Mark(4, 9000 * MS)) == 0


def test_responses_and_requests_are_found_by_their_place() -> None:
    talk = Talk()
    talk.answer(1000, 1, 1000)
    talk.answer(3000, 2, 1000)
    call = talk.subject()
    first, second = client_sent(call, "response.create")
    assert [one.id for one in begun_after(call, first)] == ["resp_1", "resp_2"]
    assert [one.id for one in begun_after(call, second)] == ["resp_2"]
    assert mark_at(call, first.seq) == first
    assert client_sent(call, "response.cancel") == []
