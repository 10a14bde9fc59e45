"""What the commands that diagnose share: a recording in, what the rules say of it out."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rtdebug.cli.common import say
from rtdebug.errors import UsageError

if TYPE_CHECKING:
    from rtdebug.diagnosis.finding import Rule, Severity
    from rtdebug.diagnosis.linting import Diagnosis
    from rtdebug.opening import Opened
    from rtdebug.reports.findings.linted import Linted

_MOST_PROBLEMS = 3


def lint(
    path: Path,
    rules: "Sequence[Rule]",
    least: "Severity",
    on_progress: Callable[[int], None] | None = None,
) -> "Linted":
    """Hold a recording against rules, and say what of it cannot be read.

    Raises RecordingError where it is none, UsageError where it holds no call.
    """
    from rtdebug.diagnosis.linting import diagnose
    from rtdebug.opening import examined
    from rtdebug.reports.findings.linted import Linted

    with examined(path, on_progress) as (opened, subject):
        if opened.header.carries == "http":
            raise UsageError(f"{path}: holds plain HTTP requests, no call; there is nothing to diagnose")
        is_torn = opened.session.events and not opened.session.complete  # as one of a program that was killed
        for problem in [] if is_torn else opened.problems[:_MOST_PROBLEMS]:
            say(f"{path}: {problem}")
        diagnosis = diagnose(subject, rules)
        return Linted(str(path), diagnosis, rules, diagnosis.at_least(least))


def diagnosed(path: Path) -> "tuple[Opened, Diagnosis]":
    """Read a recording, and hold it against the rules that the settings choose; raise RecordingError or UsageError."""
    from rtdebug.cli.lint_settings import settings_here
    from rtdebug.diagnosis.linting import diagnose
    from rtdebug.diagnosis.rules import RULES
    from rtdebug.opening import examined

    rules = settings_here().rules(RULES)
    with examined(path) as (opened, subject):
        return opened, diagnose(subject, rules)
