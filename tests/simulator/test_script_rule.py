from dataclasses import replace

import pytest

from rtdebug.simulator.pattern import Pattern
from rtdebug.simulator.script_rule import Output, Prompt, When

TYPED = Prompt("typed", "Two rolls, please", 2)
SAID = replace(TYPED, kind="said")
RETURNED = replace(SAID, outputs=(Output("price", '{"euros": 2}'), Output("stock", "7 left")))


@pytest.mark.parametrize("when", [When(), When(text="ROLLS"), When(regex=Pattern(r"^Two \w+")), When(turn=2)])
def test_it_fits_what_is_said_and_what_is_typed_but_no_output(when: When) -> None:
    assert [when.fits(prompt) for prompt in (TYPED, SAID, RETURNED)] == [True, True, False]


@pytest.mark.parametrize("when", [When(text="bread"), When(regex=Pattern("^rolls")), When(turn=1), When(tool="price")])
def test_it_does_not_fit_anything_else(when: When) -> None:
    assert not when.fits(TYPED)


def test_it_may_be_for_one_kind_only() -> None:
    assert [When(kind="said").fits(prompt) for prompt in (TYPED, SAID, RETURNED)] == [False, True, False]
    assert [When(kind="typed").fits(prompt) for prompt in (TYPED, SAID, RETURNED)] == [True, False, False]
    assert [When(kind="output").fits(prompt) for prompt in (TYPED, SAID, RETURNED)] == [False, False, True]


def test_every_output_since_the_users_turn_counts() -> None:
    assert When(tool="price").fits(RETURNED) and When(tool="stock").fits(RETURNED)
    assert When(tool="stock", text="7").fits(RETURNED)
    assert not When(tool="price", text="7").fits(RETURNED)
    assert not When(tool="other").fits(RETURNED)


def test_all_that_is_named_has_to_hold() -> None:
    assert When(text="rolls", turn=2, kind="typed").fits(TYPED)
    assert not When(text="rolls", turn=3, kind="typed").fits(TYPED)
