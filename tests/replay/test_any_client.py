"""Whatever a client sends, the part goes on, and says what did not fit."""

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from rtdebug.protocol.catalog import CATALOG
from rtdebug.replay.load import load
from rtdebug.replay.policy import STRICTNESSES, Policy, Strictness
from rtdebug.replay.steps import Command, Speech, Step
from rtdebug.replay.terms import Terms

from .actor import RECORDINGS
from .telling import Stage, Told

SCRIPTS = [load(RECORDINGS / name).script for name in ("tool-call", "barge-in", "error", "beta")]
TYPES = st.sampled_from(sorted(CATALOG)) | st.text(max_size=8)
KEYS = st.sampled_from(
    ["item", "id", "session", "type", "audio", "call_id", "output", "response", "event_id", "item_id"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.builds(lambda kind, more: {**more, "type": kind}, TYPES, st.dictionaries(KEYS, VALUES, max_size=4))
ODD = EVENTS.map(orjson.dumps) | st.binary(max_size=30) | VALUES.map(orjson.dumps)


@settings(max_examples=80)
@given(script=st.sampled_from(SCRIPTS), strictness=st.sampled_from(STRICTNESSES), data=st.data())
def test_odd_messages_among_the_right_ones(script: Any, strictness: Strictness, data: st.DataObject) -> None:
    stage = Stage(script, Terms(policy=Policy(strictness), patience_s=1))
    for command in script.commands:
        for message in data.draw(st.lists(ODD, max_size=2)):
            stage.send(message)
        stage.send(command.text)
    stage.wait(10_000)
    verdict = stage.part.verdict
    assert stage.part.closed
    assert 0 <= verdict.done <= verdict.steps
    assert verdict.text


SPOKEN = st.lists(st.tuples(st.sampled_from(["client", "server"]), EVENTS), max_size=12)


@settings(max_examples=80)
@given(spoken=SPOKEN)
def test_odd_recordings_are_played_to_their_end(spoken: list[tuple[str, dict[str, Any]]]) -> None:
    told = Told()
    for sender, event in spoken:
        told.add(sender, orjson.dumps(event))
    script = told.script()
    stage = Stage(script, Terms(policy=Policy("strict"), patience_s=1, fresh_ids=False))
    for step in script.steps:
        for text in [step.text] if isinstance(step, Command) else speech_of(step):
            stage.send(text)
    stage.wait(10_000)
    assert stage.part.verdict.clean, stage.part.verdict.text
    assert not stage.part.verdict.left


def speech_of(step: Step) -> list[bytes]:
    return [piece.text for piece in step.pieces] if isinstance(step, Speech) else []
