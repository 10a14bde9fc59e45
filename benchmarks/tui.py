"""`python -m benchmarks.tui DIR`: what the inspector costs on an hour of voice, and how a stock table would do.

DIR holds the hour that `python -m benchmarks.hour --make DIR` writes. The screens run without a terminal, 160 by 48,
everything drawn as it would be for one. Beside them Textual's own DataTable is given the rows of the same event
list, the folded ones and all of them up to 50,000. Costs are CPU time of this process.
"""

import argparse
import asyncio
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import DataTable

from benchmarks.hour import MEBIBYTE
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.format import Header
from rtdebug.recording.writer import RecordingWriter
from rtdebug.tui.app import Inspector
from rtdebug.tui.cells import text_of
from rtdebug.tui.screens.session import SessionScreen
from rtdebug.tui.widgets.events import EventList
from rtdebug.wire.messages import Message

SIZE = (160, 48)
PRESSES, SEEKS, MOST_ROWS = 300, 100, 50_000
LIVE_SECONDS, LIVE_RATE = 15, 100
_MS = 1_000_000


async def cost(what: Callable[[], Awaitable[object]]) -> float:
    """Return the CPU time of something, in ms."""
    began = time.process_time()
    await what()
    return (time.process_time() - began) * 1e3


async def costs(pilot: Pilot[None], keys: list[str]) -> list[float]:
    """Return the CPU time of each key press, drawn, in ms."""
    return [await cost(lambda key=key: pilot.press(key)) for key in keys]  # type: ignore[misc]


def told(values: list[float]) -> str:
    """Write a median and a 95th percentile."""
    ordered = sorted(values)
    return f"{statistics.median(ordered):7.1f} ms median {ordered[int(len(ordered) * 0.95)]:7.1f} ms p95"


def line(what: str, figure: str, wanted: str = "") -> None:
    """Print one figure."""
    print(f"  {what:44} {figure:38} {wanted}", flush=True)


def session(app: App[None]) -> SessionScreen:
    """Return the call's screen."""
    assert isinstance(app.screen, SessionScreen)
    return app.screen


async def open_call(pilot: Pilot[None], began: float) -> None:
    """Wait until the first events are shown, then until all is read."""
    events = session(pilot.app).query_one(EventList)
    while not events.count():
        await asyncio.sleep(0.005)
    line("first paint", f"{time.perf_counter() - began:7.2f} s", "≤ 0.5 s")
    while not session(pilot.app).call.caught_up:
        await asyncio.sleep(0.01)
    await pilot.pause()
    line("complete", f"{time.perf_counter() - began:7.2f} s", "≤ 3 s")


async def inspect(recording: Path) -> list[list[str]]:
    """Measure the screens on a recording; return the rows of its event list."""
    began = time.perf_counter()
    app = Inspector(recording)
    async with app.run_test(size=SIZE) as pilot:
        await open_call(pilot, began)
        events = session(app).query_one(EventList)
        await pilot.pause(1.0)
        for name, key in (("key press, events", "down"), ("next response", "right_square_bracket")):
            line(name, told(await costs(pilot, [key] * PRESSES)), "≤ 16 ms median, ≤ 50 ms p95")
        chance, journal = random.Random(7), session(app).call.journal

        async def seek() -> None:
            events.go_to_index(chance.randrange(len(journal)))
            await pilot.pause()

        line("seek anywhere", told([await cost(seek) for _ in range(SEEKS)]), "≤ 30 ms")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        line("memory, at most", f"{peak / MEBIBYTE:7.0f} MiB", "≤ 300 MiB")
        return [[text_of(events.line(row, 100))] for row in range(min(events.count(), MOST_ROWS))]


class Table(App[None]):
    """The same rows in a DataTable."""

    def compose(self) -> ComposeResult:
        """Put the table there."""
        yield DataTable(cursor_type="row")


async def stock(rows: list[list[str]]) -> None:
    """Measure a DataTable."""
    app = Table()
    async with app.run_test(size=SIZE) as pilot:
        table = app.query_one(DataTable)
        table.add_columns("event")

        async def fill() -> None:
            table.add_rows(rows)
            await pilot.pause()

        line(f"DataTable: fill, {len(rows):,} rows", f"{await cost(fill) / 1e3:7.2f} s")
        line("DataTable: key press", told(await costs(pilot, ["down"] * PRESSES)))


def write(folder: Path, payloads: list[bytes]) -> Path:
    """Record messages of a server's."""
    encoder, writer = Encoder(Header(1_795_165_200_000_000_000, "websocket")), RecordingWriter(folder)
    for number, payload in enumerate(payloads, 1):
        encoder.wire("server", [Message(number * _MS, False, payload, 1, False)])
    writer.write(encoder.take_batch())
    encoder.end(len(payloads) * _MS)
    writer.write(encoder.take_batch())
    writer.close()
    return folder


async def large(folder: Path) -> None:
    """Measure the opening of an event of 3.5 MB."""
    item = {"id": "item", "type": "message", "role": "user", "content": []}
    item["content"] = [{"type": "input_text", "text": f"part {number} " * 12} for number in range(22_500)]
    event = orjson.dumps({"type": "conversation.item.added", "item": item})
    small = b'{"type":"session.created","session":{"id":"sess_1"}}'
    app = Inspector(write(folder / "large", [small, event, small]))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.5)
        await pilot.press("2", "1", "home", "down")
        found = [await cost(lambda: pilot.press("down", "up")) for _ in range(5)]
        line(f"an event of {len(event) / 1e6:.1f} MB opens", told(found), "≤ 100 ms")


_WRITER = """
import sys, time
from pathlib import Path
from benchmarks.conversation import Conversation
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.format import Header
from rtdebug.recording.writer import RecordingWriter
from rtdebug.wire.messages import Message
encoder, writer, call = Encoder(Header(time.time_ns(), "websocket")), RecordingWriter(Path(sys.argv[1])), Conversation()
seconds, rate = float(sys.argv[2]), float(sys.argv[3])
said = [one for one in call.begin()] + [one for number in range(60) for one in call.turn(number)]
began, count = time.monotonic(), 0
print("begun", flush=True)
while (now := time.monotonic() - began) < seconds:
    while count < now * rate:
        _, sender, payload = said[count]
        encoder.wire(sender, [Message(int(now * 1e9), False, payload, 1, False)])
        count += 1
    writer.write(encoder.take_batch())
    time.sleep(0.1)
"""


async def live(folder: Path) -> None:
    """Measure following a recording to which events are added all the time."""
    command = [sys.executable, "-c", _WRITER, str(folder / "live"), str(LIVE_SECONDS + 6), str(LIVE_RATE)]
    writer = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    await writer.stdout.readline()
    await asyncio.sleep(1.0)
    app = Inspector(folder / "live")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("end")
        await asyncio.sleep(2.0)
        before = len(session(app).call.journal)
        began_cpu, began = time.process_time(), time.monotonic()
        await asyncio.sleep(LIVE_SECONDS)
        took = time.monotonic() - began
        share = (time.process_time() - began_cpu) / took
        came = (len(session(app).call.journal) - before) / took
    line(f"following {came:.0f} events a second", f"{share * 100:7.1f} % of a core", "≤ 15 %")
    await writer.wait()


async def measure(recording: Path) -> None:
    """Print all figures."""
    print(f"{recording}, {SIZE[0]} x {SIZE[1]}")
    rows = await inspect(recording)
    with tempfile.TemporaryDirectory() as scratch:
        await large(Path(scratch))
        await live(Path(scratch))
    await stock(rows)
    await stock([[f"{number} {rows[number % len(rows)][0]}"] for number in range(MOST_ROWS)])


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder with the recording named hour")
    asyncio.run(measure(parser.parse_args().folder / "hour"))


if __name__ == "__main__":
    main()
