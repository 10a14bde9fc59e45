"""Many findings alike, on a terminal: the first few, and how many more there are."""

from collections.abc import Iterable
from io import StringIO

from rich.console import Console, RenderableType

from rtdebug.diagnosis.finding import Finding
from rtdebug.diagnosis.linting import Diagnosis
from rtdebug.reports.findings.linted import Linted
from rtdebug.reports.findings.text import text
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show import show
from rtdebug.session.model import Session
from tests.diagnosis.made_up import made_up

RULE = made_up("RT121", "cancel-of-nothing")
OTHER = made_up("RT120", "response-collision")


def printed(parts: Iterable[RenderableType]) -> str:
    out = StringIO()
    console = Console(file=out, width=100, highlight=False, markup=False, emoji=False)
    for part in parts:
        console.print(part)
    return out.getvalue()


def findings(number: int) -> list[Finding]:
    found = [
        Finding(RULE, "warning", "high", f"cancelled {place}", (place,), place * 60_000_000_000)
        for place in range(1, number + 1)
    ]
    found.insert(4, Finding(OTHER, "warning", "high", "another", (99,), 0))
    return found


def drawn(number: int, *, verbose: bool = False) -> str:
    found = findings(number)
    return printed(text([Linted("one", Diagnosis(found), [RULE, OTHER], found)], verbose=verbose))


def test_a_fault_in_every_turn_does_not_fill_the_screen() -> None:
    told = drawn(30)
    assert told.count("RT121 cancel-of-nothing") == 3 + 1
    assert "… and 27 more RT121 cancel-of-nothing, the last at 30:00.00 (#30); --verbose shows them" in told
    assert "RT120 response-collision" in told
    assert "31 findings: 31 warnings" in told


def test_a_few_are_all_shown_and_so_are_many_where_that_is_asked_for() -> None:
    assert drawn(5).count("RT121") == 5
    told = drawn(30, verbose=True)
    assert told.count("RT121") == 30
    assert "more RT121" not in told


def test_show_folds_them_as_lint_does() -> None:
    told = printed(show(Recorded(Session(), diagnosis=Diagnosis(findings(30))), ["findings"], named=True))
    assert told.count("RT121 cancel-of-nothing") == 3 + 1
    assert "… and 27 more RT121 cancel-of-nothing, the last at 30:00.00 (#30);" in told
    assert "`rtdebug lint --verbose` shows them" in " ".join(told.split())
    assert "RT120 response-collision" in told
    few = printed(show(Recorded(Session(), diagnosis=Diagnosis(findings(5))), ["findings"], named=True))
    assert (few.count("RT121"), "more RT121" in few) == (5, False)
