from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.errors import UsageError
from rtdebug.reports.diff.tolerance import Allowance, Tolerance, read_tolerance
from rtdebug.reports.diff.wording import pieces, same_text

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=8).map(" ".join)
MS = 1_000_000


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], Tolerance()),
        (["latency=10%"], Tolerance(latency=Allowance(0.1))),
        (["latency=10%,latency=50ms"], Tolerance(latency=Allowance(0.1, 50 * MS))),
        (["latency=10%", "latency=1.5s"], Tolerance(latency=Allowance(0.1, 1500 * MS))),
        (["audio=200ms, text=5%"], Tolerance(audio=Allowance(0, 200 * MS), text=0.05)),
        (["usage=20", "text=words"], Tolerance(usage=Allowance(0, 20), words_only=True)),
        (["50ms"], Tolerance(latency=Allowance(0, 50 * MS), audio=Allowance(0, 50 * MS))),
        (["10%"], Tolerance(Allowance(0.1), Allowance(0.1), Allowance(0.1))),
        (["0"], Tolerance(Allowance(), Allowance(), Allowance())),
        (["text=0"], Tolerance()),
    ],
    ids=str,
)
def test_a_tolerance_is_read(said: list[str], expected: Tolerance) -> None:
    assert read_tolerance(said) == expected


@pytest.mark.parametrize(
    "said", ["much", "latency", "latency=", "latency=5", "usage=5ms", "text=3", "-5%", "audio=words"]
)
def test_what_is_none_is_said_with_what_there_is(said: str) -> None:
    with pytest.raises(UsageError, match=r"--tolerance .*there are latency=25%|only texts have words"):
        read_tolerance([said])


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12), st.floats(0, 2), st.integers(0, 10**12))
def test_it_does_not_matter_which_comes_first(a: int, b: int, share: float, least: int) -> None:
    allowance = Allowance(share, least)
    assert allowance.allows(a, b) == allowance.allows(b, a)
    assert allowance.allows(a, a)
    assert allowance.allows(Decimal(a), Decimal(a))


@given(WORDS, WORDS)
def test_pieces_make_both_texts(a: str, b: str) -> None:
    found = list(pieces(a, b))
    assert " ".join(x for x, _ in found if x) == a
    assert " ".join(y for _, y in found if y) == b
    assert same_text(a, b, Tolerance()) == (a == b)
    assert same_text(a, b, Tolerance(text=0.5)) == same_text(b, a, Tolerance(text=0.5))
