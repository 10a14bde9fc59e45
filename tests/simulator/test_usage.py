from hypothesis import given
from hypothesis import strategies as st

from rtdebug.simulator.usage import Context, Tokens, no_usage, pieces, usage

from .client import assert_usage_adds_up

TOKENS = st.builds(Tokens, st.integers(0, 500), st.integers(0, 500))
CONTEXTS = st.lists(st.tuples(st.sampled_from("abcd"), TOKENS), max_size=6).map(lambda parts: Context(tuple(parts)))


@given(st.text())
def test_pieces_are_the_text_again(text: str) -> None:
    assert "".join(pieces(text)) == text


def test_pieces_are_words_and_marks_with_the_space_before_them() -> None:
    assert pieces("Hi there, it's 10:15!") == ["Hi", " there", ",", " it", "'", "s", " 10", ":", "15", "!"]


@given(CONTEXTS, CONTEXTS, TOKENS)
def test_every_identity_holds(context: Context, previous: Context, output: Tokens) -> None:
    assert_usage_adds_up(usage(context, previous, output))


def test_only_a_common_beginning_is_cached() -> None:
    head, old, new = ("head", Tokens(text=130)), ("old", Tokens(audio=200)), ("new", Tokens(audio=200))
    assert Context((head, new)).cached(Context((head, old))) == Tokens(text=128)
    assert Context((head, old, new)).cached(Context((head, old))) == Tokens(text=128, audio=192)
    assert Context((old, head)).cached(Context((head, old))) == Tokens()


def test_no_usage_is_all_zeros() -> None:
    assert no_usage()["total_tokens"] == 0
    assert_usage_adds_up(no_usage())
