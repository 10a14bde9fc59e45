"""Making a rule out of a function: its code stands in the decorator, its page in the docstring."""

import inspect
import re
from collections.abc import Callable
from typing import Final

from rtdebug.diagnosis.finding import Check, Confidence, Doc, Rule, Severity

HEADINGS: Final = ("What it sees", "Why it matters", "What to do", "Seen in")
_HEADING = re.compile(rf"^({'|'.join(HEADINGS)}):[ \n]", re.MULTILINE)


def rule(
    code: str,
    name: str,
    severity: Severity,
    confidence: Confidence = "high",
    *,
    needs: tuple[str, ...] = (),
) -> Callable[[Check], Rule]:
    """Make a rule of a function that yields a hit for each place where something is wrong.

    Its docstring has a paragraph under each of the HEADINGS, in their order: `What it sees: …`.
    """

    def made(check: Check) -> Rule:
        return Rule(code, name, severity, confidence, needs, read_doc(check), check)

    return made


def read_doc(check: Check) -> Doc:
    """Take a rule's page out of its docstring; a missing heading is a mistake in the program."""
    text = inspect.getdoc(check) or ""
    pieces = _HEADING.split(text)
    found = dict(zip(pieces[1::2], (_tidy(piece) for piece in pieces[2::2]), strict=True))
    assert tuple(found) == HEADINGS, f"{check.__name__}: its docstring has {list(found)}"
    return Doc(*(found[heading] for heading in HEADINGS))


def _tidy(paragraphs: str) -> str:
    """Join the lines of each paragraph."""
    return "\n\n".join(" ".join(one.split()) for one in paragraphs.strip().split("\n\n"))
