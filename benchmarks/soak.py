"""`python -m benchmarks.soak`: many voice calls with the simulator for a minute; does its memory grow?"""

import argparse
import asyncio
import base64
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import soundfile
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

VOICES = Path(__file__).parents[1] / "rtdebug" / "simulator" / "voices"
CHUNK = 480
SIMULATOR_CORE, CALLERS_CORE = 1, 0


def chunks() -> list[str]:
    """Return a caller's sentence and the silence behind it, as append events of 20 ms."""
    voice = max(VOICES.glob("*.flac"), key=lambda path: path.stat().st_size)
    samples, _ = soundfile.read(voice, dtype="int16")
    data = samples.tobytes() + bytes(2 * 24000 * 3)
    pieces = [data[start : start + 2 * CHUNK] for start in range(0, len(data), 2 * CHUNK)]
    return [
        json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(one).decode()}) for one in pieces
    ]


async def listen(call: ClientConnection, counts: dict[str, int]) -> None:
    """Count what the server says."""
    async for message in call:
        kind = re.search(r'"type": ?"([^"]+)"', message if isinstance(message, str) else "")
        name = kind[1] if kind else "?"
        counts[name] = counts.get(name, 0) + 1


async def caller(url: str, voice: list[str], until: float, counts: dict[str, int]) -> None:
    """Talk until the time is up: one chunk every 20 ms, as a microphone does."""
    async with connect(url, max_size=None, proxy=None, compression=None) as call:
        listening = asyncio.create_task(listen(call, counts))
        await call.send(json.dumps({"type": "session.update", "session": {"type": "realtime"}}))
        due, turn = time.monotonic(), random.randrange(len(voice))
        while due < until:
            try:
                await call.send(voice[turn % len(voice)])
            except ConnectionClosed:
                counts["dropped"] = counts.get("dropped", 0) + 1
                break
            counts["sent"] = counts.get("sent", 0) + 1
            turn, due = turn + 1, due + 0.02
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        listening.cancel()


def resident_mib(pid: int) -> float:
    """Return the memory a process holds."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def cpu_seconds(pid: int) -> float:
    """Return the processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def soak(pid: int, url: str, calls: int, seconds: float) -> None:
    """Hold the calls, and print memory and counts every ten seconds."""
    counts: dict[str, int] = {}
    voice, begun = chunks(), time.monotonic()
    until = begun + seconds
    callers = [asyncio.create_task(caller(url, voice, until, counts)) for _ in range(calls)]
    print("seconds   memory    CPU    chunks sent   responses done   dropped")
    while time.monotonic() < until:
        await asyncio.sleep(min(10.0, max(0.1, until - time.monotonic())))
        passed = time.monotonic() - begun
        print(
            f"{passed:7.0f} {resident_mib(pid):6.1f} MiB {cpu_seconds(pid) / passed:5.0%} {counts.get('sent', 0):14,}"
            f" {counts.get('response.done', 0):16,} {counts.get('dropped', 0):9,}",
            flush=True,
        )
    await asyncio.gather(*callers, return_exceptions=True)


def main() -> None:
    """Start the simulator on a core of its own and call it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    command = [sys.executable, "-m", "rtdebug", "simulate", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as simulator:
        assert simulator.stderr is not None
        found = re.search(r"(?:127\.0\.0\.1|localhost):(\d+)", simulator.stderr.readline())
        assert found is not None, "the simulator did not say where it listens"
        if (os.cpu_count() or 1) > 1:
            os.sched_setaffinity(simulator.pid, {SIMULATOR_CORE})
            os.sched_setaffinity(0, {CALLERS_CORE})
        url = f"ws://127.0.0.1:{found[1]}/v1/realtime?model=gpt-realtime"
        try:
            asyncio.run(soak(simulator.pid, url, options.calls, options.seconds))
        finally:
            simulator.terminate()
            simulator.stderr.read()


if __name__ == "__main__":
    main()
