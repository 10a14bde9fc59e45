"""The model that a client asks for, and the recording's."""

import pytest

from rtdebug.replay.asked import is_model_of, other_model, unknown_model
from rtdebug.replay.policy import SEMANTIC, Policy
from rtdebug.replay.steps import Script

SNAPSHOT = "gpt-realtime-2025-08-28"
OPENAI = Script("openai", (), "/v1/realtime?model=gpt-realtime", SNAPSHOT)
AZURE = Script("azure", (), "/openai/realtime?api-version=1&deployment=mine", SNAPSHOT)
UNKNOWN = Script("unknown", (), "/v1/realtime?intent=transcription", "")
DATED = Script("dated", (), f"/v1/realtime?model={SNAPSHOT}", SNAPSHOT)
IMPORTED = Script("imported", (), "", SNAPSHOT)


@pytest.mark.parametrize(
    ("script", "target"),
    [
        (OPENAI, "/v1/realtime?model=gpt-realtime"),
        (OPENAI, f"/v1/realtime?model={SNAPSHOT}"),
        (OPENAI, "/v1/realtime"),
        (OPENAI, "/v1/realtime?intent=transcription"),
        (AZURE, "/openai/realtime?deployment=mine"),
        (AZURE, "/openai/v1/realtime?model=mine"),
        (AZURE, f"/v1/realtime?model={SNAPSHOT}"),
        (IMPORTED, f"/v1/realtime?model={SNAPSHOT}"),
        (UNKNOWN, "/v1/realtime?model=any"),
    ],
)
def test_the_model_of_the_recording_by_any_of_its_names(script: Script, target: str) -> None:
    for policy in (SEMANTIC, Policy("strict")):
        assert other_model(script, target, policy) is None


@pytest.mark.parametrize(
    ("script", "target", "told"),
    [
        (OPENAI, "/v1/realtime?model=gpt-realtime-mini", "gpt-realtime-mini; the recording has gpt-realtime."),
        (AZURE, "/openai/realtime?deployment=theirs", "theirs; the recording has mine."),
        (DATED, "/v1/realtime?model=gpt-realtime", f"gpt-realtime; the recording has {SNAPSHOT}."),
    ],
)
def test_another_model(script: Script, target: str, told: str) -> None:
    found = other_model(script, target, SEMANTIC)
    assert found is not None
    assert f"the client asked for {told}" in found.what
    assert not is_model_of(script, target)
    assert other_model(script, target, Policy("loose")) is None
    assert other_model(script, target, Policy("semantic", frozenset({"url.model"}))) is None


@pytest.mark.parametrize("policy", [SEMANTIC, Policy("strict")])
@pytest.mark.parametrize(
    ("script", "told"),
    [
        (UNKNOWN, "the client asked for other; the recording does not tell what was asked for"),
        (IMPORTED, f"what was asked for; its server said {SNAPSHOT}"),
    ],
)
def test_a_model_that_the_recorded_client_did_not_name_is_a_note(script: Script, told: str, policy: Policy) -> None:
    target = "/v1/realtime?model=other"
    assert other_model(script, target, policy) is None
    assert unknown_model(script, target, policy).endswith(told)


@pytest.mark.parametrize(
    ("script", "target", "policy"),
    [
        (OPENAI, "/v1/realtime?model=other", SEMANTIC),
        (IMPORTED, "/v1/realtime", SEMANTIC),
        (IMPORTED, f"/v1/realtime?model={SNAPSHOT}", SEMANTIC),
        (IMPORTED, "/v1/realtime?model=other", Policy("loose")),
        (IMPORTED, "/v1/realtime?model=other", Policy(ignored=frozenset({"url.model"}))),
    ],
)
def test_nothing_to_note_of_a_model(script: Script, target: str, policy: Policy) -> None:
    assert unknown_model(script, target, policy) == ""


def test_fields_called_model_are_not_the_address() -> None:
    target = "/v1/realtime?model=other"
    assert other_model(OPENAI, target, Policy(ignored=frozenset({"model"}))) is not None
    assert not Policy(ignored=frozenset({"url.model"})).ignores_field("session.audio.input.transcription.model")
