"""`rtdebug demo`: a voice call from end to end, without a key and without a network."""

import asyncio
import shutil
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from rtdebug.cli.common import NumberRange, out_option, run_async, say
from rtdebug.cli.progress import OneLine
from rtdebug.errors import RtdebugError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rtdebug.proxy.recorder import Finished

_KEY = "sk-demo-this-key-opens-nothing"


@click.command("demo")
@out_option("Folder that the recording is put in.", envvar=None)
@click.option("--pace", type=NumberRange(0.1, 100), default=1.0, show_default=True, help="How fast time passes.")
def command(out: Path, pace: float) -> None:
    """Record a short voice call: no key, no network, about a quarter of a minute.

    A simulated Realtime API runs on this machine and a simulated caller speaks to it, through the openai library
    if that is installed. Between them stands the same proxy that `rtdebug proxy` puts before your agent.
    """
    from rtdebug.recording.reader import RecordingReader
    from rtdebug.reports.story import story

    done: list[Finished] = []
    try:
        run_async(_call(out, pace, done.append))
    except KeyboardInterrupt:
        folder = _folder(done)
        say(f"stopped; the call as far as it went is in {folder}" if folder else "stopped; nothing was recorded")
        raise
    folder = _folder(done)
    if folder is None:
        raise RtdebugError("the demo's call was not recorded")
    with RecordingReader(folder) as reader:
        for line in story(reader):
            print(textwrap.fill(line, _width(), subsequent_indent=" " * 12, break_on_hyphens=False))
    again = "rtdebug" if shutil.which("rtdebug") else "uv run rtdebug"
    print(f"\nThe call is in {folder}\n(events.jsonl, client.wav, server.wav). What to try next:\n")
    for name in ("tui", "show", "lint", "play"):
        print(f"  {again} {name} {folder}")
    print(f"  {again} ls {out}")
    print(f"  {again} run -- python my_agent.py      (records your own agent)")


def _folder(done: "list[Finished]") -> Path | None:
    """Find the call among what was recorded."""
    return next((finished.folder for finished in done if finished.tally.session_id), None)


async def _call(out: Path, pace: float, on_finished: "Callable[[Finished], None]") -> None:
    from rtdebug.proxy.service import ProxyOptions, running_proxy
    from rtdebug.simulator.caller import call
    from rtdebug.simulator.server import Simulator

    async with Simulator(pace=pace) as simulator:
        options = ProxyOptions(upstream=simulator.url, listen="127.0.0.1:0", out=out)
        async with running_proxy(options, on_finished=on_finished, say=say) as proxy, asyncio.TaskGroup() as tasks:
            say(f"a simulated Realtime API is at {simulator.url}")
            say(f"the proxy before it is at {proxy.base_url}; the call takes about {14 / pace:.0f} s")
            ticking = tasks.create_task(_tick())
            await call(proxy.base_url, api_key=_KEY, pace=pace)
            ticking.cancel()


def _width() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000


async def _tick() -> None:
    """Show that the call is going on, where somebody looks."""
    line, began = OneLine(), time.monotonic()
    try:
        while True:
            line.show(f"on the phone, {time.monotonic() - began:.0f} s")
            await asyncio.sleep(0.5)
    finally:
        line.clear()
