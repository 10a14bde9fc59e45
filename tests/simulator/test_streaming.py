from hypothesis import given
from hypothesis import strategies as st

from rtdebug.simulator.streaming import lead


@given(st.lists(st.text(min_size=1), max_size=40), st.lists(st.binary(), max_size=40))
def test_nothing_is_lost_between_words_and_chunks(words: list[str], chunks: list[bytes]) -> None:
    dealt = list(lead(words, chunks))
    assert [word for said, _ in dealt for word in said] == words
    assert [chunk for _, chunk in dealt][: len(chunks)] == chunks


def test_the_words_run_ahead_of_the_sound() -> None:
    dealt = list(lead(list("abcdefghij"), [b""] * 10))
    assert "".join(dealt[0][0]) == "abcd"
    assert "".join("".join(said) for said, _ in dealt[:7]) == "abcdefghij"
