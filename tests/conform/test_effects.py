from collections.abc import Callable
from math import inf
from typing import Any

import pytest

from rtdebug.conform.effects import EFFECTS, changed

from .relay import Edit, Event, without
from .relay import changed as changing
from .stagehand import breaches, play, scene


@pytest.mark.parametrize("code", [scene.code for scene in EFFECTS])
def test_the_simulator_does_as_it_should(code: str) -> None:
    stage = play(code)
    assert stage.reason == ""
    assert breaches(stage) == []
    assert [finding for finding in stage.findings if finding.code == code]


def in_session(**fields: Any) -> Callable[[], Edit]:
    """Show other settings than there are."""
    return changing("session.updated", lambda event: {**event, "session": {**event["session"], **fields}})


def in_audio(side: str, **fields: Any) -> Callable[[], Edit]:
    def change(event: Event) -> Event:
        audio = event["session"]["audio"]
        return {**event, "session": {**event["session"], "audio": {**audio, side: {**audio[side], **fields}}}}

    return changing("session.updated", change)


def in_item(type_: str, **fields: Any) -> Callable[[], Edit]:
    return changing(type_, lambda event: {**event, "item": {**event["item"], **fields}})


def forgetful() -> Edit:
    """Lose the tools whenever the session changes again."""
    seen: list[Event] = []

    def edit(event: Event) -> list[Event]:
        if event["type"] != "session.updated":
            return [event]
        seen.append(event)
        return [event if len(seen) == 1 else {**event, "session": {**event["session"], "tools": []}}]

    return edit


DETECTION = {"type": "server_vad"}
RETRIEVED = "conversation.item.retrieved"
SAID = [{"type": "output_audio", "transcript": "Good morning."}]


@pytest.mark.parametrize(
    ("code", "disorder", "said"),
    [
        ("P03", forgetful, "an update of max_output_tokens changed tools too"),
        ("P03", in_session(max_output_tokens=200), "max_output_tokens did not become 100"),
        ("P03", in_audio("input", turn_detection=DETECTION), "silence_duration_ms did not become 700"),
        ("P04", in_session(instructions="Still here."), 'instructions "" did not clear them'),
        ("P04", in_session(tools=[{"type": "function"}]), "tools [] did not clear them"),
        ("P04", in_audio("input", turn_detection=DETECTION), "turn_detection null did not turn it off"),
        ("P05", in_item("conversation.item.added", id="item_1"), "conform_1 was added as item_1"),
        (
            "P05",
            changing("conversation.item.added", lambda event: {**event, "previous_item_id": None}),
            "conform_3 stands behind None",
        ),
        ("P06", in_item(RETRIEVED, id="item_1"), "another item than"),
        ("P06", in_item(RETRIEVED, content=[]), "was retrieved with other words"),
        (
            "P06",
            changing("conversation.item.deleted", lambda event: {**event, "item_id": "item_1"}),
            "another item than",
        ),
        (
            "P06",
            changing("error", lambda event: {**event, "type": RETRIEVED, "item": {}}),
            "was deleted and can be retrieved",
        ),
        (
            "P07",
            changing("conversation.item.truncated", lambda event: {**event, "audio_end_ms": 1}),
            "and another cut was told",
        ),
        ("P07", in_item(RETRIEVED, content=SAID), "was cut and still has a transcript"),
        (
            "P08",
            changing("response.created", lambda event: {**event, "response": {**event["response"], "metadata": None}}),
            "0 responses came with the metadata of one",
        ),
        (
            "P08",
            changing(
                "response.created",
                lambda event: {**event, "response": {**event["response"], "conversation_id": "conv_1"}},
            ),
            "its conversation_id is not null",
        ),
    ],
)
def test_what_is_not_as_it_should_be_is_said(code: str, disorder: Callable[[], Edit], said: str) -> None:
    found = breaches(play(code, disorder), code)
    assert any(said in breach for breach in found), found


def test_a_server_that_answers_at_once_is_not_waited_for_in_vain() -> None:
    stage = play("P08", pace=inf)
    assert (stage.reason, breaches(stage)) == ("", [])
    assert [event.type for event in stage.server].count("response.done") == 2


def test_a_server_that_has_no_other_responses_is_not_judged_for_them() -> None:
    def disorder() -> Edit:
        seen: list[Event] = []

        def edit(event: Event) -> list[Event]:
            if event["type"] == "response.created":
                seen.append(event)
            other = seen[1:2] and seen[1]["response"]["id"] in str(event)
            return [] if other else [event]

        return edit

    stage = play("P08", disorder)
    assert breaches(stage) == []
    assert stage.reason == "no response out of band came up beside one in the conversation"


def test_an_effect_that_is_not_told_is_owed() -> None:
    stage = play("P07", without("conversation.item.truncated"))
    assert breaches(stage) == ["no conversation.item.truncated came: nothing for a while"]
    assert scene("P07").says


def test_settings_are_compared_by_their_paths() -> None:
    before = {"voice": "a", "expires_at": 1, "audio": {"input": {"format": 1, "noise": 2}, "output": None}}
    after = {"voice": "a", "expires_at": 2, "audio": {"input": {"format": 1, "noise": 3}}, "tools": []}
    assert changed(before, after) == {"audio.input.noise", "tools"}
    assert changed(before, before) == set()
    assert changed({"audio": "odd"}, {"audio": []}) == set()
