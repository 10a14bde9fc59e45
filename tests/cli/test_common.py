"""What commands share: how they end, and what of their options is refused."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rtdebug.cli.common import run_async
from rtdebug.errors import UpstreamError

from .terminal import rtdebug

SAMPLES = Path(__file__).parents[2] / "recordings"
A = SAMPLES / "text-turn"

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


def test_what_tasks_group_alone_is_raised_as_itself() -> None:
    async def fail(*errors: Exception) -> None:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(asyncio.sleep(60))
            async with asyncio.TaskGroup() as inner:
                for error in errors:
                    inner.create_task(_raise(error))

    with pytest.raises(UpstreamError, match="nobody there") as caught:
        run_async(fail(UpstreamError("nobody there")))
    assert isinstance(caught.value.__cause__, OSError)
    with pytest.raises(ExceptionGroup) as several:
        run_async(fail(KeyError(), ValueError()))
    assert len(several.value.exceptions) == 2


async def _raise(error: Exception) -> None:
    raise error from OSError("why")


@pytest.mark.parametrize("pace", ["nan", "inf", "-inf", "1e999", "x", "0"])
def test_a_number_that_is_none_or_has_no_end_is_refused(pace: str) -> None:
    done = rtdebug("demo", "--pace", pace)
    assert (done.status, done.out) == (2, b"")
    assert "Invalid value for '--pace'" in done.talk


@pytest.mark.parametrize(
    "words",
    [
        ("drive", SAMPLES / "text-turn", "ws://127.0.0.1:9", "--patience"),
        ("serve", SAMPLES / "text-turn", "--patience"),
        ("simulate", "--session-limit"),
        ("conform", "ws://127.0.0.1:9", "--patience"),
    ],
    ids=lambda words: words[0],
)
def test_seconds_that_are_no_number_are_refused(words: tuple[object, ...]) -> None:
    done = rtdebug(*words, "nan")
    assert done.status == 2
    assert "nan is not a finite number" in done.talk


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1:²", "127.0.0.1:٣٤", "127.0.0.1:65536", "x:" + "9" * 5000, "a..b:0", f"{'a' * 70}:0", "nowhere"],
)
@pytest.mark.parametrize("command", ["proxy", "simulate"])
def test_an_address_that_is_none_is_told(command: str, address: str) -> None:
    done = rtdebug(command, "--listen", address)
    assert (done.status, done.out) == (2, b"")
    assert "expected host:port" in done.talk


@pytest.mark.parametrize(
    "words", [("show", A), ("diff", A, A), ("conform", "ws://127.0.0.1:9")], ids=lambda words: words[0]
)
def test_names_in_commas_are_read_alike(words: tuple[object, ...]) -> None:
    for only, said in ((" , ", "--only names no "), ("nonsense", "--only nonsense: there is no such ")):
        done = rtdebug(*words, "--only", only)
        assert done.status == 2
        assert said in done.talk
        assert "; there are " in done.talk


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
