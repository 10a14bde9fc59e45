import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Close

from rtdebug.simulator.tally import Tally, ending


def test_it_counts_events_errors_and_how_responses_ended() -> None:
    tally = Tally()
    tally.sent([{"type": "error"}, {"type": "response.done", "response": {"status": "failed"}}])
    tally.sent([{"type": "response.done", "response": {"status": "completed"}}])
    assert (tally.server_events, tally.errors) == (3, 1)
    assert tally.responses == {"completed": 1, "failed": 1}


def test_what_has_not_ended_is_in_progress() -> None:
    tally = Tally()
    tally.sent([{"type": "response.created", "response": {"id": name}} for name in ("a", "b")])
    assert tally.responses == {"in_progress": 2}
    tally.sent([{"type": "response.done", "response": {"id": name, "status": "completed"}} for name in ("a", "b")])
    assert tally.responses == {"completed": 2}


@pytest.mark.parametrize(
    ("closed", "words"),
    [
        (ConnectionClosed(Close(1000, ""), Close(1000, ""), True), "client closed 1000"),
        (ConnectionClosed(Close(1011, ""), Close(1011, ""), False), "server closed 1011"),
        (ConnectionClosed(None, Close(1001, "")), "server closed 1001"),
        (ConnectionClosed(Close(4000, ""), None), "client closed 4000"),
        (ConnectionClosed(None, None), "broke off"),
    ],
)
def test_it_says_who_closed(closed: ConnectionClosed, words: str) -> None:
    assert ending(closed) == words
