"""`rtdebug show`: one session on a page."""

import sys
from pathlib import Path

import rich_click as click

from rtdebug.cli.common import names_in, say
from rtdebug.cli.naming import recording_argument

USUAL = ("findings", "responses", "usage", "turns", "latency", "errors")
"""The sections that are drawn where none is named."""


@click.command("show")
@recording_argument
@click.option(
    "--only",
    "-s",
    metavar="SECTIONS",
    help="Sections to draw, separated by commas: findings, responses, usage, turns, latency, transcript, config, "
    f"items, errors; or all. Without it: {', '.join(USUAL)}; findings where there are errors or warnings.",
)
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object (docs/session-json.md).")
def command(recording: Path, only: str | None, as_json: bool) -> None:
    """Show a session: what went wrong, how each response ended and why, tokens and prices, turns, waits and errors.

    REC is a path, or a part of a name in `recordings`; without it, the newest call there is meant.

    `#345` is an entry of the recording: its line in `events.jsonl`, and `seq` in `rtdebug cat --json`.
    `-` is not known; it never stands for 0.

    `rtdebug show REC --only config` shows what is in force, and which updates were refused or ignored.

    `rtdebug show REC --json | jq '.responses[] | select(.status != "completed").summary'`
    """
    from rtdebug.cli.drawing import draw
    from rtdebug.cli.sessions import read
    from rtdebug.reports.json import session_json
    from rtdebug.reports.show import show

    names = _names(only)
    recorded = read(recording, diagnosed=as_json or "findings" in names)
    if as_json:
        sys.stdout.buffer.write(session_json(recorded))
    else:
        told = recorded.diagnosis
        if only is None and told is not None and not (told.at_least("warning") or told.failed):
            names.remove("findings")
        draw(show(recorded, names, named=only is not None))
    for problem in recorded.problems:
        say(problem)


def _names(only: str | None) -> list[str]:
    """Read the names of sections; raise UsageError for one that is none."""
    from rtdebug.reports.show import SECTIONS

    if only is None:
        return list(USUAL)
    names = names_in("--only", only, (*SECTIONS, "all"), "section")
    return list(SECTIONS) if "all" in names else names
