"""The labelled corpus: each rule has its fault there, and the cases are what they say they are."""

import pytest

from benchmarks.corpus.cases import Case, cases, judge
from benchmarks.corpus.faults import PLANTERS
from benchmarks.corpus.table import scores, table
from rtdebug.diagnosis.rules import RULES


def test_each_rule_has_a_fault_that_is_planted() -> None:
    planted = {one.code for one in PLANTERS}
    assert [rule.code for rule in RULES if rule.code not in planted] == []
    assert planted <= {rule.code for rule in RULES}


def test_cases_are_the_same_each_time() -> None:
    assert list(cases(["RT120", "RT150"], 6, 1)) == list(cases(["RT120", "RT150"], 6, 1))
    told = [(one.found, one.words) for one in map(judge, [Case("RT120", "read", 3, _first("RT120"))] * 2)]
    assert told[0] == told[1]


@pytest.mark.parametrize("kind", ["text-turn", "out-of-band", "beta"])
def test_good_calls_are_good(kind: str) -> None:
    verdict = judge(Case("", kind, 7))
    assert (verdict.found, verdict.broke, verdict.trouble) == ({}, [], "")


@pytest.mark.parametrize("code", ["RT101", "RT120", "RT131", "RT200", "RT915"])
def test_faults_are_seen(code: str) -> None:
    [case, *_] = cases([code], 1, 0)
    verdict = judge(case)
    assert verdict.trouble == ""
    assert code in verdict.found
    scored = scores(RULES, [verdict])
    assert scored[code].recall == scored[code].precision == 1.0
    assert f"[{code}]" in table(RULES, scored)


def _first(code: str) -> int:
    return next(number for number, one in enumerate(PLANTERS) if one.code == code)
