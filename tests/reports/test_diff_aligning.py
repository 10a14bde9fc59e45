from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from rtdebug.reports.diff import aligning
from rtdebug.reports.diff.aligning import align, words_alike, words_of

SAID = st.lists(st.sampled_from(["yes", "no", "the next train", "the last train", "bye"]), max_size=7)


def alike(a: str, b: str) -> float:
    return words_alike(words_of(a), words_of(b))


def aligned(a: list[str], b: list[str]) -> list[tuple[str | None, str | None]]:
    return align(a, b, str, alike)


@given(SAID, SAID)
def test_all_is_there_in_order_and_either_way_the_same(a: list[str], b: list[str]) -> None:
    found = aligned(a, b)
    assert [x for x, _ in found if x is not None] == a
    assert [y for _, y in found if y is not None] == b
    assert (None, None) not in found
    pairs = [(x, y) for x, y in found if x is not None and y is not None]
    assert pairs == [(x, y) for y, x in aligned(b, a) if x is not None and y is not None]
    assert aligned(a, a) == [(one, one) for one in a]


@given(SAID, st.integers(0, 7), st.sampled_from(["something else", "yes"]))
def test_one_more_is_one_more(a: list[str], place: int, more: str) -> None:
    found = aligned(a, [*a[:place], more, *a[place:]])
    assert [pair for pair in found if pair[0] is None] == [(None, more)]
    assert all(x == y for x, y in found if x is not None)


def test_the_most_alike_are_paired() -> None:
    found = aligned(["hello", "the next train", "bye"], ["the very next train", "well", "bye bye"])
    assert found == [("hello", None), ("the next train", "the very next train"), (None, "well"), ("bye", "bye bye")]


def test_what_is_too_long_to_weigh_is_paired_by_what_is_equal() -> None:
    long = [f"word {number}" for number in range(40)]
    other = [*long[:10], "new", *long[10:]]
    limit, aligning._MOST_CELLS = aligning._MOST_CELLS, 0  # type: ignore[misc]
    try:
        found = aligned([*long, "a"], [*other, "b"])
    finally:
        aligning._MOST_CELLS = limit  # type: ignore[misc]
    assert (None, "new") in found
    assert sum(x == y for x, y in found) == 40


def test_words_in_common() -> None:
    assert words_alike(Counter(), Counter()) == 1
    assert words_alike(words_of("Yes"), Counter()) == 0
    assert words_alike(words_of("Yes please"), words_of("yes thanks")) == 0.5
