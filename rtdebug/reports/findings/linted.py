"""What a report on findings is about: recordings, each with what the rules say of it. Plain values."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rtdebug.diagnosis.finding import SEVERITIES, Finding, Rule, Severity
from rtdebug.diagnosis.linting import Diagnosis

_MOST_ENTRIES: Final = 8
"""Entries that are named in a report for people."""


@dataclass(frozen=True, slots=True)
class Linted:
    """One recording, and what was found in it."""

    path: str
    """As the person named it."""
    diagnosis: Diagnosis
    rules: Sequence[Rule]
    """Those it was held against."""
    findings: Sequence[Finding]
    """Those that are of interest."""

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity."""
        return counts([self])


def counts(linted: Sequence[Linted]) -> dict[Severity, int]:
    """Count the findings of each severity, the gravest first."""
    found = [one.severity for each in linted for one in each.findings]
    return {severity: found.count(severity) for severity in SEVERITIES}


def evidence(path: str, finding: Finding, most: int = _MOST_ENTRIES) -> str:
    """Write the command that prints the entries a finding rests on."""
    return f"rtdebug cat {shlex.quote(path)} --seq {','.join(map(str, finding.seqs[:most]))}"
