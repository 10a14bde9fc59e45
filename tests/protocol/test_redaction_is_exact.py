"""Redaction is the identity on text without secrets, takes out all of a secret, and costs little on hostile text."""

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtdebug.protocol.secrets import REDACTED, Redactor, credentials
from rtdebug.wire.handshake import Head

KEY = "sk-proj-T3BlbkFJabcdefgh_ijklmnop-0123456789"
ODD = "0123456789abcdef0123456789abcdef"

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="*")).filter(
    lambda text: not any(form in text for form in ("ek_", "sk-", "xai-"))
)
PLAIN_KEYS = st.sampled_from(["type", "delta", "text", "tools", "properties", "é", "", 'a"b', "expires_at", "values"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PLAIN_KEYS, inner, max_size=4),
)


@settings(deadline=None, max_examples=200)
@given(JSON, st.booleans(), st.sampled_from([None, 1]))
def test_json_without_secrets_is_kept_to_the_character(value: object, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert Redactor((ODD,)).text(text) == (text, ())


@settings(deadline=None, max_examples=200)
@given(WORDS | st.text('{}[]",:\\ab \n', max_size=40))
def test_any_text_without_secrets_is_kept_to_the_character(text: str) -> None:
    for is_json in (True, False):
        assert Redactor((ODD,)).text(text, is_json=is_json) == (text, ())


@settings(deadline=None, max_examples=200)
@given(WORDS, WORDS, st.sampled_from([KEY, ODD, "ek_0123456789"]), st.booleans())
def test_a_secret_goes_whole_and_what_surrounds_it_stays(before: str, after: str, secret: str, is_json: bool) -> None:
    text = f"{before} {secret} {after}"
    redactor = Redactor((ODD,))
    assert redactor.suspects(text.encode())
    assert redactor.suspects(text.encode(), delta=True)
    assert redactor.text(text, is_json=is_json)[0] == f"{before} {REDACTED} {after}"


@settings(deadline=None, max_examples=100)
@given(JSON, JSON, st.integers(0, 3))
def test_a_place_is_found_however_deep_and_its_surroundings_stay(before: object, after: object, depth: int) -> None:
    value: object = {"a": before, "authorization": ODD, "z": after}
    for _ in range(depth):
        value = {"session": [before, {"tools": value}]}
    text = json.dumps(value)
    assert Redactor().text(text)[0] == text.replace(ODD, REDACTED)


@pytest.mark.parametrize(
    "text",
    [
        '{"authorization": "' + ODD + '"',
        '{"authorization": "' + ODD,
        '{"n": NaN, "authorization": "' + ODD + '"}',
        '{"n": ' + "1" * 10_000 + ', "authorization": "' + ODD + '"}',
        '\ufeff{"authorization": "' + ODD + '"}',
        '{\'a\': 1, "authorization": "' + ODD + '"}',
        '{"a": "\n", "authorization" : "' + ODD + '"}',
    ],
)
def test_a_secret_place_in_what_is_not_quite_json_is_found_too(text: str) -> None:
    new, struck = Redactor().text(text, is_json=False)
    assert ODD not in new
    assert struck


def cheapest(work: Callable[[int], object], size: int) -> float:
    """The least CPU time of three runs: what the work costs when nothing else is in its way."""
    times = []
    for _ in range(3):
        began = time.process_time()
        work(size)
        times.append(time.process_time() - began)
    return min(times)


def assert_linear(work: Callable[[int], object]) -> None:
    """Eight times the length costs well under the 64 times that a quadratic search would."""
    assert cheapest(work, 64_000) < 24 * cheapest(work, 8_000) + 0.02


@pytest.mark.parametrize(
    "text",
    ["a", '\\"', '"', '["x",', '{"a":', "a***", "***key ", "ek_", "key***-", 'error":"', "sk-", "\\", "[]"],
)
def test_hostile_text_costs_no_more_than_its_length(text: str) -> None:
    redactor = Redactor()

    def read(size: int) -> None:
        hostile = "key *** authorization " + text * (size // len(text))
        for whole in (hostile, '{"error":"' + hostile, '{"error":"' + hostile + '"}'):
            redactor.text(whole)
            redactor.text(whole, is_json=False)

    assert_linear(read)


@pytest.mark.parametrize("text", ["a", "key", "secret.", "?key=", "-", "key.a,"])
@pytest.mark.parametrize("name", ["Sec-WebSocket-Protocol", "Authorization", "X-Other"])
def test_a_hostile_head_costs_no_more_than_its_length(name: str, text: str) -> None:
    def read(size: int) -> None:
        many = b"GET /" + b"?key=" * (size // 20) + b" HTTP/1.1"
        head = Head(many, (f"{name}: {text * (size // len(text))}".encode(),))
        credentials(head)
        Redactor().head(head)

    assert_linear(read)
