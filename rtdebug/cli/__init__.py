"""The command line: the only place that prints, reads arguments and exits. One file a command."""

import difflib
import importlib
import keyword
import os
import sys

import rich_click as click
from click.exceptions import Exit

from rtdebug import __version__
from rtdebug.cli.output import NAME as OUTPUT
from rtdebug.cli.output import Enough, let_go, prepare
from rtdebug.errors import RtdebugError

COMMANDS = (
    *("demo", "proxy", "run", "simulate", "serve", "drive", "import"),
    *("tui", "ls", "show", "lint", "transcript", "usage", "diff", "play", "audio", "cat", "verify"),
    *("rule", "events", "conform"),
)
"""In the order in which a newcomer meets them."""
_SIGPIPE = 128 + 13
"""How a shell writes the end of a program whose reader has gone: no exit status of ours."""

click.rich_click.TEXT_MARKUP = "markdown"
click.rich_click.MAX_WIDTH = 100


class LazyGroup(click.RichGroup):
    """Loads a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        module = cmd_name + "_" * keyword.iskeyword(cmd_name)  # `import` lives in import_.py
        command: click.Command = importlib.import_module(f"rtdebug.cli.{module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for one that is misspelled, name the nearest."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(COMMANDS)}."
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rtdebug")
def group() -> None:
    """Record calls to the OpenAI Realtime API, look at them, find what went wrong, and play them again.

    Start with `rtdebug demo`: a voice call, recorded, without a key and without a network.
    Then put `rtdebug proxy` before your own agent by changing one URL.

    A REC is a path, or a part of a name in `recordings` that one alone has; where one is wanted, a folder is its newest
    call, and nothing at all is the newest of `recordings`.
    """


def main() -> None:
    """Run the command line and exit."""
    prepare()
    try:
        try:
            group(prog_name="rtdebug", standalone_mode=False)
        finally:
            sys.stdout.flush()
    except Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except Enough:
        let_go()
        sys.exit(_SIGPIPE)
    except RtdebugError as error:
        _say(str(error))
        sys.exit(error.exit_code)
    except OSError as error:
        _say(_told(error))
        if error.filename == OUTPUT:
            let_go()
        sys.exit(os.EX_IOERR)


def _told(error: OSError) -> str:
    """Say what the system refused, and of which file."""
    why = error.strerror or str(error) or type(error).__name__
    if error.filename == OUTPUT:
        return f"cannot write the output: {why}"
    return why if error.filename is None else f"{os.fsdecode(error.filename)}: {why}"


def _say(text: str) -> None:
    from rtdebug.cli.common import say

    say(text)
