import pytest

from rtdebug.simulator.dialects.flat import LISTENER, RESPONSE, SESSION, flat, nested, retold
from rtdebug.simulator.options import Manner
from rtdebug.simulator.refusals import Refused, unknown
from rtdebug.simulator.session import new_session, updated

BETA = Manner(shape="beta")


def test_a_session_told_flat_and_read_again_is_the_same_session() -> None:
    session = new_session("sess_1", "gpt-realtime", 0, BETA)
    told = flat(session, SESSION)
    asked = {name: value for name, value in told.items() if name not in ("id", "object", "expires_at")}
    assert updated(session, {"type": "realtime", **nested(asked, SESSION, "session")}, manner=BETA) == session


def test_an_absent_field_stays_absent() -> None:
    assert flat({"output_modalities": ["text"]}, RESPONSE) == {"modalities": ["text"]}
    assert nested({"modalities": ["audio", "text"]}, RESPONSE, "response") == {"output_modalities": ["audio"]}


def test_an_unknown_field_is_refused_by_the_name_it_was_given() -> None:
    with pytest.raises(Refused) as refused:
        nested({"max_output_tokens": 50}, SESSION, "session")
    told = retold(refused.value.error(None), SESSION)
    assert told["param"] == "session.max_output_tokens"
    assert told["message"] == "Unknown parameter: 'session.max_output_tokens'."
    inner = unknown("session.audio.input.turn_detection.ears").error(None)
    assert retold(inner, SESSION)["param"] == "session.turn_detection.ears"


def test_what_only_the_server_sets_is_refused() -> None:
    with pytest.raises(Refused, match=r"session\.expires_at"):
        nested({"expires_at": 3}, LISTENER, "session")
