import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.session.usage import Usage, read_transcription_usage, read_usage
from tests.protocol.shared import REAL, needs_real

from .telling import recorded

GA = {
    "total_tokens": 715,
    "input_tokens": 600,
    "output_tokens": 115,
    "input_token_details": {
        "text_tokens": 200,
        "audio_tokens": 350,
        "image_tokens": 50,
        "cached_tokens": 384,
        "cached_tokens_details": {"text_tokens": 128, "audio_tokens": 256, "image_tokens": 0},
    },
    "output_token_details": {"text_tokens": 30, "audio_tokens": 85, "reasoning_tokens": 12},
}


def told(**changes: Any) -> Usage:
    used = read_usage(GA | changes)
    assert used is not None
    return used


def test_a_response_says_what_it_used() -> None:
    assert told() == Usage(600, 115, 200, 350, 50, 384, 128, 256, 0, 30, 85, 12)
    assert told().total_tokens == 715
    assert told().cache_hit_rate == 384 / 600
    assert told().identities() == []


def test_what_was_read_is_written_as_it_came() -> None:
    assert told().wire() == GA
    without = {**GA, "output_token_details": {"text_tokens": 30, "audio_tokens": 85}}
    assert told(**without).wire() == without


def test_the_beta_shape_lacks_images_and_the_kinds_of_cached_tokens() -> None:
    read = {"text_tokens": 200, "audio_tokens": 400, "cached_tokens": 256}
    used = told(input_token_details=read)
    assert (used.input_text, used.input_audio, used.input_image) == (200, 400, 0)
    assert (used.cached_text, used.cached_audio, used.assumed) == (200, 56, True)
    assert used.identities() == []


@pytest.mark.parametrize(
    ("read", "cached_text"),
    [
        ({"text_tokens": 600, "audio_tokens": 0, "cached_tokens": 64}, 64),
        ({"text_tokens": 200, "audio_tokens": 400, "cached_tokens": 600}, 200),
        ({"text_tokens": 200, "audio_tokens": 400, "cached_tokens": 0}, 0),
    ],
    ids=["one kind only", "all of it", "none"],
)
def test_nothing_is_assumed_where_there_is_only_one_way(read: dict[str, int], cached_text: int) -> None:
    used = told(input_token_details=read)
    assert (used.assumed, used.cached_text) == (False, cached_text)


@pytest.mark.parametrize(
    "nothing", [None, {}, [], "", 0, 7, "tokens", True, {"x": 1}, {"input_tokens": "12"}, {"input_token_details": {}}]
)
def test_what_is_no_usage_is_none(nothing: object) -> None:
    assert read_usage(nothing) is None
    assert read_transcription_usage(nothing) is None


def test_zeros_are_a_usage() -> None:
    used = read_usage({"total_tokens": 0, "input_tokens": 0, "output_tokens": 0})
    assert used == Usage()
    assert used is not None
    assert used.cache_hit_rate is None


def test_details_alone_are_enough() -> None:
    used = read_usage({"input_token_details": {"text_tokens": 5}, "output_token_details": {"audio_tokens": 7}})
    assert used is not None
    assert (used.input_tokens, used.output_tokens, used.total_tokens) == (5, 7, 12)


def test_tokens_without_a_kind_stay_in_the_sum() -> None:
    """xAI counts a kind of its own."""
    used = read_usage({"input_tokens": 156, "input_token_details": {"text_tokens": 10, "grok_tokens": 146}})
    assert used is not None
    assert used.identities() == ["input_tokens 156 is not text 10 + audio 0 + image 0"]


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"total_tokens": 716}, ["total_tokens 716 is not input 600 + output 115"]),
        ({"output_tokens": 116, "total_tokens": 716}, ["output_tokens 116 is not text 30 + audio 85"]),
        ({"input_tokens": 601, "total_tokens": 716}, ["input_tokens 601 is not text 200 + audio 350 + image 50"]),
        (
            {"input_token_details": GA["input_token_details"] | {"cached_tokens": 400}},
            [
                "cached_tokens 400 is not text 128 + audio 256 + image 0",
                "cached_tokens 400 is not a multiple of 64",
            ],
        ),
        (
            {"input_token_details": GA["input_token_details"] | {"text_tokens": 100, "image_tokens": 150}},
            ["cached text 128 is more than input text 100"],
        ),
        (
            {"output_token_details": {"text_tokens": 30, "audio_tokens": 85, "reasoning_tokens": 31}},
            ["reasoning_tokens 31 is more than output text 30"],
        ),
    ],
)
def test_a_sum_that_does_not_hold_is_said(changes: dict[str, Any], broken: list[str]) -> None:
    assert told(**changes).identities() == broken


def test_a_transcription_is_charged_by_tokens_or_by_time() -> None:
    tokens = {
        "type": "tokens",
        "total_tokens": 30,
        "input_tokens": 20,
        "output_tokens": 10,
        "input_token_details": {"text_tokens": 2, "audio_tokens": 18},
    }
    used = read_transcription_usage(tokens)
    assert used is not None
    assert used.wire() == tokens
    used = read_transcription_usage({"type": "duration", "seconds": 3})
    assert used is not None
    assert (used.type, used.seconds, used.wire()) == ("duration", 3.0, {"type": "duration", "seconds": 3.0})


@pytest.mark.parametrize("seconds", [None, "3", True, -1, math.nan, math.inf, []])
def test_a_length_that_is_none_is_no_usage(seconds: object) -> None:
    assert read_transcription_usage({"type": "duration", "seconds": seconds}) is None


COUNTS = st.integers(0, 10**6)
USAGES = st.builds(Usage, *[COUNTS] * 13, st.booleans())
KEYS = (
    *("type", "seconds", "input_tokens", "output_tokens", "total_tokens", "text_tokens", "audio_tokens"),
    *("input_token_details", "output_token_details", "image_tokens", "reasoning_tokens"),
    *("cached_tokens", "cached_tokens_details"),
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
        )
    ),
    max_leaves=30,
)


@given(USAGES, USAGES, USAGES)
def test_adding_up_does_not_depend_on_the_order(one: Usage, two: Usage, three: Usage) -> None:
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)
    assert one + Usage() == one


@given(ANY)
def test_anything_can_be_read(value: Any) -> None:
    used = read_usage(value)
    if used is not None:
        assert used.total_tokens >= 0
        used.identities()
        again = read_usage(used.wire())
        assert again is not None
        assert again.wire() == used.wire()
    heard = read_transcription_usage(value)
    if heard is not None:
        assert read_transcription_usage(heard.wire()) == heard


@needs_real
def test_every_sum_holds_in_recorded_sessions() -> None:
    import orjson

    seen = 0
    for path in REAL:
        for entry in recorded(path):
            event = orjson.loads(entry.text or b"{}")
            used = read_usage(event.get("response", {}).get("usage")) if event["type"] == "response.done" else None
            if used is not None:
                seen += 1
                assert used.identities() == []
                assert not used.assumed
    assert seen == 12
