"""`python -m benchmarks.replay`: how long a voice call takes to replay at `fast`, alone and side by side.

A call of 48 seconds (`--seconds`) is written, served, and made again by a client in the same process that sends the
recorded audio in chunks of 20 ms as fast as the server takes them. Figures are medians over `--rounds`.
"""

import argparse
import asyncio
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.conversation import TURN_MS
from benchmarks.hour import make
from rtdebug.recording.audio import TakenOut, put_back
from rtdebug.replay.load import Recorded, load
from rtdebug.replay.server import ReplayServer
from rtdebug.replay.steps import Command, Say, Speech
from rtdebug.replay.terms import Terms


@dataclass(frozen=True, slots=True)
class Figures:
    """What a round took, and what was in it."""

    load_s: float
    wall_s: float
    cpu_s: float
    messages: int
    megabytes: float


def lines(recorded: Recorded) -> Iterator[tuple[int, str]]:
    """Yield what the client sends, each with the number of the server's messages that came before."""
    said = 0
    for step in recorded.script.steps:
        if isinstance(step, Say):
            said += 1
        elif isinstance(step, Command):
            yield said, step.text.decode()
        elif isinstance(step, Speech):
            for piece in step.pieces:
                assert piece.place is not None
                audio = recorded.audio(piece.place, "client")
                yield said, put_back(TakenOut(piece.text, piece.place.at, audio)).decode()


class Caller:
    """A client that waits as the recorded one did."""

    def __init__(self, url: str, script: list[tuple[int, str]], expected: int) -> None:
        self._url = url
        self._script = script
        self._expected = expected
        self._came = asyncio.Event()
        self.messages = 0
        self.bytes = 0

    async def call(self) -> None:
        """Make the call."""
        async with connect(self._url, max_size=None, compression=None) as line, asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(self._listen(line))
            for said, text in self._script:
                await self._wait(said)
                await line.send(text)
            await self._wait(self._expected)
            listening.cancel()

    async def _listen(self, line: ClientConnection) -> None:
        async for message in line:
            self.messages += 1
            self.bytes += len(message)
            self._came.set()

    async def _wait(self, number: int) -> None:
        while self.messages < number:
            self._came.clear()
            await self._came.wait()


async def play(path: Path, at_a_time: int) -> Figures:
    """Replay a recording so many times at once."""
    began = time.monotonic()
    server = ReplayServer([path], terms=Terms(patience_s=60), loop=True)
    loaded = time.monotonic()
    recorded = load(path)
    script = list(lines(recorded))
    expected = sum(isinstance(step, Say) for step in recorded.script.steps)
    recorded.close()
    async with server:
        callers = [Caller(server.ws_url, script, expected) for _ in range(at_a_time)]
        before, used = time.monotonic(), _cpu_s()
        await asyncio.gather(*(caller.call() for caller in callers))
        wall_s, cpu_s = time.monotonic() - before, _cpu_s() - used
    if not server.verdicts.clean:
        sys.exit(server.verdicts.text)
    messages = sum(caller.messages for caller in callers) + len(script) * at_a_time
    sent = sum(len(text) for _, text in script) * at_a_time
    megabytes = (sum(caller.bytes for caller in callers) + sent) / 1e6
    return Figures(loaded - began, wall_s, cpu_s, messages, megabytes)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure, and print a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=48)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--at-a-time", default="1,10,100", help="replays side by side, a row each")
    asked = options.parse_args()
    turns = max(1, -(-int(asked.seconds * 1000) // TURN_MS))
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "call"
        make(path, turns)
        print(f"a voice call of {turns * TURN_MS / 1000:.0f} s, replayed at `fast`; client and server in one process\n")
        print("| side by side | messages | MB | read, s | replay, s | CPU, s |\n|---|---|---|---|---|---|")
        for at_a_time in map(int, asked.at_a_time.split(",")):
            rounds = [asyncio.run(play(path, at_a_time)) for _ in range(asked.rounds)]
            load_s, wall_s, cpu_s = (
                statistics.median(values)
                for values in zip(*((r.load_s, r.wall_s, r.cpu_s) for r in rounds), strict=True)
            )
            last = rounds[-1]
            sizes = f"{at_a_time} | {last.messages:,} | {last.megabytes:,.1f}"
            print(f"| {sizes} | {load_s:.2f} | {wall_s:.2f} | {cpu_s:.2f} |")


if __name__ == "__main__":
    main()
