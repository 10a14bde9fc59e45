"""`rtdebug transcript`: what was said, in order."""

from pathlib import Path

import rich_click as click

from rtdebug.cli.common import recording_argument


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
def command(recording: Path, format_: str) -> None:
    """Print the conversation in its true order, with tool calls and interruptions in place.

    Transcripts of the user arrive late and answers arrive early; here each stands where it belongs. Times are
    when something was heard: an answer is taken to be played as soon as it comes, after the one before.

    `rtdebug transcript REC --format srt > call.srt`
    """
    from rtdebug.cli.sessions import read
    from rtdebug.reports.transcript import FORMATS

    print(FORMATS[format_](read(recording)), end="")
