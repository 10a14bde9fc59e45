"""Peers that mean no good cost the proxy a bounded amount of memory, and other calls next to no time."""

import asyncio
import resource
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from .calls import call, closing_in_order
from .frames import BINARY, PING, TEXT, asking, frame, granting
from .process import peak_memory, proxy_process
from .stand import Stand
from .wiretap import PATIENCE, End, Upstream, dial, listening_upstream

pytestmark = pytest.mark.load

MEBIBYTE = 1 << 20


@asynccontextmanager
async def a_good_call(upstream: Upstream, proxy: Stand) -> AsyncIterator[tuple[list[float], asyncio.Event]]:
    """Talk back and forth in a call of one's own meanwhile; collect how long each turn takes.

    The like of it that goes around the proxy tells what of that is the machine's.
    """
    client, server = await call(upstream, proxy)
    turns: list[float] = []
    enough = asyncio.Event()

    async def talk() -> None:
        size = 0
        while True:
            began = time.perf_counter()
            await client.sends(frame(0x81, b"turn", masked=True))
            await server.has(size + 10)
            turns.append(time.perf_counter() - began)
            size += 10
            if len(turns) > 400:
                enough.set()
            await asyncio.sleep(0.005)

    talking = asyncio.create_task(talk())
    try:
        yield turns, enough
    finally:
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)
        client.hangs_up()
        server.hangs_up()


def bomb() -> bytes:
    """Build a message of 256 KiB that inflates to 256 MiB."""
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = b"".join(squeezed.compress(bytes(MEBIBYTE)) for _ in range(256)) + squeezed.flush(zlib.Z_SYNC_FLUSH)
    return frame(0xC0 | TEXT, data[:-4], masked=False)


async def play(end: End, data: bytes, times: int = 1) -> None:
    loop = asyncio.get_running_loop()
    for _ in range(times):
        await loop.sock_sendall(end.link, data)


ABUSES = {
    # Each: what is sent, how often, and how many MiB of memory it may cost.
    "a-bomb": (bomb, 1, 128),
    "ten-bombs": (bomb, 10, 128),
    "a-message-without-end": (lambda: frame(BINARY, b"e" * MEBIBYTE, masked=False), 256, 160),
    "a-frame-without-end": (lambda: frame(0x82, b"", masked=False, size=1 << 62) + b"e" * 256 * MEBIBYTE, 1, 160),
    "many-fragments": (lambda: frame(0x00, b"f", masked=False) * 1000, 300, 64),
    "many-pings": (lambda: frame(0x80 | PING, b"ping", masked=False) * 1000, 100, 64),
    "many-small-messages": (lambda: frame(0x81, b"{}", masked=False) * 1000, 300, 64),
}


@pytest.mark.parametrize("abuse", ABUSES)
async def test_abuse_costs_little_memory_and_others_no_time(tmp_path: Path, abuse: str) -> None:
    make, times, most = ABUSES[abuse]
    data = make()
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        await closing_in_order(upstream, proxy)
        around_it = Stand(tmp_path, upstream.port)
        async with (
            peak_memory(proxy) as peak,
            a_good_call(upstream, proxy) as (turns, enough),
            a_good_call(upstream, around_it) as (direct, _),
        ):
            client = await dial(proxy.port)
            await client.sends(asking(proxy.host))
            server = await upstream.answers()
            await server.head()
            await server.sends(granting("Sec-WebSocket-Extensions: permessage-deflate"))
            await client.head()
            if abuse == "many-fragments":
                await server.sends(frame(TEXT, b"first", masked=False))
            await asyncio.wait_for(play(server, data, times), PATIENCE)
            server.half_closes()
            assert await client.ended() == "eof"
            client.half_closes()
            await server.ended()
            await asyncio.wait_for(enough.wait(), PATIENCE)
        assert len(client.received) >= len(data) * times
        client.hangs_up()
        server.hangs_up()
        proxy.signal()
        assert proxy.ends()[0] == 0, proxy.talk
    p99, slowest = (late(turns) - late(direct) for late in (lambda times: sorted(times)[int(len(times) * 0.99)], max))
    print(f"{abuse}: {peak[0] >> 20} MiB, p99 {p99 * 1000:.0f} ms, slowest {slowest * 1000:.0f} of {len(turns)} turns")
    assert peak[0] < most * MEBIBYTE
    if abuse != "many-small-messages":  # a peer that says much takes much time; it shall not take much room
        assert p99 < 0.25


async def test_a_proxy_that_ran_out_of_file_descriptors_serves_again(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        resource.prlimit(proxy.pid, resource.RLIMIT_NOFILE, (40, 40))
        crowd = [await dial(proxy.port) for _ in range(60)]
        await asyncio.sleep(0.3)
        for client in crowd:
            client.hangs_up()
        began = time.monotonic()
        await closing_in_order(upstream, proxy)
        assert time.monotonic() - began < 2
        assert "cannot accept connections" in proxy.talk
        proxy.signal()
        assert proxy.ends()[0] == 0, proxy.talk
