from typing import Any

import pytest

from .client import Client

RATIO = {"type": "retention_ratio", "retention_ratio": 0.8}


def inside(**fields: Any) -> dict[str, Any]:
    return {"audio": {"input": fields}}


@pytest.mark.parametrize(
    "update",
    [
        {"truncation": "disabled"},
        {"truncation": RATIO},
        {"truncation": {**RATIO, "token_limits": {"post_instructions": 8000}}},
        {"tracing": "auto"},
        {"tracing": {"workflow_name": "calls", "group_id": None, "metadata": {"a": 1}}},
        {"tracing": None},
        {"prompt": {"id": "pmpt_1", "version": "2", "variables": {"town": "Leeds"}}},
        {"prompt": None},
        {"reasoning": {"effort": "low"}},
        {"reasoning": None},
        {"include": ["item.input_audio_transcription.logprobs"]},
        {"include": None},
        inside(noise_reduction={"type": "near_field", "strength": 0.5}),
        inside(transcription={"model": "gpt-realtime-whisper", "delay": "minimal"}),
    ],
    ids=str,
)
def test_what_is_only_kept_is_taken_and_shown(client: Client, update: dict[str, Any]) -> None:
    client.configure(**update)
    assert client.all("error") == []
    shown = client.the("session.updated")["session"]
    if "audio" not in update:
        assert {name: shown[name] for name in update} == update


@pytest.mark.parametrize(
    ("update", "code", "param"),
    [
        ({"truncation": "banana"}, "invalid_value", "truncation"),
        ({"truncation": None}, "invalid_type", "truncation"),
        ({"truncation": {**RATIO, "retention_ratio": 2}}, "invalid_value", "truncation.retention_ratio"),
        ({"truncation": {"type": "retention_ratio"}}, "missing_required_parameter", "truncation.retention_ratio"),
        ({"truncation": {**RATIO, "type": "half"}}, "invalid_value", "truncation.type"),
        (
            {"truncation": {**RATIO, "token_limits": {"post_instructions": 1.5}}},
            "invalid_type",
            "truncation.token_limits.post_instructions",
        ),
        ({"tracing": 5}, "invalid_type", "tracing"),
        ({"tracing": "always"}, "invalid_value", "tracing"),
        ({"tracing": {"name": "x"}}, "unknown_parameter", "tracing.name"),
        ({"prompt": "pmpt_1"}, "invalid_type", "prompt"),
        ({"prompt": {"version": "1"}}, "missing_required_parameter", "prompt.id"),
        ({"reasoning": {"effort": "silly"}}, "invalid_value", "reasoning.effort"),
        ({"reasoning": 7}, "invalid_type", "reasoning"),
        ({"include": ["everything"]}, "invalid_value", "include[0]"),
        (inside(noise_reduction={"strength": "much"}), "invalid_type", "audio.input.noise_reduction.strength"),
        (inside(transcription={"delay": "zz"}), "invalid_value", "audio.input.transcription.delay"),
    ],
    ids=str,
)
def test_what_is_only_kept_is_checked_all_the_same(
    client: Client, update: dict[str, Any], code: str, param: str
) -> None:
    client.configure(instructions="These stay.")
    before = client.the("session.updated")["session"]
    client.configure(instructions="These do not come.", **update)
    assert (client.error()["code"], client.error()["param"]) == (code, f"session.{param}")
    client.configure()
    assert client.the("session.updated")["session"] == before
