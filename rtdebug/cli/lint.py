"""`rtdebug lint`: what went wrong in calls, where, and how sure that is."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import rich_click as click

from rtdebug.cli.common import recordings_in, say
from rtdebug.cli.lint_settings import Settings, settings_here
from rtdebug.cli.naming import recordings_argument
from rtdebug.cli.progress import now_and_then
from rtdebug.errors import RecordingError, UsageError

if TYPE_CHECKING:
    from rtdebug.diagnosis.finding import Rule, Severity
    from rtdebug.reports.findings.linted import Linted

_FAILING: "Severity" = "warning"
"""The lightest severity that the exit status tells of, where nothing else is asked for."""


@click.command("lint")
@recordings_argument()
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="For people, for programs, for the marks of a GitHub workflow, or SARIF 2.1.0.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--select", metavar="CODES", help="Only these rules: codes, their beginnings, names or families.")
@click.option("--ignore", "-i", metavar="CODES", help="All rules but these, separated by commas as well.")
@click.option(
    "--min-severity",
    type=click.Choice(["error", "warning", "info"]),
    help="Leave out what is lighter; whatever is left makes the exit status 1.",
)
@click.option("--exit-zero", is_flag=True, help="Exit status 0 whatever is found.")
@click.option(
    "--verbose",
    "-v",
    is_flag=True,
    help="Name recordings without findings, rules not evaluated, and all of many findings alike.",
)
def command(
    recordings: tuple[Path, ...],
    form: str,
    as_json: bool,
    select: str | None,
    ignore: str | None,
    min_severity: str | None,
    exit_zero: bool,
    verbose: bool,
) -> None:
    """Diagnose calls: what went wrong, when, who did it, and the entries that show it.

    A REC is a recording, or a folder of them. `rtdebug rule RT120` says what a rule sees and what to do about it.

    `rtdebug lint recordings --select echo,RT12,tools --min-severity warning`

    Where no option says otherwise, `select`, `ignore` and `min-severity` are taken from `[tool.rtdebug.lint]` of the
    nearest pyproject.toml. Exit status 1 if there are errors or warnings, 3 if a recording cannot be read.
    """
    from rtdebug.cli.drawing import draw
    from rtdebug.reports.findings.formats import FORMATS
    from rtdebug.reports.findings.text import text

    if as_json and form not in ("text", "json"):
        raise UsageError(f"--json and --format {form}: choose one of them")
    rules, least = _chosen(select, ignore, min_severity)
    work = _Work([path for path, _ in recordings_in(recordings)], rules, least or "info")
    if form == "text" and not as_json:
        # Where nothing could be read, all there is to draw is a sum of nothing.
        draw(part for part in text(work, verbose=verbose) if work.done or not work.status)
    else:
        sys.stdout.buffer.write(FORMATS["json" if as_json else form](list(work)))
    found = any(one.diagnosis.at_least(least or _FAILING) for one in work.done)
    status = work.status or int(found and not exit_zero)
    if status:
        sys.exit(status)


def _chosen(select: str | None, ignore: str | None, severity: str | None) -> "tuple[list[Rule], Severity | None]":
    """Choose the rules: by the options, and by the settings where there is no option. Raises UsageError."""
    from rtdebug.diagnosis.rules import RULES

    set_ = settings_here()
    rules = set_.rules(RULES)
    if select is not None:  # what is asked for here and now is wanted, whatever the settings leave out
        rules = Settings(select=_selected(select)).rules(RULES)
    if ignore is not None:
        left_out = Settings(ignore=_words(ignore)).rules(RULES)
        rules = [one for one in rules if one in left_out]
    return rules, cast("Severity | None", severity) or set_.min_severity


def _selected(text: str) -> tuple[str, ...]:
    words = _words(text)
    if not words:
        raise UsageError("--select names no rule; `rtdebug rule` lists those there are")
    return words


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


@dataclass
class _Work:
    """Recordings that are diagnosed one after the other, as a report asks for them."""

    paths: list[Path]
    rules: "list[Rule]"
    least: "Severity"
    done: "list[Linted]" = field(default_factory=list)
    status: int = 0
    """What the command is to end with because of what could not be read."""

    def __iter__(self) -> "Iterator[Linted]":
        from rtdebug.cli.linting import lint

        progress = now_and_then(self._progress)
        for number, path in enumerate(self.paths, 1):
            progress(number, path, 0)
            try:
                found = lint(path, self.rules, self.least, partial(progress, number, path))
            except UsageError:  # plain HTTP: nobody spoke there
                if len(self.paths) == 1:
                    raise
                continue
            except RecordingError as error:
                say(str(error))
                self.status = error.exit_code
                continue
            self.done.append(found)
            yield found

    def _progress(self, number: int, path: Path, entries: int) -> str:
        of = f"{number:,} of {len(self.paths):,}, " if len(self.paths) > 1 else ""
        return f"{of}{path.name}: {entries:,} entries read"
