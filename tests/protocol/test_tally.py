import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.protocol.tally import Tally


def test_messages_are_counted_by_side() -> None:
    tally = Tally()
    for sender in ("client", "server", "server"):
        tally.message(sender)
    assert tally.summary()["messages"] == {"client": 1, "server": 2}


def test_responses_are_counted_by_status_and_errors_as_such() -> None:
    tally = Tally()
    for status in ("completed", "completed", "cancelled", None):
        tally.event("server", "response.done", {"response": {"status": status}})
    tally.event("server", "error", {})
    assert tally.responses == {"completed": 2, "cancelled": 1, "unknown": 1}
    assert tally.errors == 1


def test_responses_that_did_not_end_are_in_progress() -> None:
    tally = Tally()
    for name in ("a", "b", "a"):
        tally.event("server", "response.created", {"response": {"id": name}})
    assert tally.responses == {"in_progress": 2}
    tally.event("server", "response.done", {"response": {"id": "b", "status": "cancelled"}})
    assert tally.summary()["responses"] == {"cancelled": 1, "in_progress": 1}


def test_what_a_client_claims_does_not_count() -> None:
    tally = Tally()
    tally.event("client", "session.created", {"session": {"id": "sess_1", "model": "m"}})
    tally.event("client", "error", {})
    assert (tally.session_id, tally.model, tally.errors) == ("", "", 0)


def test_the_session_and_its_latest_model_are_known() -> None:
    tally = Tally()
    tally.event("server", "session.created", {"session": {"id": "sess_1", "model": "gpt-realtime"}})
    tally.event("server", "session.updated", {"session": {"model": "gpt-realtime-mini"}})
    assert (tally.session_id, tally.model) == ("sess_1", "gpt-realtime-mini")


def test_statuses_and_names_from_the_wire_cannot_grow_without_bound() -> None:
    tally = Tally()
    for number in range(1000):
        tally.event("server", "response.created", {"response": {"id": f"{number}" * 1000}})
        tally.event("server", "response.done", {"response": {"status": f"{number}" * 1000}})
    tally.event("server", "session.created", {"session": {"id": "x" * 10**6, "model": "y" * 10**6}})
    assert len(str(tally.summary())) < 3000


@pytest.mark.parametrize(("code", "words"), [(1000, "client closed 1000"), (None, "client closed")])
def test_the_first_close_is_the_cause(code: int | None, words: str) -> None:
    tally = Tally()
    tally.closed("client", code)
    tally.closed("server", 1011)
    tally.ends("server reset")
    assert tally.ending == words


@given(
    st.sampled_from(["response.done", "session.created", "session.updated", "error"]),
    st.dictionaries(st.sampled_from(["response", "session"]), st.none() | st.integers() | st.lists(st.text())),
)
def test_odd_events_are_passed_over(kind: str, event: dict) -> None:
    tally = Tally()
    tally.event("server", kind, event)
    assert tally.model == ""
