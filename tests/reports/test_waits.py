"""The waits around a response."""

from rtdebug.reports.show.latency import MEANINGS
from rtdebug.reports.waits import SPEED, WAITS, first_audio_ns, first_delta_ns
from rtdebug.session.latency import ResponseLatency

MS = 1_000_000


def test_waits_count_from_when_it_was_asked_for() -> None:
    one = ResponseLatency("r", response_ns=10 * MS, ttft_ns=200 * MS, ttfa_created_ns=300 * MS)
    assert first_audio_ns(one) == 310 * MS
    assert first_delta_ns(one) == 210 * MS
    assert first_audio_ns(ResponseLatency("r", ttfa_request_ns=5)) == 5


def test_what_is_not_known_stays_so() -> None:
    assert all(wait.of(ResponseLatency("r")) is None for wait in WAITS.values())


def test_every_wait_says_what_it_means() -> None:
    assert [*WAITS, SPEED[0]] == list(MEANINGS)
    assert all(MEANINGS.values())
