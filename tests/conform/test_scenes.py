from math import inf

import pytest

from rtdebug.conform.scenes import scenes
from rtdebug.conform.stage import Stage
from rtdebug.diagnosis.conformance import judge
from rtdebug.diagnosis.traffic import Traffic
from rtdebug.protocol.reading import text_in

from .relay import Edit, Event, changed, without
from .stagehand import ALL, SPEECH, breaches, play

NAMES = [scene.name for scene in scenes(SPEECH)]


def types(stage: Stage) -> set[str]:
    return {event.type for event in stage.server}


def statuses(stage: Stage) -> list[tuple[str, str]]:
    ends = [event.data["response"] for event in stage.server if event.type == "response.done"]
    return [(one["status"], text_in(one, "status_details", "reason")) for one in ends]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pace", [1, 100, inf])
def test_each_scene_plays_to_its_end_with_the_simulator_and_keeps_the_rules(name: str, pace: float) -> None:
    stage = play(name, pace=pace)
    assert (stage.reason, breaches(stage)) == ("", [])
    verdicts = judge(Traffic(stage.events, stage.reader.dialect, is_sideband=False))
    assert {one.rule.code: one.breaches for one in verdicts if one.breaches} == {}


def test_no_two_scenes_share_a_name() -> None:
    names = [scene.name for scene in ALL]
    assert len(set(names)) == len(names)


def test_together_they_give_every_rule_something_to_judge() -> None:
    judged: set[str] = set()
    for name in NAMES:
        stage = play(name)
        verdicts = judge(Traffic(stage.events, stage.reader.dialect))
        judged |= {verdict.rule.code for verdict in verdicts if verdict.cases}
        codes = {verdict.rule.code for verdict in verdicts}
    assert judged == codes


def test_scenes_show_what_they_are_named_for() -> None:
    assert "response.output_text.delta" in types(play("written turns"))
    assert "response.output_audio.delta" in types(play("spoken answer"))
    assert "input_audio_buffer.speech_stopped" in types(play("turn found by the server"))
    assert "conversation.item.input_audio_transcription.completed" in types(play("turn found by the server"))
    assert "input_audio_buffer.speech_started" not in types(play("turn committed by hand"))
    assert "input_audio_buffer.committed" in types(play("turn committed by hand"))
    assert "response.function_call_arguments.done" in types(play("tool call"))
    assert statuses(play("barge-in")) == [("cancelled", "turn_detected"), ("completed", "")]
    assert statuses(play("cancelled answer")) == [("cancelled", "client_cancelled")] * 2


def early() -> Edit:
    """Add the item of what is said when it begins to be said, and not when it is committed."""
    known: set[str] = set()

    def edit(event: Event) -> list[Event]:
        if event["type"] == "input_audio_buffer.speech_started":
            known.add(event["item_id"])
            item = {"id": event["item_id"], "type": "message", "role": "user", "content": []}
            added = {"type": "conversation.item.added", "event_id": f"{event['event_id']}_added", "item": item}
            return [event, {**added, "previous_item_id": None}]
        told_before = event["type"] == "conversation.item.added" and event["item"]["id"] in known
        return [] if told_before else [event]

    return edit


@pytest.mark.parametrize("name", ["turn found by the server", "barge-in"])
def test_an_item_may_be_added_as_soon_as_speech_begins(name: str) -> None:
    stage = play(name, early)
    assert (stage.reason, breaches(stage)) == ("", [])


def no_call(event: Event) -> Event:
    output = [{**item, "type": "message"} for item in event["response"]["output"]]
    return {**event, "response": {**event["response"], "output": output}}


def failing(event: Event) -> Event:
    details = {"type": "failed", "error": {"code": "insufficient_quota", "message": "You have no money."}}
    return {**event, "response": {**event["response"], "status": "failed", "status_details": details}}


def test_what_the_model_does_not_do_is_no_failure() -> None:
    stage = play("tool call", changed("response.done", no_call))
    assert (stage.reason, breaches(stage)) == ("no tool was called, though tool_choice was required", [])
    stage = play("written turns", changed("response.done", failing))
    assert (stage.reason, breaches(stage)) == ("the response failed with insufficient_quota: You have no money.", [])
    stage = play("turn found by the server", without("input_audio_buffer.speech_stopped"))
    assert (stage.reason, breaches(stage)) == ("there was speech and then silence, and no speech_stopped came", [])


def test_a_transcript_is_not_owed() -> None:
    kind = "conversation.item.input_audio_transcription"
    stage = play("turn found by the server", without(f"{kind}.completed", f"{kind}.delta"))
    assert (stage.reason, breaches(stage)) == ("", [])


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("beginning", "session.updated"),
        ("written turns", "response.done"),
        ("written turns", "response.created"),
        ("spoken answer", "conversation.item.added"),
        ("turn committed by hand", "input_audio_buffer.committed"),
        ("turn found by the server", "input_audio_buffer.committed"),
        ("barge-in", "response.created"),
        ("cancelled answer", "response.done"),
    ],
)
def test_what_is_owed_and_does_not_come_is_a_failure(name: str, lost: str) -> None:
    stage = play(name, without(lost))
    [breach] = breaches(stage, "P01")
    assert lost in breach
    assert stage.reason == breach
