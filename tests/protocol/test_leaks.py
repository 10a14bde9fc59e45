from typing import Any

import pytest

from rtdebug.protocol.leaks import leaks

REST = "aB3dE5gH7jK9mN1pQ3sT5vW7"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ek_" + REST, "an ephemeral key (ek_…)"),
        ("sk-" + REST, "an API key (sk-…)"),
        ("xai-" + REST, "an API key (xai-…)"),
        ("Bearer " + REST, "a bearer token"),
        (f"say 'sk-{REST}'", "an API key (sk-…)"),
    ],
)
def test_a_key_is_told_by_its_form(text: str, what: str) -> None:
    assert list(leaks({"a": [1, {"b": text}]})) == [("a[1].b", what)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sk-",
        "task-" + REST,
        "Bearer [redacted]",
        "sk-[redacted]",
        "sk-this-is-a-long-name-of-a-branch",
        "ek_short1",
    ],
)
def test_other_words_are_none(text: str) -> None:
    assert list(leaks({"a": text})) == []


def test_anything_may_be_in_it() -> None:
    deep: Any = "sk-" + REST
    for _ in range(200):
        deep = {"a": [deep]}
    assert list(leaks(deep)) == []
    assert list(leaks({"a": float("nan"), "b": {1: object()}})) == []
