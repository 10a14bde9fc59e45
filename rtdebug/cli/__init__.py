"""The command line: the only place that prints, reads arguments and exits. One file a command."""

import difflib
import importlib
import io
import keyword
import os
import sys

import rich_click as click
from click.exceptions import Exit

from rtdebug import __version__
from rtdebug.errors import RtdebugError

COMMANDS = (
    *("demo", "proxy", "run", "simulate", "serve", "drive", "import"),
    *("tui", "ls", "show", "lint", "transcript", "usage", "diff", "play", "audio", "cat", "verify"),
    *("rule", "events", "conform"),
)
"""In the order in which a newcomer meets them."""

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
    """


def main() -> None:
    """Run the command line and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a sign that the locale does not have is no reason to stop
    try:
        group(prog_name="rtdebug", standalone_mode=False)
        sys.stdout.flush()
    except Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read the output has enough; leave nothing that would be flushed into the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except RtdebugError as error:
        from rtdebug.cli.common import say

        say(str(error))
        sys.exit(error.exit_code)
    except OSError as error:
        print(f"rtdebug: cannot write the output: {error.strerror}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(os.EX_IOERR)
