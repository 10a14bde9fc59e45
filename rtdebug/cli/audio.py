"""`rtdebug audio`: a call's sound as one file."""

from pathlib import Path

import rich_click as click

from rtdebug.cli.common import say
from rtdebug.cli.naming import recording_argument
from rtdebug.cli.paths import PathOf


@click.command("audio")
@recording_argument
@click.option(
    "--output",
    "-o",
    type=PathOf(dir_okay=False),
    default="mix.wav",
    show_default=True,
    help="WAV file to write.",
)
@click.option("--item", help="Only this item, mono: its id, or an unmistakable part of its beginning or end.")
@click.option("--from", "start", metavar="TIME", help="Begin here: seconds, or minutes:seconds.")
@click.option("--to", "end", metavar="TIME", help="End here.")
@click.option("--force", is_flag=True, help="Write over a file that exists.")
def command(recording: Path, output: Path, item: str | None, start: str | None, end: str | None, force: bool) -> None:
    """Write a call as it was heard: stereo, user left, assistant right, both on one timeline.

    An answer stands where it would be heard, behind the one before, and ends where it was truncated or the user
    began to speak: what was generated and not heard is left out. `--item` writes all of one item.

    REC is a path, or a part of a name in `recordings`; without it, the newest call there is meant.

    `rtdebug audio REC -o call.wav --from 1:20 --to 1:45`
    """
    from rtdebug.cli.listening import find_item, seconds, write_item, write_mix
    from rtdebug.errors import UsageError
    from rtdebug.opening import open_session

    if output.exists() and not force:
        raise UsageError(f"{output} exists; --force writes over it")
    if item and (start or end):
        raise UsageError("--item and --from/--to do not go together")
    opened = open_session(recording)
    if item:
        length = write_item(opened, find_item(opened, item), output)
    else:
        length = write_mix(opened, output, seconds(start, "--from"), seconds(end, "--to"))
    say(f"{output}: {length:.1f} s")
