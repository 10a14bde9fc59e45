from collections.abc import Callable
from math import inf

import pytest

from rtdebug.conform.probes import REFUSALS

from .relay import Edit, Event, changed, twice, without
from .stagehand import breaches, play

CODES = [scene.code for scene in REFUSALS]
WITH_CODES = [scene.code for scene in REFUSALS if scene.says.endswith(")")]


@pytest.mark.parametrize("code", CODES)
def test_the_simulator_refuses_as_the_service_does(code: str) -> None:
    stage = play(code)
    assert stage.reason == ""
    assert breaches(stage) == []
    assert len([finding for finding in stage.findings if finding.code == code]) >= 2


def test_all_known_refusals_of_what_a_client_says_are_probed() -> None:
    said = " ".join(scene.says for scene in REFUSALS)
    for error in (
        *("conversation_already_has_active_response", "response_cancel_not_active", "input_audio_buffer_commit_empty"),
        *("invalid_value", "invalid_event", "missing_required_parameter", "unknown_parameter"),
        *("unsupported_content_type", "item_truncate_invalid_item_id", "item_delete_invalid_item_id"),
        *("item_retrieve_invalid_item_id", "cannot_update_voice"),
    ):
        assert f"({error})" in said


@pytest.mark.parametrize("code", CODES)
def test_a_server_that_ignores_what_it_should_refuse_fails(code: str) -> None:
    assert breaches(play(code, without("error")), code)[0] == "no error came"


def with_error(**fields: object) -> Callable[[], Edit]:
    return changed("error", lambda event: {**event, "error": {**event["error"], **fields}})


@pytest.mark.parametrize("code", WITH_CODES)
def test_another_error_than_the_expected_one_fails(code: str) -> None:
    [breach] = breaches(play(code, with_error(code="some_other")), code)
    assert breach.startswith("the error's code is some_other, expected ")


@pytest.mark.parametrize("code", CODES)
def test_an_error_need_not_say_what_it_is_about(code: str) -> None:
    stage = play(code, with_error(event_id=None))
    assert (stage.reason, breaches(stage)) == ("", [])


def test_an_error_about_something_else_is_none_about_this() -> None:
    assert breaches(play("P10", with_error(event_id="event_of_old")), "P10") == ["no error came"]


def test_the_place_of_a_mistake_has_to_be_named() -> None:
    for code, param in (("P17", "type"), ("P20", "session.type"), ("P21", "session.conform_no_such_field")):
        assert breaches(play(code, with_error(param=None)), code) == [f"the error's param is missing, expected {param}"]


def test_what_was_refused_must_have_no_effect() -> None:
    def halfway(event: Event) -> Event:
        return {**event, "session": {**event["session"], "instructions": "Say nothing."}}

    def disorder() -> Edit:
        refused: list[Event] = []

        def edit(event: Event) -> list[Event]:
            if event["type"] == "error":
                refused.append(event)
                added = {"type": "conversation.item.added", "event_id": "event_x", "item": {"id": "item_x"}}
                return [event, added]
            return [halfway(event) if refused and event["type"] == "session.updated" else event]

        return edit

    assert breaches(play("P21", disorder), "P21") == ["it was refused, and changed instructions"]
    assert "it was refused, and conversation.item.added came" in breaches(play("P25", disorder), "P25")


def test_the_session_must_go_on() -> None:
    def disorder() -> Edit:
        refused: list[Event] = []

        def edit(event: Event) -> list[Event]:
            if event["type"] == "error":
                refused.append(event)
                return [event]
            return [] if refused else [event]

        return edit

    for code in ("P09", "P19"):
        assert breaches(play(code, disorder), code) == ["the session did not go on: nothing for a while"]


def test_a_server_that_tells_a_mistake_twice_fails() -> None:
    def disorder() -> Edit:
        return lambda event: [event] * (1 + (event["type"] == "error"))

    assert breaches(play("P10", disorder), "P10") == ["2 errors came"]


def test_a_server_that_begins_a_second_response_fails() -> None:
    def disorder() -> Edit:
        created: list[Event] = []

        def edit(event: Event) -> list[Event]:
            if event["type"] == "response.created":
                created.append(event)
            second = {"type": "response.created", "event_id": "event_x", "response": {"id": "resp_x"}}
            return [second] if event["type"] == "error" else [event]

        return edit

    [breach] = breaches(play("P09", disorder), "P09")
    assert breach.startswith("a second response began beside resp_")


def test_a_server_that_is_done_at_once_is_not_judged_for_a_second_response() -> None:
    stage = play("P09", pace=inf)
    assert breaches(stage) == []
    assert stage.reason == "the first response was over before a second one could be asked for"


def test_voices_that_are_not_known_prove_nothing() -> None:
    def disorder() -> Edit:
        def edit(event: Event) -> list[Event]:
            if event["type"] == "session.updated" and event["session"]["audio"]["output"]["voice"] == "alloy":
                error = {"code": "invalid_value", "message": "No such voice.", "event_id": None}
                return [{"type": "error", "event_id": "event_x", "error": error}]
            return [event]

        return edit

    stage = play("P23", disorder)
    assert breaches(stage) == []
    assert stage.reason == "refused with invalid_value: No such voice."


def test_a_response_that_is_told_twice_is_no_second_one() -> None:
    for code in ("P08", "P09"):
        assert breaches(play(code, twice("response.created")), code) == []


def test_a_breach_rests_on_what_should_have_been_refused() -> None:
    stage = play("P10", without("error"))
    [finding] = [finding for finding in stage.findings if finding.breach]
    assert stage.events[finding.seq - 1].type == "response.cancel"
