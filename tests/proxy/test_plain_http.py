"""Plain HTTP under the same port passes as it is: streamed, kept alive, and recorded without its secrets."""

import asyncio
import time
from pathlib import Path

import pytest

from .meeting import OK, Meeting, get, post
from .stand import proxy_before
from .wiretap import dial, listening_upstream

CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-Sum: 11\r\n\r\n"


async def test_a_post_and_its_answer_pass_as_they_are(meeting: Meeting) -> None:
    body = b'{"session":{"type":"realtime"}}'
    asked = await meeting.asks(post(meeting.stand.host, body, "X-a:  1", "x-A: 2"))
    assert asked == post(f"127.0.0.1:{meeting.upstream.port}", b"", "X-a:  1", "x-A: 2").replace(b": 0", b": 31")
    await meeting.server.has(len(body))
    assert bytes(meeting.server.received) == body
    await meeting.answers(OK)
    await meeting.client_gets(OK)


@pytest.mark.parametrize("dribbled", [False, True])
async def test_chunked_bodies_pass_both_ways_to_the_byte(meeting: Meeting, dribbled: bool) -> None:
    head, _, body = CHUNKED.partition(b"\r\n\r\n")
    asking = get(meeting.stand.host, "/v1/calls", "POST", head.decode())
    await meeting.asks(asking)
    await (meeting.client.dribbles(body) if dribbled else meeting.client.sends(body))
    await meeting.server.has(len(body))
    assert bytes(meeting.server.received) == body
    answer = b"HTTP/1.1 201 Created\r\nLocation: /v1/realtime/calls/rtc_1\r\n" + CHUNKED
    await (meeting.server.dribbles(answer) if dribbled else meeting.answers(answer))
    await meeting.client_gets(answer)
    await meeting.asks(get(meeting.stand.host))  # the connection goes on
    await meeting.answers(OK)
    await meeting.client_gets(answer + OK)


async def test_an_answer_is_streamed(meeting: Meeting) -> None:
    await meeting.asks(get(meeting.stand.host))
    first = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsoon\r\n"
    await meeting.answers(first)
    await meeting.client_gets(first)
    await meeting.answers(b"0\r\n\r\n")
    await meeting.client_gets(first + b"0\r\n\r\n")


async def test_a_request_is_streamed(meeting: Meeting) -> None:
    await meeting.asks(get(meeting.stand.host, "/v1/x", "POST", "Content-Length: 8"))
    await meeting.client.sends(b"half")
    await meeting.server.has(4)
    await meeting.client.sends(b"done")
    await meeting.server.has(8)
    await meeting.answers(OK)
    await meeting.client_gets(OK)


async def test_one_connection_serves_many_requests_over_one_upstream_connection(meeting: Meeting) -> None:
    for number in range(1, 6):
        asked = await meeting.asks(get(meeting.stand.host, f"/v1/models/{number}"))
        assert asked.startswith(f"GET /v1/models/{number} ".encode())
        await meeting.answers(OK)
        await meeting.client_gets(OK * number)
    assert not meeting.upstream.contacted


async def test_pipelined_requests_are_answered_in_order(meeting: Meeting) -> None:
    targets = ("/v1/a", "/v1/b", "/v1/c")
    first = post(meeting.stand.host, b"one", target=targets[0])
    second = post(meeting.stand.host, b"two", target=targets[1])
    await meeting.asks(first + second + get(meeting.stand.host, targets[2]))
    await meeting.answers(OK)
    await meeting.client_gets(OK)
    await meeting.server.has(3)
    assert b"one" in meeting.server.received
    del meeting.server.received[:3]
    assert b"POST /v1/b" in await meeting.server.head()
    await meeting.answers(OK + b"HTTP/1.1 204 No Content\r\n\r\n")
    await meeting.client_gets(OK + OK + b"HTTP/1.1 204 No Content\r\n\r\n")


@pytest.mark.parametrize("side", ["client", "server"])
async def test_connection_close_closes_after_the_answer(meeting: Meeting, side: str) -> None:
    await meeting.asks(get(meeting.stand.host, "/v1/x", "GET", *(["Connection: close"] if side == "client" else [])))
    answer = OK.replace(b"Content", b"Connection: close\r\nContent") if side == "server" else OK
    await meeting.answers(answer)
    await meeting.client_gets(answer)
    assert await meeting.client.ended() == "eof"


async def test_an_upstream_that_closed_a_resting_connection_is_dialled_again(meeting: Meeting) -> None:
    await meeting.asks(get(meeting.stand.host))
    await meeting.answers(OK)
    await meeting.client_gets(OK)
    meeting.server.hangs_up()
    await asyncio.sleep(0.05)
    await meeting.client.sends(get(meeting.stand.host))
    again = await meeting.upstream.answers()
    await again.head()
    await again.sends(OK)
    await meeting.client_gets(OK + OK)
    again.hangs_up()


async def test_a_connection_that_rests_too_long_is_closed_without_a_word(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rtdebug.proxy.connection._IDLE_SECONDS", 0.2)
    await meeting.asks(get(meeting.stand.host))
    await meeting.answers(OK)
    assert await meeting.client.ended() == "eof"
    assert bytes(meeting.client.received) == OK


async def test_a_second_head_that_is_slow_to_come_is_cut_off_too(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    await meeting.asks(get(meeting.stand.host))
    await meeting.answers(OK)
    await meeting.client_gets(OK)
    monkeypatch.setattr("rtdebug.proxy.connection._HEAD_SECONDS", 0.2)
    await meeting.client.sends(b"GET ")
    await meeting.client.ended()
    assert b"408" in meeting.client.received


async def test_a_client_of_the_old_protocol_is_served_and_left(meeting: Meeting) -> None:
    asked = await meeting.asks(get(meeting.stand.host).replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert asked.startswith(b"GET /v1/models HTTP/1.0\r\n")
    await meeting.answers(OK)
    await meeting.client_gets(OK)
    assert await meeting.client.ended() == "eof"


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5000\r\nETag: x\r\n\r\n"),
        ("OPTIONS", b"HTTP/1.1 200 OK\r\nAllow: GET\r\nContent-Length: 0\r\n\r\n"),
    ],
)
async def test_answers_without_bodies_do_not_hold_up_the_next(meeting: Meeting, method: str, answer: bytes) -> None:
    for number in (1, 2):
        await meeting.asks(get(meeting.stand.host, "/v1/x", method))
        await meeting.answers(answer)
        await meeting.client_gets(answer * number)


async def test_the_upstream_says_when_to_go_on(meeting: Meeting) -> None:
    await meeting.asks(get(meeting.stand.host, "/v1/x", "POST", "Content-Length: 4", "Expect: 100-continue"))
    proceed = b"HTTP/1.1 100 Continue\r\n\r\n"
    await meeting.answers(proceed)
    await meeting.client_gets(proceed)
    await meeting.client.sends(b"body")
    await meeting.server.has(4)
    await meeting.answers(OK)
    await meeting.client_gets(proceed + OK)


async def test_an_early_refusal_of_a_large_upload_arrives_whole(meeting: Meeting) -> None:
    await meeting.asks(get(meeting.stand.host, "/v1/x", "POST", "Content-Length: 3000000"))
    answer = b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno!"
    await meeting.answers(answer)
    await meeting.client.sends(b"u" * 1_000_000)
    await meeting.client_gets(answer)
    assert await meeting.client.ended() == "eof"


async def test_an_answer_that_ends_with_the_connection_ends_so(meeting: Meeting) -> None:
    await meeting.asks(get(meeting.stand.host))
    await meeting.answers(b"HTTP/1.1 200 OK\r\n\r\nall of it")
    meeting.server.half_closes()
    await meeting.client_gets(b"HTTP/1.1 200 OK\r\n\r\nall of it")
    assert await meeting.client.ended() == "eof"


@pytest.mark.parametrize("length", [b"", b"Content-Length: 100\r\n"])
async def test_an_answer_that_breaks_off_breaks_off(meeting: Meeting, length: bytes) -> None:
    await meeting.asks(get(meeting.stand.host))
    await meeting.answers(b"HTTP/1.1 200 OK\r\n" + length + b"\r\nsome of it")
    await meeting.client.has(len(b"HTTP/1.1 200 OK\r\n" + length + b"\r\nsome of it"))
    meeting.server.resets()
    assert await meeting.client.ended() == "reset"


@pytest.mark.parametrize("how", ["hangs_up", "resets"])
@pytest.mark.parametrize("length", [0, 100])
async def test_the_upstream_learns_that_the_client_gave_up(meeting: Meeting, how: str, length: int) -> None:
    await meeting.asks(get(meeting.stand.host, "/v1/x", "POST", f"Content-Length: {length}"))
    await meeting.client.sends(b"b" * (length // 2))
    await meeting.server.has(length // 2)
    began = time.monotonic()
    getattr(meeting.client, how)()
    await meeting.server.ended()
    assert time.monotonic() - began < 2


async def test_a_broken_chunk_is_a_400(meeting: Meeting) -> None:
    await meeting.asks(get(meeting.stand.host, "/v1/x", "POST", "Transfer-Encoding: chunked"))
    await meeting.client.sends(b"not a length\r\n")
    assert (await meeting.client.head()).startswith(b"HTTP/1.1 400 ")


async def test_an_upload_of_twenty_mebibytes_passes(meeting: Meeting) -> None:
    size = 20 << 20
    await meeting.asks(get(meeting.stand.host, "/v1/files", "POST", f"Content-Length: {size}"))
    data = bytes(range(256)) * (size // 256)
    await meeting.client.sends(data)
    await meeting.server.has(size)
    assert bytes(meeting.server.received) == data
    await meeting.answers(OK)
    await meeting.client_gets(OK)


async def test_an_upload_nobody_takes_is_held_back(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path) as stand:
        client = await dial(stand.port)
        await client.sends(get(stand.host, "/v1/files", "POST", "Content-Length: 200000000"))
        sent = 0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.7):
                while sent < 200_000_000:
                    sent += await client.sends_some(memoryview(b"u" * (1 << 20)))
        assert sent < 24_000_000
        client.hangs_up()
