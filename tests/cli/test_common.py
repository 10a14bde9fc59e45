"""What commands share that only a process of its own can show."""

import signal
import subprocess
import sys

import pytest

BUSY = """
import asyncio
from rtdebug.cli.common import run_async, stop_on_signals

async def main():
    stop_on_signals(lambda: None)
    print("ready", flush=True)
    while True:  # the loop never comes to hear of a signal
        pass

{run}(main())
"""
WAITING = """
import asyncio
from rtdebug.cli.common import run_async, stop_on_signals

async def main():
    stopped = asyncio.Event()
    stop_on_signals(stopped.set)
    print("ready", flush=True)
    await stopped.wait()

{run}(main())
print("stopped")
"""


def start(program: str, run: str) -> subprocess.Popen[str]:
    started = subprocess.Popen([sys.executable, "-c", program.format(run=run)], stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


@pytest.mark.parametrize("run", ["run_async", "asyncio.run"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_stops_in_order(number: int, run: str) -> None:
    with start(WAITING, run) as process:
        process.send_signal(number)
        assert process.communicate(timeout=10) == ("stopped\n", None)
        assert process.returncode == 0


@pytest.mark.parametrize("run", ["run_async", "asyncio.run"])
def test_a_second_one_ends_the_process_whatever_it_is_busy_with(run: str) -> None:
    with start(BUSY, run) as process:
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(5) == -signal.SIGINT
        finally:
            process.kill()
