"""`rtdebug run`: a proxy for the life of one program."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli.common import UPSTREAM, run_async, say, upstream_options
from rtdebug.cli.proxy import say_finished
from rtdebug.errors import UsageError

if TYPE_CHECKING:
    from rtdebug.proxy.service import ProxyOptions, RunningProxy


@click.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@upstream_options
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but where the recordings are.")
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND...")
def command(upstream: str, upstream_ca: Path | None, out: Path, quiet: bool, words: tuple[str, ...]) -> None:
    """Run a program with a recording proxy in its path.

    `rtdebug run -- python my_agent.py`

    Sets `OPENAI_BASE_URL`, which the openai libraries (Python and Node), LiveKit and pydantic-ai read, and
    `AZURE_OPENAI_ENDPOINT` where it was set; for clients that insist on TLS, `NODE_EXTRA_CA_CERTS` and
    `SSL_CERT_FILE`. For libraries that take their URL in
    code (Agents SDK, pipecat), use `RTDEBUG_WS_URL`, the WebSocket URL up to `/realtime`. Where
    `OPENAI_BASE_URL` is set already, that server is the upstream. Ends with the program's exit status.
    """
    from rtdebug.proxy.service import ProxyOptions

    if upstream == UPSTREAM and os.environ.get("OPENAI_BASE_URL"):
        upstream = os.environ["OPENAI_BASE_URL"]
    options = ProxyOptions(upstream=upstream, upstream_ca=upstream_ca, out=out, listen="127.0.0.1:0", tls=_has_tls())
    sys.exit(run_async(_run(options, list(words), quiet=quiet)))


async def _run(options: "ProxyOptions", words: list[str], *, quiet: bool) -> int:
    from rtdebug.proxy.recorder import Finished
    from rtdebug.proxy.service import running_proxy
    from rtdebug.reports.units import count

    recorded: list[Finished] = []

    def on_finished(finished: Finished) -> None:
        recorded.append(finished)
        if not quiet:
            say_finished(finished)

    async with running_proxy(options, on_finished=on_finished, say=say) as proxy:
        status = await _wait_for(words, {**os.environ, **_environment(proxy)})
    made = [finished for finished in recorded if finished.folder is not None]
    if made:
        say(f"{count(len(made), 'recording')} in {options.out} · rtdebug ls {options.out}")
    else:
        say("nothing was recorded: the program made no call through OPENAI_BASE_URL (see rtdebug run --help)")
    return status or (3 if proxy.troubled else 0)


async def _wait_for(words: list[str], environment: dict[str, str]) -> int:
    try:
        program = await asyncio.create_subprocess_exec(*words, env=environment)
    except OSError as error:
        raise UsageError(f"cannot run {words[0]}: {error.strerror}") from None
    loop = asyncio.get_running_loop()
    # The terminal sends Ctrl-C to the program as well: it decides what that means, and we outlive it.
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    loop.add_signal_handler(signal.SIGTERM, lambda: program.send_signal(signal.SIGTERM))
    status = await program.wait()
    return status if status >= 0 else 128 - status


def _environment(proxy: "RunningProxy") -> dict[str, str]:
    from rtdebug.proxy.tls import bundle_with

    root = f"http://127.0.0.1:{proxy.address.port}"
    values = {
        "OPENAI_BASE_URL": proxy.base_url,
        "RTDEBUG_BASE_URL": proxy.base_url,
        "RTDEBUG_WS_URL": proxy.base_url.replace("http://", "ws://", 1) + "/realtime",
    }
    if os.environ.get("AZURE_OPENAI_ENDPOINT"):
        values["AZURE_OPENAI_ENDPOINT"] = root
    if proxy.ca is not None:
        values["NODE_EXTRA_CA_CERTS"] = str(proxy.ca)
        bundle = bundle_with(proxy.ca)
        if bundle is not None:  # openai for Python before 3.0 speaks wss whatever its base URL says
            values["SSL_CERT_FILE"] = str(bundle)
    return values


def _has_tls() -> bool:
    from importlib.util import find_spec

    return find_spec("trustme") is not None
