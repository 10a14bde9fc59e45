"""Configurations that are refused, changed on the way or never answered, and such as come into force."""

from typing import Any

from rtdebug.diagnosis.rules.configuration import RULES
from tests.diagnosis.telling import VAD, Talk

ASKED: dict[str, Any] = {"type": "realtime", "instructions": "Be brief.", "audio": {"output": {"voice": "marin"}}}


def updated(talk: Talk, at_ms: float, **session: Any) -> None:
    talk.server(at_ms, "session.updated", session={"id": "sess_1", "type": "realtime", **session})


def refused(talk: Talk, at_ms: float, code: str, message: str, param: str) -> None:
    talk.server(at_ms, "error", error={"code": code, "message": message, "param": param, "event_id": "update_1"})


def test_an_update_that_comes_into_force_is_none() -> None:
    talk = Talk()
    talk.client(100, "session.update", session=ASKED)
    updated(talk, 150, instructions="Be brief.", audio={"input": {}, "output": {"voice": "marin", "speed": 1.0}})
    talk.hang_up(20_000)
    assert talk.findings(*RULES) == []


def test_a_refused_update_is_found_with_what_is_not_in_force() -> None:
    talk = Talk()
    talk.client(100, "session.update", event_id="update_1", session=ASKED)
    refused(talk, 150, "invalid_value", "Invalid value: 'marinn'.", "session.audio.output.voice")
    talk.hang_up(20_000)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.seqs) == ("RT210", "error", (3, 4))
    assert found.message == (
        "the server refused the client's session.update: Invalid value: 'marinn';"
        " not in force: instructions, audio.output.voice"
    )


def test_betas_names_are_named() -> None:
    talk = Talk()
    talk.client(100, "session.update", event_id="update_1", session={"type": "realtime", "modalities": ["text"]})
    refused(talk, 150, "unknown_parameter", "Unknown parameter: 'session.modalities'.", "session.modalities")
    talk.client(200, "session.update", event_id="update_1", session={"voice": "marin"})
    refused(talk, 250, "missing_required_parameter", "Missing required parameter: 'session.type'.", "session.type")
    first, second = talk.findings(*RULES)
    assert "(session.modalities is beta's name)" in first.message
    assert "(its settings have beta names)" in second.message


def test_a_refusal_that_was_made_good_is_a_warning() -> None:
    talk = Talk()
    talk.client(100, "session.update", event_id="update_1", session={**ASKED, "temperature": 1})
    refused(talk, 150, "unknown_parameter", "Unknown parameter: 'session.temperature'.", "session.temperature")
    talk.client(200, "session.update", event_id="update_2", session={**ASKED, "temperature": None})
    updated(talk, 250, **ASKED)
    assert [one.severity for one in talk.findings(*RULES) if one.code == "RT210"] == ["warning"]


def test_a_setting_that_is_another_one_is_found() -> None:
    talk = Talk()
    talk.client(100, "session.update", session={**ASKED, "max_output_tokens": 300})
    updated(talk, 150, instructions="Be brief.", audio={"output": {"voice": "alloy"}}, max_output_tokens=300)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.seqs) == ("RT211", "warning", (3, 4))
    expected = 'the server accepted the client\'s session.update, yet audio.output.voice is "alloy", not "marin"'
    assert found.message == expected


def test_a_setting_that_is_not_shown_is_only_worth_knowing() -> None:
    talk = Talk()
    talk.client(100, "session.update", session=ASKED)
    updated(talk, 150, instructions="Be brief.")
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity) == ("RT211", "info")
    assert found.message.endswith("does not show audio.output.voice")


def test_turn_detection_that_is_still_on_is_found() -> None:
    talk = Talk()
    talk.client(100, "session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})
    updated(talk, 150, audio={"input": {"turn_detection": {"type": "server_vad"}}})
    (found,) = talk.findings(*RULES)
    assert found.message.endswith("yet audio.input.turn_detection is still on, not null")


def test_null_for_a_default_and_an_alias_of_a_model_are_as_good() -> None:
    talk = Talk()
    asked = {"type": "realtime", "model": "gpt-realtime", "max_output_tokens": None}
    talk.client(100, "session.update", session=asked)
    updated(talk, 150, model="gpt-realtime-2025-08-28", max_output_tokens="inf")
    assert talk.findings(*RULES) == []


def test_what_the_server_adds_to_a_tool_is_no_other_setting() -> None:
    tool = {"type": "function", "name": "look", "parameters": {"type": "object"}}
    talk = Talk()
    talk.client(100, "session.update", session={"type": "realtime", "tools": [tool]})
    updated(talk, 150, tools=[{**tool, "description": "", "strict": False}])
    assert talk.findings(*RULES) == []


def test_the_beta_shape_is_found_once() -> None:
    talk = Talk()
    told = {"code": "beta_api_shape_disabled", "message": "The Realtime Beta API is no longer supported."}
    talk.server(100, "error", error=told)
    reason = "invalid_request_error.beta_api_shape_disabled"
    talk.lines.append((120, "server", "close", {"code": 4000, "text": reason}))
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.seqs) == ("RT212", "error", (3, 4))
    assert found.message == "the client speaks the beta shape; the server has switched it off, and closed with 4000"


def test_an_update_without_an_answer_is_found() -> None:
    talk = Talk()
    talk.client(100, "session.update", session=ASKED)
    talk.hang_up(20_100)
    (found,) = talk.findings(*RULES)
    assert (found.code, found.severity, found.seqs) == ("RT213", "warning", (3,))
    assert "for 20.0 s" in found.message


def test_an_update_right_before_the_end_is_none() -> None:
    talk = Talk()
    talk.client(100, "session.update", session=ASKED)
    talk.hang_up(3000)
    assert talk.findings(*RULES) == []


def test_numbers_that_a_server_rounds_are_as_asked_for() -> None:
    talk = Talk()
    asked, shown = ({"type": "server_vad", "threshold": value} for value in (0.6, 0.6000000238418579))
    talk.client(100, "session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": asked}}})
    talk.server(130, "session.updated", session={"id": "sess_1", "audio": {"input": {"turn_detection": shown}}})
    assert talk.findings(*RULES) == []


def test_turn_detection_that_is_off_for_a_while_was_off() -> None:
    talk = Talk()
    for at_ms, detection in ((100, None), (60_000, VAD)):
        told = {"type": "realtime", "audio": {"input": {"turn_detection": detection}}}
        talk.client(at_ms, "session.update", session=told)
        talk.server(at_ms + 30, "session.updated", session={"id": "sess_1", **told})
    assert talk.findings(*RULES) == []
