"""Findings: what the rules say of the call, with the entries each rests on."""

from rich.console import Group, RenderableType
from rich.text import Text

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.found import Under, folded
from rtdebug.reports.show.look import BAD, Remark
from rtdebug.units import quote


def findings(recorded: Recorded) -> RenderableType | None:
    """Draw them in the order of the call; None where the rules say nothing, or were not asked."""
    told = recorded.diagnosis
    if told is None or not (told.findings or told.failed):
        return None
    broke = [
        Under(Text(f"▲ {rule.code} {rule.name} broke and says nothing here: {quote(how, 300)}", BAD))
        for rule, how in told.failed
    ]
    advice = [Remark("`rtdebug rule CODE` says what to do about one")] if told.findings else []
    return Group(*folded("", told.findings, "`rtdebug lint --verbose`"), *broke, *advice)
