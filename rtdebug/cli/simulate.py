"""`rtdebug simulate`: a Realtime API on this machine, for people without a key."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli.common import NumberRange, run_async, say
from rtdebug.cli.paths import existing_file
from rtdebug.cli.serving import listening
from rtdebug.errors import UsageError

if TYPE_CHECKING:
    from rtdebug.simulator.script import Script
    from rtdebug.simulator.server import Simulator
    from rtdebug.simulator.tally import Tally

_PACES = {"realtime": 1.0, "fast": math.inf}


@click.command("simulate")
@click.option(
    "--listen",
    "-l",
    default="127.0.0.1:8788",
    show_default=True,
    metavar="HOST:PORT",
    help="Where clients connect; port 0 picks a free one.",
)
@click.option(
    "--script",
    type=existing_file(),
    metavar="FILE.toml",
    help="What it answers (docs/simulator-script.md); without one, it plays a ticket office.",
)
@click.option(
    "--pace",
    type=click.Choice(list(_PACES)),
    default="realtime",
    show_default=True,
    help="Take the time the service takes, or answer at once.",
)
@click.option("--require-key", metavar="KEY", help="Refuse other keys, as the service does; '*' takes any sk-… key.")
@click.option(
    "--flavour",
    type=click.Choice(["openai", "azure", "xai"]),
    default="openai",
    show_default=True,
    help="Whose ways to follow where services differ.",
)
@click.option("--ga-only", is_flag=True, help="Turn clients away that ask for the beta shape, as OpenAI does.")
@click.option(
    "--session-limit",
    type=NumberRange(min=0, min_open=True, max=86_400),
    default=3600.0,
    show_default=True,
    metavar="SECONDS",
    help="Close a session after so long.",
)
@click.option("--seed", type=int, metavar="N", help="Make up the same ids every time.")
def command(
    listen: str,
    script: Path | None,
    pace: str,
    require_key: str | None,
    flavour: str,
    ga_only: bool,
    session_limit: float,
    seed: int | None,
) -> None:
    """Speak the Realtime API on this machine: no key, no network, no model.

    `rtdebug simulate` and then `OPENAI_BASE_URL=http://127.0.0.1:8788/v1 python my_agent.py`

    It keeps the protocol, detects speech in real audio, and says what a script says. Nothing is recorded; for that,
    put the proxy before it: `rtdebug proxy --upstream ws://127.0.0.1:8788`. Ctrl-C ends it.
    """
    from rtdebug.proxy.server import parse_address
    from rtdebug.simulator.options import Options
    from rtdebug.simulator.script import DEFAULT
    from rtdebug.simulator.server import Simulator

    if require_key == "":
        raise UsageError("--require-key is empty; give a key, or * for any that begins with sk-")
    address = parse_address(listen)
    simulator = Simulator(
        host=address.host,
        port=address.port,
        pace=_PACES[pace],
        script=DEFAULT if script is None else _read(script),
        seed=seed,
        options=Options(
            flavour=flavour,  # type: ignore[arg-type] # one of click's choices
            ga_only=ga_only,
            require_key=require_key,
            session_limit_s=session_limit,
        ),
        on_ended=_say_ended,
    )
    run_async(_serve(simulator, listen))


async def _serve(simulator: "Simulator", listen: str) -> None:
    async with listening(simulator, listen, what="simulator", consequence="can hold sessions with it") as stopped:
        say(f"listening on {simulator.url.partition('://')[2]} · set OPENAI_BASE_URL={simulator.http_url}/v1")
        await stopped.wait()


def _read(script: Path) -> "Script":
    from rtdebug.simulator.script_file import parse

    try:
        return parse(script.read_text(encoding="utf-8"), script.name)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{script} cannot be read: {error}") from None


def _say_ended(tally: "Tally") -> None:
    """Say in one calm line what a session came to."""
    from rtdebug.units import count, duration, statuses

    events = count(tally.client_events + tally.server_events, "event")
    errors = f" · {count(tally.errors, 'error')}" if tally.errors else ""
    say(f"{duration(tally.duration_ns)} · {events} · {statuses(tally.responses)}{errors} · {tally.ending}")
