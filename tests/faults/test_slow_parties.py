"""A disk that is slow, a client that does not read, an end that breaks off: the call feels only what is its own."""

import asyncio
import os
import socket
import statistics
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from rtdebug.proxy.service import ProxyOptions, running_proxy
from rtdebug.recording.library import find
from rtdebug.recording.verify import verify
from rtdebug.recording.writer import RecordingWriter

from .parties import Proxy, Upstream, recorded

STILL_SECONDS = float(os.environ.get("RTDEBUG_TEST_STILL_SECONDS", "5"))
"""How long a client stops reading; 30 is the promise, and takes its time."""


async def echo(link: ServerConnection) -> None:
    try:
        async for message in link:
            await link.send(message)
    except ConnectionClosed:
        pass


def memory_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def modes_below(folder: Path) -> tuple[set[int], set[int]]:
    """Return the modes of the files and of the folders below this one."""
    below = list(folder.rglob("*"))
    assert len(below) >= 5
    modes = [{path.stat().st_mode & 0o7777 for path in below if path.is_dir() is is_dir} for is_dir in (False, True)]
    return modes[0], modes[1]


def escapes() -> set[Path]:
    return set(Path("/tmp").glob("escape*"))


async def round_trips(url: str, count: int) -> list[float]:
    times = []
    async with connect(url, compression=None, proxy=None) as link:
        for number in range(count):
            began = time.perf_counter()
            await link.send(f'{{"type":"x","count":{number}}}')
            await link.recv()
            times.append(time.perf_counter() - began)
            await asyncio.sleep(0.005)
    return times


def sleeping(monkeypatch: pytest.MonkeyPatch, how_long: Callable[[int], float]) -> None:
    real, count = RecordingWriter.write, 0

    def slow(self: RecordingWriter, batch: object) -> None:
        nonlocal count
        count += 1
        time.sleep(how_long(count))
        real(self, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(RecordingWriter, "write", slow)


@pytest.mark.load
@pytest.mark.parametrize(
    ("how_long", "count"),
    [(lambda _: 0.05, 150), (lambda number: 4.0 if number == 3 else 0.0, 300)],
    ids=["50 ms a write", "a stall of 4 s"],
)
async def test_a_slow_disk_is_not_felt_and_loses_nothing(
    how_long: Callable[[int], float], count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(echo, "127.0.0.1", 0, compression=None) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        sleeping(monkeypatch, how_long)
        options = ProxyOptions(upstream=url, listen="127.0.0.1:0", out=tmp_path)
        async with running_proxy(options) as proxy:
            through = f"ws://127.0.0.1:{proxy.address.port}/v1/realtime"
            slow, direct = await asyncio.gather(round_trips(through, count), round_trips(url, count))
    ratio = statistics.median(slow) / statistics.median(direct)
    print(f"\nround trip: {ratio:.1f} times the direct one, worst {max(slow) * 1000:.0f} ms")
    assert ratio < 5
    assert max(slow) < 0.2 + max(direct)
    assert not proxy.shortfall
    [folder] = find(tmp_path)
    assert len(recorded(folder)["client"]) == len(recorded(folder)["server"]) == count
    assert verify(folder).clean


@pytest.mark.load
async def test_a_client_that_stops_reading_holds_the_upstream_back_and_then_gets_everything(tmp_path: Path) -> None:
    upstream = Upstream(every=0, audio=64_000, messages=600)  # about 50 MB
    path = "/v1/realtime?still"
    async with upstream.running() as url, Proxy(url, tmp_path / "out") as proxy:
        link = await connect(
            proxy.url(path), compression=None, proxy=None, max_size=None, max_queue=1, ping_interval=None
        )
        await asyncio.sleep(STILL_SECONDS)
        server = upstream.ends[path]
        in_flight = sum(map(len, server.sent))
        memory = memory_of(proxy.process.pid)
        assert in_flight < 24 << 20
        got = [await link.recv(decode=False) for _ in range(601)]
        await link.close()
        assert got == server.sent
        await asyncio.sleep(0.2)
        assert await proxy.stop() == 0
    assert memory < 128 << 20
    [folder] = proxy.recordings()
    assert recorded(folder)["server"] == server.sent
    assert verify(folder).clean
    print(f"\nin flight to a client that does not read: {in_flight / 2**20:.1f} MiB, proxy {memory / 2**20:.0f} MiB")


async def test_an_upstream_that_breaks_off_inside_a_message_is_told_as_such(tmp_path: Path) -> None:
    async def breaks_off(link: ServerConnection) -> None:
        await link.send('{"type":"session.created"}')
        raw = link.transport.get_extra_info("socket")
        link.transport.write(Frame(Opcode.TEXT, b"x" * 5000).serialize(mask=False)[:2000])
        await asyncio.sleep(0.1)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.transport.abort()

    async with serve(breaks_off, "127.0.0.1", 0, compression=None) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        async with Proxy(url, tmp_path / "out") as proxy:
            began = time.monotonic()
            async with connect(proxy.url(), compression=None, proxy=None) as link:
                assert await link.recv() == '{"type":"session.created"}'
                with pytest.raises(ConnectionClosed) as closed:
                    await link.recv()
            assert closed.value.rcvd is None
            assert time.monotonic() - began < 3
            assert await proxy.stop() == 0
    [folder] = proxy.recordings()
    verdict = verify(folder)
    assert verdict.ended
    assert verdict.exact == verdict.messages == 1
    assert any("ended inside a message" in problem for problem in verdict.problems)
    assert "server reset" in proxy.talk


HOSTILE_IDS = ["../../../escape", "/tmp/escape", "..", "sess_\x1b[2J\u202e", "a" * 3000, "x\0y", ""]


@pytest.mark.parametrize("hostile", HOSTILE_IDS, ids=lambda name: repr(name)[:20])
async def test_names_from_the_wire_never_leave_the_folder(hostile: str, tmp_path: Path) -> None:
    import orjson

    async def hostile_server(link: ServerConnection) -> None:
        created = {"type": "session.created", "session": {"id": hostile, "model": hostile}}
        await link.send(orjson.dumps(created).decode())
        await link.wait_closed()

    finished: list[Path | None] = []
    out = tmp_path / "a" / "b" / "out"
    before = escapes()
    async with serve(hostile_server, "127.0.0.1", 0, compression=None) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        options = ProxyOptions(upstream=url, listen="127.0.0.1:0", out=out)
        async with (
            running_proxy(options, on_finished=lambda done: finished.append(done.folder)) as proxy,
            connect(f"ws://127.0.0.1:{proxy.address.port}/v1/realtime", proxy=None) as link,
        ):
            await link.recv()
    assert [folder.parent for folder in finished if folder] == [out]
    assert files_in(tmp_path) == {finished[0] / "events.jsonl"}
    assert escapes() == before
    assert verify(finished[0]).clean


async def test_files_are_private_while_they_are_written_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        upstream = Upstream(messages=20)
        async with (
            upstream.running() as url,
            Proxy(url, tmp_path / "new" / "out") as proxy,
            connect(proxy.url(), compression=None, proxy=None) as link,
        ):
            for _ in range(15):
                await link.recv()
            await asyncio.sleep(0.2)
            files, folders = modes_below(tmp_path)
    finally:
        os.umask(before)
    assert (files, folders) == ({0o600}, {0o700})
