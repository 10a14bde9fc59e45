"""How calls end in a hurry: last words arrive, whoever talks over them, and an accident looks like one."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .calls import REJECTION, call
from .frames import TEXT, asking, frame, granting
from .stand import LOOPS, Stand, proxy_before
from .wiretap import End, Upstream, dial, listening_upstream

CHUNK = frame(0x80 | TEXT, b'{"type":"input_audio_buffer.append"}', masked=True)


@contextmanager
def between(upstream: Upstream, out: Path, loop: str) -> Iterator[Stand]:
    """Put a proxy in the way, or none, to see what the same call is without."""
    if loop == "no proxy":
        yield Stand(out, upstream.port)
    else:
        with proxy_before(upstream.url, out, loop=loop) as stand:
            yield stand


async def talk(client: End) -> None:
    """Send small frames until the connection breaks."""
    try:
        while True:
            await client.sends(CHUNK)
            await asyncio.sleep(0)
    except OSError:
        pass


@pytest.mark.parametrize("how", ["resets", "hangs_up"])
@pytest.mark.parametrize("loop", ["no proxy", *LOOPS])
async def test_last_words_of_a_server_reach_a_client_that_talks_over_them(loop: str, how: str, tmp_path: Path) -> None:
    with listening_upstream() as upstream, between(upstream, tmp_path, loop) as stand:
        for _ in range(40):
            client, server = await call(upstream, stand)
            talking = asyncio.create_task(talk(client))
            await server.has(5 * len(CHUNK))
            await server.sends(REJECTION)
            getattr(server, how)()
            await client.ended()
            assert bytes(client.received) == REJECTION
            await talking
            client.hangs_up()
    for recording in stand.recordings():
        assert [kind for kind, _ in recording.said("server")] == ["message", "close"]


@pytest.mark.parametrize("loop", LOOPS)
async def test_a_slow_reader_gets_all_that_was_said_before_the_end(loop: str, tmp_path: Path) -> None:
    flood = frame(0x80 | TEXT, b"f" * 6_000_000, masked=False)
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path, loop=loop) as stand:
        client, server = await call(upstream, stand, receive_buffer=4096)
        sending = asyncio.create_task(server.sends(flood))
        sending.add_done_callback(lambda _: server.half_closes())
        await asyncio.sleep(0.3)
        client.begin_reading()
        await client.head()
        assert await client.ended() == "eof"
        assert bytes(client.received) == flood
        client.half_closes()
        await server.ended()
        client.hangs_up()
        server.hangs_up()
    assert stand.recording().verdict().clean


@pytest.mark.parametrize("side", ["client", "server"])
@pytest.mark.parametrize("how", ["resets", "hangs_up"])
async def test_a_side_is_told_within_two_seconds_that_the_other_is_gone(side: str, how: str, tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path) as stand:
        client, server = await call(upstream, stand)
        leaving, staying = (client, server) if side == "client" else (server, client)
        began = time.monotonic()
        getattr(leaving, how)()
        assert await staying.ended() == {"resets": "reset", "hangs_up": "eof"}[how]
        assert time.monotonic() - began < 2
        assert bytes(staying.received) == b""
        staying.hangs_up()


@pytest.mark.parametrize("loop", LOOPS)
async def test_a_peer_that_resets_is_noticed_though_the_other_does_not_read(loop: str, tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path, loop=loop) as stand:
        client, server = await call(upstream, stand, receive_buffer=4096)
        flood = asyncio.create_task(server.sends(b"\x82\x7f" + (1 << 40).to_bytes(8, "big") + b"f" * 50_000_000))
        await asyncio.sleep(0.3)
        assert not flood.done()
        client.resets()
        with pytest.raises(OSError):
            await flood
        assert await server.ended() == "reset"
        server.hangs_up()


@pytest.mark.parametrize("loop", LOOPS)
async def test_a_flood_that_begins_with_the_answer_is_held_back_too(
    loop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "rtdebug.proxy.server.keep_watch", lambda link: link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    )
    size = 100_000_000
    head = b"\x82\x7f" + size.to_bytes(8, "big")
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path, loop=loop) as stand:
        client = await dial(stand.port, receive_buffer=4096)
        await client.sends(asking(stand.host))
        server = await upstream.answers()
        await server.head()
        sent = 0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.0):
                data = memoryview(granting() + head + b"f" * size)
                while sent < len(data):
                    sent += await server.sends_some(data[sent : sent + (1 << 20)])
        assert sent < 24_000_000
        client.resets()
        await server.ended()
        server.hangs_up()


@pytest.mark.parametrize("loop", LOOPS)
async def test_a_reset_stays_one_for_a_slow_reader_that_leaves_meanwhile(loop: str, tmp_path: Path) -> None:
    said = frame(0x80 | TEXT, b"s" * 400_000, masked=False)
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path, loop=loop) as stand:
        client, server = await call(upstream, stand, receive_buffer=4096)
        await server.sends(said)
        await asyncio.sleep(0.2)
        server.resets()
        await asyncio.sleep(0.2)
        client.half_closes()
        await asyncio.sleep(0.2)
        client.begin_reading()
        await client.head()
        assert await client.ended() == "reset"
        assert bytes(client.received) == said
        client.hangs_up()
