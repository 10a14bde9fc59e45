"""`rtdebug usage`: tokens and prices across recordings."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli.common import recordings_in, say
from rtdebug.cli.naming import recordings_argument

if TYPE_CHECKING:
    from rtdebug.reports.recorded import Recorded


@click.command("usage")
@recordings_argument()
@click.option(
    "--by",
    type=click.Choice(["response", "session"]),
    help="A row for each response, or for each session. Without it: responses of one recording, sessions of several.",
)
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="One line for each response and each transcription.")
def command(recordings: tuple[Path, ...], by: str | None, as_json: bool, as_csv: bool) -> None:
    """Add up tokens and prices, over one recording, several, or a folder of them.

    Each response reads the whole conversation again: `context grew` says how much, `cached` how much of it was
    charged at the lower rate. Prices are OpenAI's list prices, from the package genai-prices; a model that it does
    not know, and whatever runs on Azure or xAI, is counted in tokens only.
    """
    from rtdebug.cli.drawing import draw
    from rtdebug.errors import UsageError
    from rtdebug.reports.usage import comma_separated, json, table

    if as_json and as_csv:
        raise UsageError("--json and --csv: choose one of them")
    found, status = _read_all(recordings)
    if as_json:
        sys.stdout.buffer.write(json(found))
    elif as_csv:
        print(comma_separated(found), end="")
    elif found:
        by_response = by == "response" if by else len(found) == 1
        draw([table(found, by_response=by_response)])
    if status:
        sys.exit(status)


def _read_all(paths: tuple[Path, ...]) -> "tuple[list[Recorded], int]":
    """Read all calls there are; what cannot be read is said, and ends the command with its status."""
    from rtdebug.cli.sessions import read
    from rtdebug.errors import RecordingError, UsageError
    from rtdebug.units import count

    found: list[Recorded] = []
    status, http = 0, []
    for path, name in recordings_in(paths):
        try:
            found.append(replace(read(path), name=name))
        except UsageError:
            http.append(path)
        except RecordingError as error:
            say(str(error))
            status = error.exit_code
    if http and not found:
        which = f"{http[0]} holds" if len(http) == 1 else f"{count(len(http), 'recording')} hold"
        say(f"{which} plain HTTP, nothing was used there")
    return found, status
