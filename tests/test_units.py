from decimal import Decimal
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.units import (
    count,
    delay,
    dollars,
    duration,
    length,
    moment_of,
    plain,
    quote,
    share,
    statuses,
)


@pytest.mark.parametrize(
    ("nanoseconds", "words"),
    [
        (0, "0.00 s"),
        (412_000_000, "0.41 s"),
        (48_240_000_000, "48.2 s"),
        (187_000_000_000, "3:07"),
        (3_725_000_000_000, "1:02:05"),
    ],
)
def test_a_duration_reads_well_at_every_length(nanoseconds: int, words: str) -> None:
    assert duration(nanoseconds) == words


def test_a_count_agrees_with_its_noun() -> None:
    assert [count(1, "event"), count(1204, "event"), count(2, "reply", "replies")] == [
        "1 event",
        "1,204 events",
        "2 replies",
    ]


def test_statuses_have_a_sign_beside_the_word() -> None:
    assert statuses({"completed": 2, "cancelled": 1}) == "1 ✕ cancelled, 2 ✔ completed"
    assert statuses({}) == "no responses"
    assert statuses({"\x1b[31mred": 1}) == "1 · ·[31mred"


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\u202eright to left", "a\u200bb", "\x9b31m", "\ud800", "\u2028"])
def test_nothing_from_the_wire_reaches_the_terminal_as_a_command(hostile: str) -> None:
    assert (
        plain(f"<{hostile}>")
        == "<" + "".join(char if char.isascii() and char.isprintable() else "·" for char in hostile) + ">"
    )


@given(st.text())
def test_text_without_such_signs_stays_as_it_is(text: str) -> None:
    hidden = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    assert plain(text) == "".join("·" if category(char) in hidden else char for char in text)


def test_what_is_not_known_is_a_dash() -> None:
    assert [delay(None), length(None), moment_of(None), share(None), dollars(None)] == ["-"] * 5
    assert [delay(0), length(0), moment_of(0), share(0.0), dollars(Decimal())] == [
        *("0 ms", "0.0 s", "0.00", "0 %", "$0.0000"),
    ]


@pytest.mark.parametrize(
    ("nanoseconds", "words"),
    [
        (412_400_000, "412 ms"),
        (999_400_000, "999 ms"),
        (999_600_000, "1.00 s"),
        (1_240_000_000, "1.24 s"),
        (-5e6, "-5 ms"),
    ],
)
def test_a_wait_is_told_in_milliseconds_below_a_second(nanoseconds: int, words: str) -> None:
    assert delay(nanoseconds) == words


@pytest.mark.parametrize(
    ("nanoseconds", "words"),
    [
        (3_350_000_000, "3.35"),
        (59_999_000_000, "1:00.00"),
        (64_200_000_000, "1:04.20"),
        (3_725_500_000_000, "1:02:05.50"),
    ],
)
def test_a_moment_of_a_call_reads_well_at_every_length(nanoseconds: int, words: str) -> None:
    assert moment_of(nanoseconds) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("12.345", "$12.35"),
        ("1234.5", "$1,234.50"),
        ("0.01234", "$0.0123"),
        ("0.001423", "$0.00142"),
        ("0.5", "$0.5000"),
    ],
)
def test_a_price_shows_what_matters(amount: str, words: str) -> None:
    assert dollars(Decimal(amount)) == words


def test_a_quote_is_one_harmless_line() -> None:
    assert quote("a\n b\x1b", 0) == "a b·"
    assert quote("abcdef", 4) == "abc…"
    assert quote("abcd", 4) == "abcd"
