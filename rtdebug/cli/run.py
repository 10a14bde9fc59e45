"""`rtdebug run`: a proxy for the life of one program."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import rich_click as click
from click.core import ParameterSource

from rtdebug.cli.common import lint_option, run_async, say, stop_on_signals, upstream_options
from rtdebug.cli.proxy import diagnose, say_finished
from rtdebug.errors import UsageError

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from rtdebug.proxy.service import ProxyOptions, RunningProxy

_NAMES_IT = ("OPENAI_BASE_URL", "AZURE_OPENAI_ENDPOINT")
"""Variables that say where the upstream is, where no option does."""
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP)


@click.command("run", context_settings={"allow_interspersed_args": False})
@upstream_options
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but where the recordings are.")
@lint_option
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND...")
@click.pass_context
def command(
    context: click.Context,
    upstream: str,
    upstream_ca: Path | None,
    out: Path,
    quiet: bool,
    lints: bool,
    words: tuple[str, ...],
) -> None:
    """Run a program with a recording proxy in its path.

    `rtdebug run -- python my_agent.py`

    Sets `OPENAI_BASE_URL`, which the openai libraries (Python and Node), LiveKit and pydantic-ai read; for clients
    that insist on TLS, `NODE_EXTRA_CA_CERTS` and `SSL_CERT_FILE`. For libraries that take their URL in code (Agents
    SDK, pipecat), use `RTDEBUG_WS_URL`, the WebSocket URL up to `/realtime`. The upstream is `--upstream`, or else what
    `OPENAI_BASE_URL` or `AZURE_OPENAI_ENDPOINT` named before. Ends with the program's exit status.
    """
    from rtdebug.proxy.service import ProxyOptions

    source = context.get_parameter_source("upstream")
    variable = "RTDEBUG_UPSTREAM" if source is ParameterSource.ENVIRONMENT else ""
    if source is ParameterSource.DEFAULT:
        variable = next((name for name in _NAMES_IT if os.environ.get(name)), "")
        upstream = os.environ.get(variable, upstream)
    options = ProxyOptions(upstream=upstream, upstream_ca=upstream_ca, out=out, listen="127.0.0.1:0", tls=_has_tls())
    try:
        status = run_async(_run(options, list(words), quiet=quiet, lints=lints and not quiet))
    except UsageError as error:
        raise UsageError(_naming(variable, str(error))) from None
    sys.exit(status)


def _naming(variable: str, message: str) -> str:
    """Name the variable that an upstream comes from, "" where it is none, in place of the option that was not used."""
    return re.sub(r"^--upstream(?=[ :])", variable, message) if variable else message


async def _run(options: "ProxyOptions", words: list[str], *, quiet: bool, lints: bool) -> int:
    from rtdebug.cli.companion import companion
    from rtdebug.proxy.recorder import Finished
    from rtdebug.proxy.service import running_proxy
    from rtdebug.units import count

    recorded: list[Finished] = []

    def on_finished(finished: Finished) -> None:
        recorded.append(finished)
        if not quiet:
            say_finished(finished)
            diagnose(finished, beside)

    async with (
        companion(say, wanted=lints) as beside,
        running_proxy(options, on_finished=on_finished, say=say) as proxy,
    ):
        program = await _start(words, {**os.environ, **_environment(proxy)})
        status = program if isinstance(program, int) else await _wait_for(program)
    if isinstance(program, int):
        return status
    made = [finished for finished in recorded if finished.folder is not None]
    if made:
        say(f"{count(len(made), 'recording')} in {options.out} · rtdebug ls {options.out}")
    if proxy.shortfall:
        say(proxy.shortfall)
    elif not recorded:
        say("nothing was recorded: the program made no call through OPENAI_BASE_URL (see rtdebug run --help)")
    return status or (3 if proxy.shortfall else 0)


async def _start(words: list[str], environment: dict[str, str]) -> "Process | int":
    """Start a program; where that cannot be done, say so and return the exit status that a shell has for it."""
    try:
        return await asyncio.create_subprocess_exec(*words, env=environment)
    except OSError as error:
        say(f"cannot run {words[0]}: {error.strerror}")
        return 127 if isinstance(error, FileNotFoundError) else 126


async def _wait_for(program: "Process") -> int:
    loop = asyncio.get_running_loop()
    # The terminal sends Ctrl-C to the program as well: it decides what that means, and we outlive it.
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    for number in _PASSED_ON:
        loop.add_signal_handler(number, program.send_signal, number)
    status = await program.wait()
    for number in (signal.SIGINT, *_PASSED_ON):
        loop.remove_signal_handler(number)
    stop_on_signals(lambda: None)  # the recordings are being closed already; a second signal does not wait for that
    return status if status >= 0 else 128 - status


def _environment(proxy: "RunningProxy") -> dict[str, str]:
    from rtdebug.proxy.environment import past_proxies
    from rtdebug.proxy.tls import bundle_with

    root = f"http://127.0.0.1:{proxy.address.port}"
    values = {
        "OPENAI_BASE_URL": proxy.base_url,
        "RTDEBUG_BASE_URL": proxy.base_url,
        "RTDEBUG_WS_URL": proxy.base_url.replace("http://", "ws://", 1) + "/realtime",
        **past_proxies(),
    }
    azure = _host(os.environ.get("AZURE_OPENAI_ENDPOINT", ""))
    if azure and azure == _host(proxy.upstream_url):
        values["AZURE_OPENAI_ENDPOINT"] = root  # any other server keeps its own address: its key is not for ours
    if proxy.ca is not None:
        values["NODE_EXTRA_CA_CERTS"] = str(proxy.ca)
        bundle = bundle_with(proxy.ca)
        if bundle is not None:  # openai for Python before 3.0 speaks wss whatever its base URL says
            values["SSL_CERT_FILE"] = str(bundle)
    return values


def _host(url: str) -> str:
    """Return a URL's host, "" where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # half an IPv6 address, or the like
        return ""


def _has_tls() -> bool:
    """Say whether the port can speak TLS too; clients that do not insist on it are served either way."""
    from importlib.util import find_spec

    from rtdebug.proxy.tls import local_context

    if find_spec("trustme") is None:
        return False
    try:
        local_context(())
    except UsageError as error:
        say(f"{error}. Going on without TLS.")
        return False
    return True
