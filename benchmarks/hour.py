"""`python -m benchmarks.hour`: what reading an hour of voice costs, and that half of it costs half.

`--make DIR` writes a call of 240 turns, and the first half and quarter of it, each a recording of its own. Without it,
`rtdebug show --json` reads each as a process of its own; then, in this one, the session is folded, and beside it
every line is put through nothing but `orjson.loads`.
"""

import argparse
import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.conversation import MODEL, MS, TURN_MS, Conversation
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.format import Header
from rtdebug.recording.writer import EVENTS, RecordingWriter
from rtdebug.wire.messages import CLOSE, Control, Message

TURNS = {"quarter": 60, "half": 120, "hour": 240}
MEBIBYTE = 1 << 20
_HEADER = Header(1_795_165_200_000_000_000, "websocket", "rtdebug benchmark", target=f"/v1/realtime?model={MODEL}")


def make(folder: Path, turns: int) -> int:
    """Write a call of so many turns; return the number of its entries."""
    encoder, writer, call = Encoder(_HEADER), RecordingWriter(folder), Conversation()
    for at_ns, sender, payload in call.begin():
        encoder.wire(sender, [Message(at_ns, False, payload, 1, False)])
    for number in range(turns):
        for at_ns, sender, payload in call.turn(number):
            encoder.wire(sender, [Message(at_ns, False, payload, 1, False)])
        writer.write(encoder.take_batch())
    end_ns = turns * TURN_MS * MS + MS
    encoder.wire("client", [Control(end_ns, CLOSE, b"\x03\xe8")])
    encoder.end(end_ns)
    writer.write(encoder.take_batch())
    writer.close()
    return encoder.seq


@dataclass(frozen=True, slots=True)
class Process:
    """What a command took, from its start to its end."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def show(recording: Path) -> Process | None:
    """Run `rtdebug show --json` to its end; None where it fails, and it says itself why."""
    command = [sys.executable, "-m", "rtdebug", "show", str(recording), "--json"]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall_s = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        return None
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Process(wall_s, used.ru_utime + used.ru_stime, peak / MEBIBYTE)


def fold(recording: Path) -> object:
    """Read the recording into a session."""
    from rtdebug.opening import open_session

    return open_session(recording).session


def parse(recording: Path) -> object:
    """Put every line through orjson and keep nothing."""
    line = b""
    with (recording / EVENTS).open("rb") as lines:
        for line in lines:
            orjson.loads(line)
    return line


def per_entry(way: Callable[[Path], object], recording: Path, entries: int) -> float:
    """Return the CPU time an entry takes, in µs."""
    gc.collect()
    began = time.process_time()
    way(recording)
    return (time.process_time() - began) / entries * 1e6


def median_of(rounds: int, way: Callable[[Path], object], recording: Path, entries: int) -> float | None:
    """Return the median over rounds; None where this checkout has no such way."""
    try:
        return statistics.median(per_entry(way, recording, entries) for _ in range(rounds))
    except ImportError:
        return None


def measure(folder: Path, rounds: int) -> None:
    """Time each recording and print a line of it."""
    recordings = {name: folder / name for name in TURNS}
    # A process begins with the memory of the one that starts it: those are run while this one is still small.
    shown = {name: [show(path) for _ in range(rounds)] for name, path in recordings.items()}
    print(
        "             entries   show: wall      CPU       peak   each more |     fold    orjson  ratio   (CPU an entry)"
    )
    before = (0, 0.0)
    for name, path in recordings.items():
        entries = sum(1 for _ in (path / EVENTS).open("rb"))
        columns, runs = "absent", [run for run in shown[name] if run]
        if runs:
            wall_s, cpu_s = (statistics.median(getattr(run, key) for run in runs) for key in ("wall_s", "cpu_s"))
            peak = max(run.peak_mib for run in runs)
            more = f"{(cpu_s - before[1]) / (entries - before[0]) * 1e6:.1f} µs" if before[0] else "-"
            columns = f"{wall_s:10.2f} s {cpu_s:6.2f} s {peak:6.0f} MiB {more:>11}"
            before = (entries, cpu_s)
        folded, parsed = (median_of(rounds, way, path, entries) for way in (fold, parse))
        assert parsed is not None
        ratio = f"{folded:5.1f} µs {parsed:6.1f} µs {folded / parsed:6.1f}" if folded else f"  absent {parsed:6.1f} µs"
        print(f"  {name:8} {entries:9,} {columns:43} | {ratio}", flush=True)


def main() -> None:
    """Make the recordings, or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR", help="scratch folder that the recordings are in")
    parser.add_argument("--make", action="store_true", help="write them: about 520 MB")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if not options.make:
        if not all((options.folder / name / EVENTS).is_file() for name in TURNS):
            parser.error(f"{options.folder} does not hold them; --make writes them there")
        measure(options.folder, options.rounds)
        return
    for name, turns in TURNS.items():
        path = options.folder / name
        if path.exists():
            parser.error(f"{path} exists already; take another folder, or remove it")
        began = time.monotonic()
        entries = make(path, turns)
        size = sum(file.stat().st_size for file in path.iterdir())
        print(f"{path}: {entries:,} entries, {size / 1e6:.0f} MB, in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
