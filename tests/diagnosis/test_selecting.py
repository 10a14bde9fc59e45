import pytest

from rtdebug.diagnosis.finding import Rule
from rtdebug.diagnosis.selecting import choose, matching, nearest
from rtdebug.errors import UsageError
from tests.diagnosis.made_up import made_up

RULES = [
    made_up("RT110", "false-interruption"),
    made_up("RT111", "echo"),
    made_up("RT130", "tool-not-answered"),
    made_up("RT901", "wrong-order"),
]


def codes(rules: list[Rule]) -> list[str]:
    return [rule.code for rule in rules]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("RT111", ["RT111"]),
        ("rt11", ["RT110", "RT111"]),
        ("RT1", ["RT110", "RT111", "RT130"]),
        ("RT9", ["RT901"]),
        ("echo", ["RT111"]),
        ("Interruption", ["RT110", "RT111"]),
        ("tools", ["RT130"]),
        ("RT", []),
        ("", []),
        ("RT112", []),
        ("money", []),
        ("ech", []),
    ],
)
def test_a_word_names_rules(word: str, found: list[str]) -> None:
    assert codes(matching(RULES, word)) == found


def test_rules_are_selected_and_left_out() -> None:
    assert codes(choose(RULES, [], [])) == ["RT110", "RT111", "RT130", "RT901"]
    assert codes(choose(RULES, ["RT11", "wrong-order"], ["echo"])) == ["RT110", "RT901"]
    assert codes(choose(RULES, ["echo"], ["RT11"])) == []


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("RT112", ["RT110 (false-interruption)", "RT111 (echo)"]),
        ("RT111x", ["RT111 (echo)", "RT110 (false-interruption)"]),
        ("ecco", ["RT111 (echo)"]),
        ("interuption", ["interruption", "RT110 (false-interruption)"]),
        ("answered", ["RT130 (tool-not-answered)"]),
        ("RT", []),
        ("zzz", []),
    ],
)
def test_a_wrong_word_names_the_nearest(word: str, near: list[str]) -> None:
    assert nearest(RULES, word) == near


def test_a_wrong_word_is_refused_with_where_it_stands() -> None:
    with pytest.raises(UsageError, match=r"--select RT119: there is no such rule. Did you mean RT110"):
        choose(RULES, ["RT119"], [])
    with pytest.raises(UsageError, match=r"pyproject.toml: ignore zzz: .*`rtdebug rule` lists"):
        choose(RULES, [], ["zzz"], "pyproject.toml: ")
