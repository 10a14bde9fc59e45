"""Rules that are made up, for tests of what goes on around rules."""

from collections.abc import Iterator

from rtdebug.diagnosis.finding import Confidence, Doc, Hit, NotEvaluated, Rule, Severity
from rtdebug.diagnosis.subject import Subject

DOC = Doc("a made-up fault, as `this` one.", "it would be bad.", "do not do it.", "nowhere.")


def made_up(
    code: str,
    name: str,
    *hits: Hit,
    severity: Severity = "warning",
    confidence: Confidence = "high",
    needs: tuple[str, ...] = (),
    lacks: str = "",
    breaks: str = "",
) -> Rule:
    """Make a rule that finds these hits, then lacks something, or breaks."""

    def check(_: Subject) -> Iterator[Hit]:
        yield from hits
        if lacks:
            raise NotEvaluated(lacks)
        if breaks:
            raise ValueError(breaks)

    return Rule(code, name, severity, confidence, needs, DOC, check)
