"""`rtdebug tui`: look at calls."""

from pathlib import Path

import rich_click as click

from rtdebug.cli.naming import RecordingPath, usual_folder


@click.command("tui")
@click.argument("path", required=False, type=RecordingPath(one=False), metavar="[PATH]")
@click.option(
    "--theme",
    default="",
    metavar="NAME",
    envvar="RTDEBUG_THEME",
    help="Colours to begin with: rtdebug-dark, rtdebug-light, or one of Textual's.",
)
def command(path: Path | None, theme: str) -> None:
    """Look at calls: timeline, events, responses, usage, conversation; replay them, follow those under way.

    PATH is a folder of recordings, or one recording; without it, the folder is `recordings`, or RTDEBUG_OUT.

    In a call, `?` lists all keys. The arrows go through the events, `[` and `]` from response to response,
    `/` searches, space plays. A recording that is being written is followed.

    `NO_COLOR=1` draws without colours.
    """
    import sys

    from rtdebug.errors import UsageError
    from rtdebug.tui.app import Inspector
    from rtdebug.tui.sweeping import seldom
    from rtdebug.tui.themes import check_theme

    check_theme(theme)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the inspector needs a terminal; `rtdebug show` and `rtdebug cat` work in a pipe")
    app = Inspector(path or usual_folder(), theme=theme)
    with seldom():
        app.run()
    sys.exit(app.return_code)
