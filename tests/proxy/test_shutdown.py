"""A proxy that is told to stop says goodbye to both sides, closes its recordings, and is gone in two seconds."""

import asyncio
import signal
import socket
import ssl
from pathlib import Path

import pytest

from .calls import call
from .frames import MASK, TEXT, asking, fragments, frame, granting, mask
from .meeting import get
from .process import ProxyProcess, proxy_process
from .wiretap import End, dial, listening_upstream

GOODBYE = (1001).to_bytes(2, "big") + b"the rtdebug proxy was stopped"
TO_CLIENT = b"\x88" + bytes((len(GOODBYE),)) + GOODBYE
EVENT = b'{"type":"response.output_text.delta","delta":"hm"}'


async def stops(proxy: ProxyProcess, number: int = signal.SIGTERM) -> None:
    """Tell it to stop; it must be gone in good order in two seconds."""
    proxy.signal(number)
    status, seconds = await asyncio.to_thread(proxy.ends)
    assert (status, proxy.printed()) == (0, b""), proxy.talk
    assert seconds < 2, proxy.talk
    assert "Traceback" not in proxy.talk, proxy.talk
    for recording in proxy.recordings():
        assert recording.verdict().clean, recording.verdict().problems


def unmasked(frame: bytes) -> bytes:
    """Take the mask off a short frame."""
    key = int.from_bytes(frame[2:6] * 32, "big") ^ int.from_bytes(MASK * 32, "big")
    payload = mask(frame[6:])
    turned = int.from_bytes(payload, "big") ^ (key >> (8 * (128 - len(payload))))
    return frame[:1] + bytes((frame[1] & 0x7F,)) + turned.to_bytes(len(payload), "big")


async def test_it_says_where_it_listens_and_nothing_on_stdout(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        line = f"rtdebug: listening on {proxy.host} for {upstream.url} · set OPENAI_BASE_URL=http://{proxy.host}/v1\n"
        assert proxy.talk == line
        await stops(proxy)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_both_sides_of_every_call_get_a_close_frame(tmp_path: Path, number: int) -> None:
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        calls = [await call(upstream, proxy) for _ in range(5)]
        for client, server in calls:
            await client.says(EVENT)
            await server.says(EVENT)
            await server.has(len(EVENT) + 6)
            await client.has(len(EVENT) + 2)
        await stops(proxy, number)
        for client, server in calls:
            await asyncio.gather(client.ended(), server.ended())
            assert bytes(client.received) == frame(0x81, EVENT, masked=False) + TO_CLIENT
            assert bytes(server.received[: len(EVENT) + 6]) == frame(0x81, EVENT, masked=True)
            assert unmasked(bytes(server.received[len(EVENT) + 6 :])) == TO_CLIENT
            client.hangs_up()
            server.hangs_up()
        assert len(proxy.recordings()) == 5
        for recording in proxy.recordings():
            assert recording.said("client") == recording.said("server") == [("message", EVENT)]
            assert recording.of_kind("end")[0]["ending"] == "proxy stopped"


async def test_a_call_that_a_side_has_closed_is_not_said_to_be_stopped(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        client, server = await call(upstream, proxy)
        await server.says(EVENT)
        await server.closes(1000)
        await client.has(len(EVENT) + 2 + 4)
        await stops(proxy)
        client.hangs_up()
        server.hangs_up()
        (recording,) = proxy.recordings()
        assert recording.of_kind("end")[0]["ending"] == "server closed 1000"
        assert recording.of_kind("stopped") == []


async def test_a_close_frame_never_stands_inside_another_frame(tmp_path: Path) -> None:
    first, _ = fragments(TEXT, [b"first half, ", b"second half"], masked=False)
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        torn, between = await call(upstream, proxy), await call(upstream, proxy)
        await torn[1].sends(first[:7])
        await between[1].sends(first)
        await torn[0].has(7)
        await between[0].has(len(first))
        proxy.signal()
        await asyncio.gather(torn[0].ended(), between[0].ended())
        assert bytes(torn[0].received) == first[:7]
        assert bytes(between[0].received) == first + TO_CLIENT
        assert proxy.ends()[0] == 0
        for end in (*torn, *between):
            end.hangs_up()
    problems = [recording.verdict().problems for recording in proxy.recordings()]
    assert any("inside a message" in problem for found in problems for problem in found)


async def test_nothing_follows_the_close_frame_of_a_talkative_server(tmp_path: Path) -> None:
    chunk = frame(0x81, EVENT, masked=False)
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        client, server = await call(upstream, proxy)

        async def talk() -> None:
            try:
                while True:
                    await server.sends(chunk)
                    await asyncio.sleep(0.0005)
            except OSError:
                pass

        talking = asyncio.create_task(talk())
        await client.has(100 * len(chunk))
        await stops(proxy)
        await client.ended()
        await talking
        said, goodbye = bytes(client.received[: -len(TO_CLIENT)]), bytes(client.received[-len(TO_CLIENT) :])
        assert goodbye == TO_CLIENT
        assert said == chunk * (len(said) // len(chunk))
        assert len(proxy.recording().said("server")) == len(said) // len(chunk)
        client.hangs_up()
        server.hangs_up()


async def half_closed(client: End, server: End) -> None:
    client.half_closes()
    await server.ended()


async def unread(client: End, server: End) -> None:
    data = memoryview(frame(0x82, b"f" * 60_000, masked=False) * 500)
    sent, stuck = 0, False
    while not stuck and sent < len(data):
        try:
            sent += await asyncio.wait_for(server.sends_some(data[sent : sent + (1 << 18)]), 0.3)
        except TimeoutError:
            stuck = True


async def resting(client: End, server: End) -> None:
    """Say nothing."""


@pytest.mark.parametrize("way", [half_closed, unread, resting])
async def test_no_call_holds_up_the_end(tmp_path: Path, way: object) -> None:
    assert callable(way)
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        client, server = await call(upstream, proxy, receive_buffer=4096 if way is unread else 0)
        await way(client, server)
        proxy.signal()
        status, seconds = await asyncio.to_thread(proxy.ends)
        assert (status, seconds < 2) == (0, True), (seconds, proxy.talk)
        assert "Traceback" not in proxy.talk
        client.hangs_up()
        server.hangs_up()
    assert proxy.recording().of_kind("end")


async def test_calls_under_tls_are_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path, "--tls") as proxy:
        trust = ssl.create_default_context(cafile=tmp_path / "data" / "rtdebug" / "ca.pem")
        reader, writer = await asyncio.open_connection("localhost", proxy.port, ssl=trust, family=socket.AF_INET)
        writer.write(asking(proxy.host))
        server = await upstream.answers()
        await server.head()
        await server.sends(granting())
        await reader.readuntil(b"\r\n\r\n")
        await stops(proxy)
        assert await reader.read() == TO_CLIENT
        await server.ended()
        assert unmasked(bytes(server.received)) == TO_CLIENT
        writer.close()
        await writer.wait_closed()
        server.hangs_up()


async def test_nothing_under_way_holds_up_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path, "--tls") as proxy:
        silent, in_hello, in_head, resting, waiting, asking_, uploading = [await dial(proxy.port) for _ in range(7)]
        await in_hello.sends(b"\x16\x03\x01")
        await in_head.sends(b"GET /v1/realtime HTTP/1.1\r\n")
        await waiting.sends(asking(proxy.host))
        await asking_.sends(get(proxy.host))
        await uploading.sends(get(proxy.host, "/v1/x", "POST", "Content-Length: 1000") + b"half")
        servers = [await upstream.answers() for _ in range(3)]
        for server in servers:
            await server.head()
        await stops(proxy)
        for end in (silent, in_hello, in_head, resting, waiting, asking_, uploading, *servers):
            await end.ended()
            end.hangs_up()
        assert len(proxy.recording("http").of_kind("http")) == 2


async def test_dialling_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        with proxy_process(f"ws://127.0.0.1:{port}", tmp_path) as proxy:
            client = await dial(proxy.port)
            await client.sends(asking(proxy.host))
            await asyncio.sleep(0.2)
            assert not client.received
            await stops(proxy)
            client.hangs_up()
        for filler in fillers:
            filler.close()


async def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        client, server = await call(upstream, proxy)
        proxy.signal(signal.SIGINT)
        await client.has(1)
        proxy.signal(signal.SIGINT)
        status, seconds = await asyncio.to_thread(proxy.ends)
        assert status == -signal.SIGINT
        assert seconds < 0.4
        client.hangs_up()
        server.hangs_up()


async def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        with pytest.raises(AssertionError, match=r"^status 2,.*cannot listen"):
            ProxyProcess(tmp_path / "other", "--upstream", upstream.url, "--listen", proxy.host)
        await stops(proxy)
