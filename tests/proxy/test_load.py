"""Many calls at a time, many after one another, and a peer that does not read: nothing lost, nothing piled up."""

import asyncio
import socket
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from rtdebug.proxy.scribe import BACKLOG_LIMIT

from .calls import call, closing_in_order
from .frames import BINARY, TEXT, asking, frame, granting
from .meeting import OK, get
from .process import peak_memory, proxy_process
from .stand import LOOPS, Stand, proxy_before
from .wiretap import End, Upstream, dial, listening_upstream

pytestmark = pytest.mark.load


@pytest.mark.parametrize("loop", LOOPS)
async def test_a_hundred_calls_at_a_time_are_neither_lost_nor_mixed(loop: str, tmp_path: Path) -> None:
    calls, messages = 100, 100
    servers: dict[bytes, End] = {}
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path, loop=loop) as stand:

        async def answer_all() -> None:
            async with asyncio.TaskGroup() as answering:
                for _ in range(calls):
                    answering.create_task(answer_one(await upstream.answers()))

        async def answer_one(server: End) -> None:
            name = (await server.head()).partition(b"name=")[2].partition(b" ")[0]
            servers[name] = server
            await server.sends(granting())
            await talk(server, b"server of " + name)

        async def ask_one(number: int) -> End:
            client = await dial(stand.port)
            await client.sends(asking(stand.host, target=f"/v1/realtime?name={number}"))
            await client.head()
            await talk(client, b"client of %d" % number)
            return client

        async def talk(end: End, who: bytes) -> None:
            for number in range(messages):
                await end.says(b'{"type":"x","who":"%b","number":%d}' % (who, number))
                await asyncio.sleep(0)

        clients, _ = await asyncio.gather(
            asyncio.gather(*(ask_one(number) for number in range(calls))),
            answer_all(),
        )
        for number, client in enumerate(clients):
            client.half_closes()
            servers[b"%d" % number].half_closes()
        for end in (*clients, *servers.values()):
            await end.ended()
            end.hangs_up()
    recordings = {recording.target.partition("name=")[2]: recording for recording in stand.recordings()}
    assert len(recordings) == len(stand.finished) == calls
    for number, client in enumerate(clients):
        server, recording = servers[b"%d" % number], recordings[str(number)]
        assert bytes(client.received) == b"".join(frame(0x81, text, masked=False) for _, text in server.said)
        assert bytes(server.received) == b"".join(frame(0x81, text, masked=True) for _, text in client.said)
        assert recording.said("client") == client.said
        assert recording.said("server") == server.said
        assert recording.verdict().clean


async def resetting(upstream: Upstream, stand: Stand) -> None:
    client, server = await call(upstream, stand)
    server.resets()
    await client.ended()
    client.hangs_up()


async def hanging_up(upstream: Upstream, stand: Stand) -> None:
    client, server = await call(upstream, stand)
    client.hangs_up()
    await server.ended()
    server.hangs_up()


async def giving_up(upstream: Upstream, stand: Stand) -> None:
    client = await dial(stand.port)
    await client.sends(asking(stand.host))
    server = await upstream.answers()
    client.resets()
    await server.ended()
    server.hangs_up()


async def asking_plainly(upstream: Upstream, stand: Stand) -> None:
    client = await dial(stand.port)
    await client.sends(get(stand.host))
    server = await upstream.answers()
    await server.head()
    await server.sends(OK)
    await client.has(len(OK))
    client.hangs_up()
    await server.ended()
    server.hangs_up()


WAYS: list[Callable[[Upstream, Stand], Awaitable[None]]] = [
    closing_in_order,
    resetting,
    hanging_up,
    giving_up,
    asking_plainly,
]


async def test_three_hundred_calls_leave_nothing_behind(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        for number in range(50):
            await WAYS[number % 5](upstream, proxy)
        await asyncio.sleep(0.3)
        files, memory = proxy.open_files, proxy.resident
        for number in range(300):
            await WAYS[number % 5](upstream, proxy)
        for _ in range(100):
            await asyncio.sleep(0.02)
            if proxy.open_files <= files:
                break
        assert proxy.open_files <= files
        assert proxy.resident - memory < 5 << 20
        proxy.signal()
        assert proxy.ends()[0] == 0


FLOOD = 256 << 20
CHUNK = frame(0x80 | TEXT, b'{"type":"x","text":"%b"}' % (b"flood " * 10_000), masked=False)
COUNT = FLOOD // len(CHUNK)


async def flood(end: End) -> None:
    """Send 256 MiB of numbered messages, as fast as they are taken."""
    loop = asyncio.get_running_loop()
    for _ in range(COUNT):
        await loop.sock_sendall(end.link, CHUNK)


async def swallow(link: socket.socket, skip: int = 0) -> tuple[int, int]:
    """Read to the end; return how many bytes that was and their sum."""
    loop, size, total = asyncio.get_running_loop(), 0, 0
    while data := await loop.sock_recv(link, 1 << 20):
        size += len(data)
        total = zlib.crc32(data, total)
    return size, total


async def test_a_client_that_stops_reading_holds_its_server_back(tmp_path: Path) -> None:
    expected = 0
    for _ in range(COUNT):
        expected = zlib.crc32(CHUNK, expected)
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        await closing_in_order(upstream, proxy)
        async with peak_memory(proxy) as peak:
            client, server = await call(upstream, proxy, receive_buffer=65536)
            flooding = asyncio.create_task(flood(server))
            await asyncio.sleep(2)
            assert not flooding.done()
            assert peak[0] < 32 << 20
            granted = b""
            while not granted.endswith(b"\r\n\r\n"):
                granted += await asyncio.get_running_loop().sock_recv(client.link, 1)
            reading = asyncio.create_task(swallow(client.link))
            await flooding
            server.half_closes()
            assert await reading == (COUNT * len(CHUNK), expected)
        print(f"peak memory {peak[0] >> 20} MiB")
        # Once the client reads, the flood may be faster than a busy disk: what waits for it has a bound too.
        assert peak[0] < BACKLOG_LIMIT + (32 << 20)
        client.half_closes()
        await server.ended()
        client.hangs_up()
        server.hangs_up()
        proxy.signal()
        status = proxy.ends()[0]
    recording = next(r for r in proxy.recordings() if len(r.said("server")) > 1 or r.of_kind("gap"))
    kept, verdict = len(recording.said("server")), recording.verdict()
    assert verdict.exact == kept
    if status:  # the disk did not keep up, and both the recording and the exit status say so
        assert not verdict.clean
        assert recording.of_kind("gap")
    else:
        assert verdict.clean
        assert kept == COUNT


async def test_a_server_that_stops_reading_holds_its_client_back(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        upstream.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        await closing_in_order(upstream, proxy)
        async with peak_memory(proxy) as peak:
            client, server = await call(upstream, proxy)
            server.stops_reading()
            data = memoryview(frame(0x80 | BINARY, b"", masked=True, size=1 << 40) + b"u" * (1 << 20))
            sent = 0
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.5):
                    while sent < FLOOD:
                        sent += await client.sends_some(data)
            assert sent < 24 << 20
            assert peak[0] < 32 << 20
            client.resets()
            server.hangs_up()
        proxy.signal()
        assert proxy.ends()[0] == 0
