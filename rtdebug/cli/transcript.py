"""`rtdebug transcript`: what was said, in order."""

from pathlib import Path

import rich_click as click

from rtdebug.cli.naming import recording_argument
from rtdebug.errors import UsageError


@click.command("transcript")
@recording_argument
@click.option(
    "--format",
    "-f",
    "format_",
    type=click.Choice(["md", "srt", "json"]),
    default="md",
    show_default=True,
    help="md: Markdown to read. srt: subtitles, timed as the call was heard. json: one object a line.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def command(recording: Path, format_: str, as_json: bool) -> None:
    """Print the conversation in its true order, with tool calls and interruptions in place.

    Transcripts of the user arrive late and answers arrive early; here each stands where it belongs. Times are
    when something was heard: an answer is taken to be played as soon as it comes, after the one before.

    REC is a path, or a part of a name in `recordings`; without it, the newest call there is meant.

    `rtdebug transcript REC --format srt > call.srt`
    """
    from rtdebug.cli.sessions import read
    from rtdebug.reports.transcript import FORMATS

    if as_json and format_ == "srt":
        raise UsageError("--json and --format srt: choose one of them")
    print(FORMATS["json" if as_json else format_](read(recording)), end="")
