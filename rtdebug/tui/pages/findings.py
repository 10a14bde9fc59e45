"""The page of findings: what the rules say of a call, then what is odd in its recording."""

from collections.abc import Iterator

from rtdebug.diagnosis.finding import Finding, Severity
from rtdebug.diagnosis.linting import Diagnosis
from rtdebug.reports.recorded import Recorded
from rtdebug.tui.cells import Piece
from rtdebug.tui.pages.odd import odd_page
from rtdebug.tui.pages.parts import cut, entry, paragraph, section, spread, words
from rtdebug.tui.pages.rows import BLANK, Row
from rtdebug.units import count, moment_of

SIGNS: dict[Severity, Piece] = {
    "error": ("▲ error", "bad"),
    "warning": ("◆ warning", "warn"),
    "info": ("· info", "label"),
}


def findings_page(recorded: Recorded, diagnosis: Diagnosis | None, width: int) -> list[Row]:
    """Write the page; without a diagnosis it says what is waited for, and nothing is called well."""
    rows = [*_diagnosis(recorded, diagnosis, width)]
    odd = odd_page(recorded, width, says_none=diagnosis is not None and not diagnosis.findings)
    return [*rows, BLANK, *odd] if odd else rows


def _diagnosis(recorded: Recorded, diagnosis: Diagnosis | None, width: int) -> Iterator[Row]:
    if diagnosis is None:
        waits = "the call goes on: it is diagnosed when it has ended" if recorded.live else "being diagnosed …"
        yield from paragraph(waits, width, "quiet")
        return
    if not diagnosis.findings:
        yield from paragraph("✔ no findings", width, "good")
    for number, finding in enumerate(diagnosis.findings):
        yield from [BLANK] if number else []
        yield from _finding(finding, width)
    yield from _silent(diagnosis, width)


def _finding(finding: Finding, width: int) -> Iterator[Row]:
    seq = finding.seqs[0]
    sure = "" if finding.confidence == "high" else f"  {finding.confidence} confidence"
    left = (SIGNS[finding.severity], (f"  {finding.code} {finding.rule.name}", "strong"), (sure, "quiet"))
    right = " ".join(part for part in (_when(finding), entry(seq)) if part)
    yield Row(cut(spread(left, ((right, "quiet"),), width), width), seq)
    yield from paragraph(words(finding.message), width, indent=2, seq=seq)
    yield from paragraph(f"→ {finding.rule.doc.advice}", width, "quiet", indent=2, seq=seq)


def _when(finding: Finding) -> str:
    return moment_of(finding.at_ns) if finding.at_ns is not None else ""


def _silent(diagnosis: Diagnosis, width: int) -> Iterator[Row]:
    """Say which rules could not tell, and which broke."""
    for rule, how in diagnosis.failed:
        yield from paragraph(f"▲ {rule.code} {rule.name} broke: {words(how, 200)}", width, "bad")
    if diagnosis.not_evaluated:
        yield from section("not evaluated", width, count(len(diagnosis.not_evaluated), "rule"))
        reasons: dict[str, list[str]] = {}
        for rule, why in diagnosis.not_evaluated:
            reasons.setdefault(why, []).append(rule.code)
        for why, codes in reasons.items():
            yield from paragraph(f"{words(why, 200)}: {', '.join(codes)}", width, "quiet")
