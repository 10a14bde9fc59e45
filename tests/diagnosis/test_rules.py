"""The table of rules, walked: every row is whole, and somebody has tried it on a bad call and on a good one."""

import re
from pathlib import Path

import pytest

from rtdebug.diagnosis.finding import FAMILIES, SEVERITIES, Rule
from rtdebug.diagnosis.rules import RULES
from rtdebug.diagnosis.subject import MISSING

HERE = Path(__file__).parent
WRITTEN = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted(HERE.rglob("test_*.py")) if path.name != "test_rules.py"
)
EVERY = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert [rule.code for rule in RULES] == sorted(rule.code for rule in RULES)


@EVERY
def test_a_rule_is_called_what_rules_are_called(rule: Rule) -> None:
    assert re.fullmatch(r"RT[1-9]\d\d", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+|[a-z]+", rule.name)
    assert rule.family in FAMILIES.values()
    assert rule.name not in FAMILIES.values(), "a family's name chooses the family"


@EVERY
def test_a_rule_says_how_grave_and_how_sure(rule: Rule) -> None:
    assert rule.severity in SEVERITIES
    assert rule.confidence in ("high", "medium", "low")
    assert set(rule.needs) <= set(MISSING)


@EVERY
def test_a_rules_page_is_whole(rule: Rule) -> None:
    for words in (rule.doc.sees, rule.doc.matters, rule.doc.advice):
        assert len(words.split()) >= 6
        assert words.endswith((".", "`", ")"))
    assert rule.doc.seen_in
    title = (rule.check.__doc__ or "").splitlines()[0]
    assert title.endswith("."), "its docstring begins with a sentence"


@EVERY
def test_a_rule_has_been_tried(rule: Rule) -> None:
    assert rule.code in WRITTEN, f"no test in {HERE.name}/ names {rule.code} {rule.name}"
