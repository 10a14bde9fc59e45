"""The model that a client asks for, and the recording's."""

import pytest

from rtdebug.replay.asked import is_model_of, other_model
from rtdebug.replay.policy import SEMANTIC, Policy
from rtdebug.replay.steps import Script

SNAPSHOT = "gpt-realtime-2025-08-28"
OPENAI = Script("openai", (), "/v1/realtime?model=gpt-realtime", SNAPSHOT)
AZURE = Script("azure", (), "/openai/realtime?api-version=1&deployment=mine", SNAPSHOT)
UNKNOWN = Script("unknown", (), "/v1/realtime?intent=transcription", "")
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
    assert other_model(script, target, SEMANTIC) is None


@pytest.mark.parametrize(
    ("script", "target", "told"),
    [
        (OPENAI, "/v1/realtime?model=gpt-realtime-mini", "gpt-realtime-mini; the recording has gpt-realtime."),
        (AZURE, "/openai/realtime?deployment=theirs", "theirs; the recording has mine."),
        (IMPORTED, "/v1/realtime?model=other", f"other; the recording has {SNAPSHOT}."),
    ],
)
def test_another_model(script: Script, target: str, told: str) -> None:
    found = other_model(script, target, SEMANTIC)
    assert found is not None
    assert f"the client asked for {told}" in found.what
    assert not is_model_of(script, target)
    assert other_model(script, target, Policy("loose")) is None
    assert other_model(script, target, Policy("semantic", frozenset({"model"}))) is None


def test_to_the_letter_a_model_where_the_recording_has_none_is_another() -> None:
    found = other_model(UNKNOWN, "/v1/realtime?model=any", Policy("strict"))
    assert found is not None
    assert "the client asked for any; the recording has no model." in found.what
