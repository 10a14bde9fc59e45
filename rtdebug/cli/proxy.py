"""`rtdebug proxy`: stand between a client and its upstream, and record."""

import asyncio
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import rich_click as click

from rtdebug.cli.common import (
    lint_option,
    run_async,
    say,
    settle_memory,
    stop_on_signals,
    upstream_options,
    warn_of_others,
)
from rtdebug.cli.paths import existing_file
from rtdebug.errors import RecordingError

if TYPE_CHECKING:
    from rtdebug.cli.companion import Companion
    from rtdebug.proxy.recorder import Finished
    from rtdebug.proxy.service import ProxyOptions

_FILE = existing_file()


@click.command("proxy")
@upstream_options
@click.option(
    "--listen",
    "-l",
    default="127.0.0.1:8787",
    show_default=True,
    metavar="HOST:PORT",
    envvar="RTDEBUG_LISTEN",
    help="Where clients connect; port 0 picks a free one.",
)
@click.option("--tls", is_flag=True, help="Speak TLS too, on the same port, with a local certificate authority.")
@click.option("--cert", "certificate", type=_FILE, help="Speak TLS with this certificate (PEM) instead.")
@click.option("--key", type=_FILE, help="The key of --cert (PEM).")
@click.option(
    "--inject-key",
    metavar="ENVVAR",
    default="",
    help="Put in the API key from this environment variable, for clients that show the token printed at the start.",
)
@click.option("--allow-remote", is_flag=True, help="Let --listen name an address that other machines can reach.")
@click.option(
    "--allow-host", "allow_hosts", multiple=True, metavar="NAME", help="Accept this Host header too (repeatable)."
)
@click.option(
    "--allow-origin",
    "allow_origins",
    multiple=True,
    metavar="ORIGIN",
    help="Let pages of this origin use the proxy, such as https://app.example.com (repeatable).",
)
@click.option("--strict", is_flag=True, help="Refuse new calls while recordings cannot be written.")
@click.option(
    "--max-connections",
    "most_connections",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Clients served at a time.",
)
@lint_option
@click.option("--tui", "watches", is_flag=True, help="Show the calls as they happen; the proxy ends with the screens.")
@click.option("--until-stdin-ends", "tied", is_flag=True, hidden=True, help="End in order when stdin, a pipe, does.")
def command(watches: bool, lints: bool, tied: bool, **options: Any) -> None:
    """Record every call that passes through, unchanged.

    Point a client at the proxy by its base URL and talk to your agent as before:

    `OPENAI_BASE_URL=http://127.0.0.1:8787/v1 python my_agent.py`

    Each call becomes a folder with every event (`events.jsonl`) and every sample (`client.wav`, `server.wav`).
    Other services: `--upstream wss://NAME.openai.azure.com`, `--upstream wss://api.x.ai`,
    `--upstream ws://127.0.0.1:9000`. Ctrl-C closes all recordings in order.
    """
    from rtdebug.proxy.service import ProxyOptions

    if watches:
        from rtdebug.cli.watching import watch

        sys.exit(watch([word for word in sys.argv[2:] if word != "--tui"], options["out"]))
    shortfall = run_async(_serve(ProxyOptions(**options), lints=lints, tied=tied))
    if shortfall:
        raise RecordingError(shortfall)


async def _serve(options: "ProxyOptions", *, lints: bool, tied: bool) -> str:
    """Serve until it is enough, or, where it is tied to that, stdin ends; return what is not on disk, in words."""
    from rtdebug.cli.companion import companion
    from rtdebug.proxy.recorder import Finished
    from rtdebug.proxy.service import running_proxy

    def on_finished(finished: Finished) -> None:
        say_finished(finished)
        diagnose(finished, beside)

    async with (
        companion(say, wanted=lints) as beside,
        running_proxy(options, on_finished=on_finished, say=say) as proxy,
    ):
        settle_memory()
        stop_on_signals(proxy.stop)
        if tied:
            _stop_at_end_of_stdin(proxy.stop)
        if options.allow_remote:
            warn_of_others("proxy", "sees and spends what you do")
        if proxy.token:
            say(f"clients show this token as their API key: {proxy.token}")
        if proxy.ca:
            say(f"TLS clients must trust {proxy.ca} (Node: NODE_EXTRA_CA_CERTS)")
        host = f"[{proxy.address.host}]" if ":" in proxy.address.host else proxy.address.host
        where = f"{host}:{proxy.address.port}"
        say(f"listening on {where} for {proxy.upstream_url} · set OPENAI_BASE_URL={proxy.base_url}")
        await proxy.stopped.wait()
    return proxy.shortfall


def _stop_at_end_of_stdin(stop: Callable[[], None]) -> None:
    """Call `stop` when nobody holds the other end of stdin any more, however that process ended."""
    loop, stdin = asyncio.get_running_loop(), 0

    def read() -> None:
        if not os.read(stdin, 4096):
            loop.remove_reader(stdin)
            stop()

    loop.add_reader(stdin, read)


def diagnose(finished: "Finished", beside: "Companion") -> None:
    """Have a call diagnosed that has been recorded."""
    if finished.folder is not None and not finished.tally.exchanges:
        beside.diagnose(finished.folder)


def say_finished(finished: "Finished") -> None:
    """Say in one calm line what a recording came to."""
    from rtdebug.units import count, duration, plain, statuses

    tally = finished.tally
    where = "moved" if finished.is_moved else "not recorded" if finished.folder is None else str(finished.folder)
    where += "" if finished.folder is None or finished.is_whole else " (has gaps)"
    if tally.exchanges:
        say(f"{count(tally.exchanges, 'exchange')} of plain HTTP · {where}")
        return
    messages = count(tally.client_messages + tally.server_messages, "event")
    ending = plain(tally.ending or "ended")
    say(f"{duration(finished.duration_ns)} · {messages} · {statuses(tally.responses)} · {ending} · {where}")
