import pytest

from rtdebug.simulator.ids import Ids
from rtdebug.simulator.options import Options
from rtdebug.simulator.refusals import Json, Refused
from rtdebug.simulator.rest import ROUTES, Desk


def ask(name: str, asked: Json, desk: Desk | None = None) -> Json:
    return ROUTES["POST", f"/v1/realtime/{name}"](asked, desk or Desk(Ids(1), 1000))


def test_a_secret_is_kept_with_its_session() -> None:
    desk = Desk(Ids(1), 1000)
    given = ask("client_secrets", {"session": {"type": "realtime", "instructions": "Hi"}}, desk)
    held = desk.secrets.find(given["value"], 1599)
    assert held is not None and held.session == given["session"]
    assert desk.secrets.find(given["value"], 1600) is None


def test_a_secret_may_be_for_listening_only() -> None:
    desk = Desk(Ids(1), 1000)
    given = ask("client_secrets", {"session": {"type": "transcription"}}, desk)
    assert given["session"]["object"] == "realtime.transcription_session"
    held = desk.secrets.find(given["value"], 1000)
    assert held is not None and held.transcribes


@pytest.mark.parametrize(
    ("session", "code", "param"),
    [
        ({}, "missing_required_parameter", "session.type"),
        ([], "invalid_type", "session"),
        ("", "invalid_type", "session"),
        ({"type": "realtime", "model": "banana"}, "invalid_model", "session.model"),
        ({"type": "realtime", "model": 4}, "invalid_type", "session.model"),
    ],
    ids=str,
)
def test_a_secret_is_for_a_session_that_can_be_had(session: object, code: str, param: str) -> None:
    with pytest.raises(Refused) as refused:
        ask("client_secrets", {"session": session})
    assert (refused.value.code, refused.value.param) == (code, param)
    with pytest.raises(Refused, match="banana"):
        ask("sessions", {"model": "banana"})


def test_a_secret_without_a_session_is_for_the_services_own_model() -> None:
    given = ask("client_secrets", {"session": None}, Desk(Ids(1), 1000, Options(flavour="xai")))
    assert given["session"]["model"] == "grok-voice-latest"


@pytest.mark.parametrize(
    ("wanted", "code", "param"),
    [
        ({"seconds": 9}, "invalid_value", "expires_after.seconds"),
        ({"seconds": 7201}, "invalid_value", "expires_after.seconds"),
        ({"seconds": True}, "invalid_type", "expires_after.seconds"),
        ({"anchor": "later", "seconds": 60}, "invalid_value", "expires_after.anchor"),
    ],
)
def test_a_lifetime_has_bounds(wanted: Json, code: str, param: str) -> None:
    with pytest.raises(Refused) as refused:
        ask("client_secrets", {"expires_after": wanted})
    assert (refused.value.code, refused.value.param) == (code, param)


def test_beta_sessions_hold_their_secrets_and_check_their_fields() -> None:
    desk = Desk(Ids(1), 1000)
    talker = ask("sessions", {"model": "gpt-4o-realtime-preview", "temperature": 1.0}, desk)
    assert (talker["model"], talker["temperature"]) == ("gpt-4o-realtime-preview", 1.0)
    listener = ask("transcription_sessions", {"input_audio_format": "g711_alaw"}, desk)
    assert (listener["input_audio_format"], "voice" in listener) == ("g711_alaw", False)
    for given in (talker, listener):
        held = desk.secrets.find(given["client_secret"]["value"], 1059)
        assert held is not None and held.expires_at == given["client_secret"]["expires_at"] == 1060


@pytest.mark.parametrize(
    ("wanted", "param"),
    [
        ({"audio": {}}, "audio"),
        ({"expires_after": {}}, "expires_after"),
        ({"turn_detection": {"type": "ears"}}, "turn_detection.type"),
    ],
)
def test_beta_bodies_are_refused_by_their_own_places(wanted: Json, param: str) -> None:
    with pytest.raises(Refused) as refused:
        ask("sessions", wanted)
    assert refused.value.param == param
    assert "session." not in refused.value.message


def test_a_field_that_is_not_known_is_named() -> None:
    with pytest.raises(Refused, match=r"Unknown parameter: 'session\.audio\.sound'\.") as refused:
        ask("client_secrets", {"session": {"type": "realtime", "audio": {"sound": {}}}})
    assert (refused.value.code, refused.value.param) == ("unknown_parameter", "session.audio.sound")


def test_the_models_on_offer_are_listed() -> None:
    desk = Desk(Ids(1), 1000, Options(models=("mine",)))
    listed = ROUTES["GET", "/v1/models"]({}, desk)
    assert [model["id"] for model in listed["data"]] == ["mine"]
