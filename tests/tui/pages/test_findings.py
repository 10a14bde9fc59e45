"""The page of findings: each with its sign, its place, its words and what to do."""

from dataclasses import replace
from pathlib import Path

import pytest

from rtdebug.tui.call.call import Call
from rtdebug.tui.call.findings import find
from rtdebug.tui.cells import cells, text_of
from rtdebug.tui.pages.findings import findings_page
from rtdebug.tui.pages.rows import Row

SAMPLES = Path(__file__).parents[3] / "recordings"


def rows(name: str, width: int = 70, *, diagnosed: bool = True) -> list[Row]:
    call = Call(SAMPLES / name)
    call.step(10**12)
    made = findings_page(call.recorded(), find(SAMPLES / name) if diagnosed else None, width)
    call.close()
    return made


def text(found: list[Row]) -> str:
    return "\n".join(text_of(row.line) for row in found)


def test_a_finding_says_what_where_and_what_to_do() -> None:
    found = rows("failed")
    shown = text(found)
    assert "▲ error  RT140 response-failed" in shown
    assert "rate_limit_exceeded" in shown
    assert next(row for row in found if "RT140" in text_of(row.line)).seq == 11


def test_a_call_without_findings_says_so() -> None:
    assert text(rows("text-turn")).startswith("✔ no findings")


def test_until_it_is_diagnosed_it_says_what_is_waited_for() -> None:
    assert text(rows("text-turn", diagnosed=False)).startswith("being diagnosed")


def test_what_could_not_be_judged_is_said() -> None:
    assert "not evaluated" in text(rows("text-turn"))


@pytest.mark.parametrize("width", [20, 38, 78])
@pytest.mark.parametrize("name", ["error", "failed", "refused-update", "killed"])
def test_no_line_is_too_wide(name: str, width: int) -> None:
    assert all(cells(row.line) <= width for row in rows(name, width))


def test_a_call_that_goes_on_is_not_called_well() -> None:
    call = Call(SAMPLES / "text-turn")
    call.step(10**12)
    shown = text(findings_page(replace(call.recorded(), live=True), None, 70))
    call.close()
    assert shown == "the call goes on: it is diagnosed when it has ended"
