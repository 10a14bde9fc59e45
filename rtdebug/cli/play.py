"""`rtdebug play`: hear a call, or a part of it."""

from pathlib import Path

import rich_click as click

from rtdebug.cli.common import say
from rtdebug.cli.naming import recording_argument


@click.command("play")
@recording_argument
@click.option("--item", help="Only this item: its id, or an unmistakable part of its beginning or end.")
@click.option("--from", "start", metavar="TIME", help="Begin here: seconds, or minutes:seconds.")
@click.option("--to", "end", metavar="TIME", help="End here.")
@click.option("--player", default="", metavar="PROGRAM", envvar="RTDEBUG_PLAYER", help="The program that plays it.")
def command(recording: Path, item: str | None, start: str | None, end: str | None, player: str) -> None:
    """Play a call as it was heard: the user left, the assistant right.

    REC is a path, or a part of a name in `recordings`; without it, the newest call there is meant.

    `rtdebug show REC --only items` names the items. The sound goes to the first of these that is installed:
    pw-play, paplay, afplay, aplay, ffplay, play.

    `rtdebug play REC --item item_u7Qx`
    """
    import tempfile

    from rtdebug.cli.listening import find_item, seconds, write_item, write_mix
    from rtdebug.errors import UsageError
    from rtdebug.opening import open_session
    from rtdebug.player import find_player, play

    if item and (start or end):
        raise UsageError("--item and --from/--to do not go together")
    chosen = find_player(player)
    opened = open_session(recording)
    with tempfile.TemporaryDirectory(prefix="rtdebug-") as folder:
        file = Path(folder) / "sound.wav"
        if item:
            length = write_item(opened, find_item(opened, item), file)
        else:
            length = write_mix(opened, file, seconds(start, "--from"), seconds(end, "--to"))
        say(f"{length:.1f} s with {chosen[0]}; Ctrl-C stops")
        play(file, chosen)
