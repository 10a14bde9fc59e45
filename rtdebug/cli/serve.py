"""`rtdebug serve`: a recording plays the server, for any client."""

import asyncio
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import rich_click as click

from rtdebug.cli.common import NumberRange, recordings_in, run_async, say
from rtdebug.cli.naming import recordings_argument
from rtdebug.cli.paths import PathOf
from rtdebug.cli.serving import listening

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rtdebug.replay.server import ReplayServer
    from rtdebug.replay.steps import Script
    from rtdebug.replay.verdict import Verdict


@click.command("serve")
@recordings_argument()
@click.option(
    "--listen",
    "-l",
    default="127.0.0.1:8789",
    show_default=True,
    metavar="HOST:PORT",
    help="Where clients connect; port 0 picks a free one.",
)
@click.option(
    "--pace",
    default="fast",
    show_default=True,
    metavar="recorded|fast|2x",
    help="Take the time the server took, none at all, or a part of it.",
)
@click.option(
    "--match",
    "strictness",
    type=click.Choice(["strict", "semantic", "loose"]),
    default="semantic",
    show_default=True,
    help="What a client has to do again: the same to the letter, the same in meaning, or the same kind of thing.",
)
@click.option(
    "--ignore",
    "-i",
    "ignored",
    multiple=True,
    metavar="FIELD|TYPE",
    help="A field that may differ (session.instructions, or instructions), or a type that may come or not.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME[=VALUE][@WHERE]",
    help="Let something go wrong, such as drop@12, close=1011@response.done, delay=2s, error=server_error.",
)
@click.option("--loop", is_flag=True, help="Play each recording again for every further connection, until Ctrl-C.")
@click.option(
    "--patience",
    type=NumberRange(min=0.1, max=86_400),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a client may do nothing of what is waited for.",
)
@click.option("--out", "-o", type=PathOf(file_okay=False), help="Record each play into this folder.")
@click.option("--steps", is_flag=True, help="List the steps that --fault can name, and end.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict (or the steps) as JSON.")
def command(
    recordings: tuple[Path, ...],
    listen: str,
    pace: str,
    strictness: str,
    ignored: tuple[str, ...],
    faults: tuple[str, ...],
    loop: bool,
    patience: float,
    out: Path | None,
    steps: bool,
    as_json: bool,
) -> None:
    """Play the server of recorded calls, for any client in any language.

    `rtdebug serve recordings/tool-call` and then `OPENAI_BASE_URL=http://127.0.0.1:8789/v1 python my_agent.py`

    What the server said comes when the client has done what it answers: sent the same events, and about as much audio,
    in chunks of any size. Ids are new, and fit. Of several recordings (or a folder of them), a connection gets the
    one of its model and path, or the one it names in the header `X-Rtdebug-Recording`; else the next in order.

    When all were played, or on Ctrl-C, it prints what was done otherwise than recorded. Exit code 0: nothing was.
    """
    from rtdebug.proxy.server import parse_address
    from rtdebug.replay.faults import parse_fault
    from rtdebug.replay.ignoring import check_ignored
    from rtdebug.replay.pace import parse_pace
    from rtdebug.replay.policy import Policy
    from rtdebug.replay.server import ReplayServer
    from rtdebug.replay.terms import Terms

    address = parse_address(listen)
    policy = Policy(strictness, frozenset(ignored))  # type: ignore[arg-type] # one of click's choices
    printer = _Printer()
    server = ReplayServer(
        [path for path, _ in recordings_in(recordings, repeats=True)],
        host=address.host,
        port=address.port,
        terms=Terms(policy=policy, pace=parse_pace(pace), patience_s=patience),
        faults=[parse_fault(fault) for fault in faults],
        loop=loop,
        out=out,
        on_verdict=None if as_json else printer,
    )
    check_ignored(server.scripts, ignored, "--ignore")
    if steps:
        _print_steps(server.scripts, as_json)
        return
    _say_notes(server.scripts, server.terms.pace)
    run_async(_serve(server, listen))
    if printer.problem is not None:
        raise printer.problem
    if not _sum_up(server, as_json):
        sys.exit(1)


async def _serve(server: "ReplayServer", listen: str) -> None:
    consequence = "hears what was said in these calls"
    async with listening(server, listen, what="replay", consequence=consequence) as stopped:
        say(f"listening on {server.address} · set OPENAI_BASE_URL={server.base_url}")
        say(f"clients that take a WebSocket address: {server.ws_url}")
        async with asyncio.TaskGroup() as tasks:
            waits = [tasks.create_task(event.wait()) for event in (stopped, server.over)]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()


def _say_notes(scripts: "Iterable[Script]", pace: float) -> None:
    """Say what of the recordings is not as it should be, before anybody connects."""
    for script in scripts:
        if not script.has_times and pace != math.inf:
            say(f"{script.name}: the recording has no times; it is played at once")
        for note in script.notes:
            say(f"{script.name}: {note}")


def _print_steps(scripts: "Iterable[Script]", as_json: bool) -> None:
    from rtdebug.replay.told import described, steps_of
    from rtdebug.units import plain

    for script in scripts:
        if as_json:
            print(orjson.dumps({"recording": script.name, "steps": steps_of(script.steps)}).decode())
            continue
        print(f"{script.name}: {len(script.steps)} steps")
        for step, one in zip(script.steps, steps_of(script.steps), strict=True):
            print(f"{step.number:6,}  line {step.seq:<6} {one['from']}  {plain(described(step))}")


class _Printer:
    """Prints each verdict; that this cannot be done is for the end, and nothing that a client is to notice."""

    def __init__(self) -> None:
        self.problem: OSError | None = None

    def __call__(self, verdict: "Verdict") -> None:
        from rtdebug.units import plain

        sign = "✔" if verdict.clean else "✘"
        try:
            print("\n".join(plain(line) for line in f"{sign} {verdict.text}".splitlines()), flush=True)
        except OSError as error:
            self.problem = error


def _sum_up(server: "ReplayServer", as_json: bool) -> bool:
    """Print what the plays came to; say whether all were as recorded."""
    from rtdebug.replay.told import told

    verdicts = server.verdicts
    if as_json:
        print(orjson.dumps(told(verdicts), option=orjson.OPT_INDENT_2).decode())
    else:
        for script in verdicts.unplayed:
            print(f"✘ {script.name}: nobody connected")
    return verdicts.clean
