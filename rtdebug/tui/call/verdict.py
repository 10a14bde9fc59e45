"""What the rules say of a whole recording, as far as a list of recordings tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rtdebug.diagnosis.finding import SEVERITIES, Finding, Severity
from rtdebug.diagnosis.linting import Diagnosis
from rtdebug.tui.cells import tame

_MOST: Final = 8
_MOST_TEXT: Final = 400


@dataclass(frozen=True, slots=True)
class Found:
    """One finding, harmless."""

    severity: Severity
    code: str
    name: str
    text: str
    at_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A recording, diagnosed."""

    errors: int = 0
    warnings: int = 0
    gravest: Sequence[Found] = ()
    """The first ones of the gravest, those for information not among them."""
    words: str = ""
    """Codes and names of all rules that found something: what a filter looks in."""
    is_known: bool = True
    """The diagnosis came to its end."""


UNKNOWN: Final = Verdict(is_known=False)
"""Where diagnosis broke: it is not tried again until the recording changes."""


def verdict(diagnosis: Diagnosis) -> Verdict:
    """Sum up a diagnosis."""
    counted = diagnosis.at_least("warning")
    errors = len(diagnosis.at_least("error"))
    gravest = sorted(counted, key=lambda one: SEVERITIES.index(one.severity))[:_MOST]
    words = dict.fromkeys(word for one in diagnosis.findings for word in (one.code, one.rule.name))
    return Verdict(errors, len(counted) - errors, tuple(map(_found, gravest)), " ".join(words))


def _found(finding: Finding) -> Found:
    text = tame(finding.message, _MOST_TEXT)
    return Found(finding.severity, finding.code, finding.rule.name, text, finding.at_ns)
