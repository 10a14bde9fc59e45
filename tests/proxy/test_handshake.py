"""The handshake is the upstream's: asked first, in the client's own words, and answered in its own."""

import socket
import time
from pathlib import Path

import pytest

from .frames import KEY, TEXT, accept_for, asking, frame, granting
from .meeting import Meeting
from .stand import proxy_before
from .wiretap import dial, listening_upstream

WITH_LENGTH = (
    b'HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\nWWW-Authenticate: Bearer realm="x"\r\n'
    b"Set-Cookie: a=1; path=/\r\nx-request-id:req_1\r\nset-cookie: b=2\r\nContent-Length: 27\r\n\r\n"
    b'{"error":{"code":"no_key"}}'
)
CHUNKED = (
    b"HTTP/1.1 429 Too Many\r\nRetry-After: 20\r\nTransfer-Encoding: chunked\r\nx-ratelimit-reset: 1s\r\n\r\n"
    b"5\r\nslow \r\n1;ext=1\r\nd\r\n0\r\nTrailer: yes\r\n\r\n"
)
NOTHING = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
BY_CLOSING = b"HTTP/1.0 500 Oops\r\nContent-Type: text/plain\r\n\r\nuntil the end"
ELSEWHERE = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: ws://elsewhere.example/v1\r\nContent-Length: 0\r\n\r\n"
NO_UPGRADE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@pytest.mark.parametrize("answer", [WITH_LENGTH, CHUNKED, NOTHING, BY_CLOSING, ELSEWHERE, NO_UPGRADE])
async def test_a_refusal_is_the_upstreams_own_to_the_byte(meeting: Meeting, answer: bytes) -> None:
    await meeting.asks(asking(meeting.stand.host))
    await meeting.answers(answer)
    if answer is BY_CLOSING:
        meeting.server.half_closes()
    await meeting.client_gets(answer)
    if answer is BY_CLOSING:
        assert await meeting.client.ended() == "eof"
    assert not meeting.upstream.contacted


@pytest.mark.parametrize("answer", [WITH_LENGTH, CHUNKED])
async def test_a_refusal_comes_through_byte_by_byte(meeting: Meeting, answer: bytes) -> None:
    await meeting.asks(asking(meeting.stand.host))
    await meeting.server.dribbles(answer)
    await meeting.client_gets(answer)


async def test_a_refusal_is_recorded_with_its_body(meeting: Meeting) -> None:
    await meeting.asks(asking(meeting.stand.host, "Authorization: Bearer sk-secret-of-mine"))
    await meeting.answers(WITH_LENGTH)
    await meeting.client_gets(WITH_LENGTH)
    meeting.stand.stop()
    await meeting.client.ended()
    (opened,) = meeting.stand.recording().of_kind("opened")
    assert opened["response"]["head"][0] == "HTTP/1.1 401 Unauthorized"
    assert opened["response"]["head"].count("Set-Cookie: [redacted]") == 1
    assert opened["response"]["body"]["text"] == '{"error":{"code":"no_key"}}'
    assert b"sk-secret" not in meeting.stand.recording().bytes()


async def test_a_client_may_ask_again_after_a_refusal_on_the_same_connection(meeting: Meeting) -> None:
    await meeting.asks(asking(meeting.stand.host))
    await meeting.answers(NOTHING)
    await meeting.client_gets(NOTHING)
    await meeting.asks(asking(meeting.stand.host))
    await meeting.answers(granting() + frame(0x80 | TEXT, b"hello", masked=False))
    await meeting.client_gets(NOTHING + granting() + b"\x81\x05hello")


async def test_the_request_reaches_the_upstream_in_the_clients_own_words(meeting: Meeting) -> None:
    request = (
        "GET /v1//realtime/./x/../y;p=1?dup=1&dup=2&slash=%2F&plus=+&empty=&=v&novalue&q=%e2%82%ac HTTP/1.1\r\n"
        "accept:*/*\r\nX-Twice: one\r\nHOST: {host}\r\nx-twice:  two \r\nUser-Agent: odd/1.0\r\n"
        "Upgrade: WebSocket\r\nconnection: keep-alive, Upgrade\r\nAuthorization: Bearer abc\r\nX-Empty:\r\n"
        f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\nX-Latin: caf\xe9\r\n"
        "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.sk-abc,openai-beta.realtime-v1\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nOpenAI-Beta: realtime=v1\r\n\r\n"
    )
    asked = await meeting.asks(request.format(host=meeting.stand.host).encode("latin-1"))
    assert asked == request.format(host=f"127.0.0.1:{meeting.upstream.port}").encode("latin-1")


async def test_the_answer_reaches_the_client_in_the_upstreams_own_words(meeting: Meeting) -> None:
    await meeting.asks(asking(meeting.stand.host))
    answer = (
        "HTTP/1.1 101 Web Socket Protocol Handshake\r\nupgrade: WebSocket\r\nConnection:upgrade\r\nset-cookie: a=1\r\n"
        f"Sec-WebSocket-Accept: {accept_for(KEY)}\r\nSet-Cookie: b=2\r\nSec-WebSocket-Protocol: realtime\r\n\r\n"
    ).encode()
    await meeting.answers(answer)
    await meeting.client_gets(answer)


@pytest.mark.parametrize("meeting", [{"prefix": "/eu/v2/"}], indirect=True)
async def test_the_upstreams_path_prefix_stands_before_every_target(meeting: Meeting) -> None:
    asked = await meeting.asks(asking(meeting.stand.host, target="/v1/realtime?model=a"))
    assert asked.startswith(b"GET /eu/v2/v1/realtime?model=a HTTP/1.1\r\n")


async def test_an_upstream_that_refuses_the_connection_is_a_502(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with proxy_before(f"ws://127.0.0.1:{port}", tmp_path) as stand:
        client = await dial(stand.port)
        await client.sends(asking(stand.host))
        assert (await client.head()).startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
        assert await client.ended() == "eof"
        client.hangs_up()
    assert "cannot be reached" in stand.recording().of_kind("opened")[0]["error"]


async def test_an_upstream_without_an_address_is_a_502(tmp_path: Path) -> None:
    with proxy_before("ws://nowhere.invalid", tmp_path) as stand:
        client = await dial(stand.port)
        await client.sends(asking(stand.host))
        assert (await client.head()).startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
        client.hangs_up()


async def test_an_upstream_that_says_nothing_is_a_504(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rtdebug.proxy.connection._UPGRADE_SECONDS", 0.3)
    began = time.monotonic()
    await meeting.asks(asking(meeting.stand.host))
    assert (await meeting.client.head()).startswith(b"HTTP/1.1 504 Gateway Timeout\r\n")
    assert await meeting.server.ended() == "eof"
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("how", ["half_closes", "resets"])
@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 101 Switching", b"SSH-2.0-OpenSSH_9.2\r\n\r\n"])
async def test_an_upstream_that_leaves_in_mid_handshake_is_a_502(meeting: Meeting, how: str, said: bytes) -> None:
    await meeting.asks(asking(meeting.stand.host))
    await meeting.answers(said)
    getattr(meeting.server, how)()
    assert (await meeting.client.head()).startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
    assert await meeting.client.ended() == "eof"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"", "closed the connection without an answer"),
        (b"\r\n", "closed the connection without an answer"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "does not answer in HTTP/1.1: 'SSH-2.0-OpenSSH_9.6'"),
        (b"\x15\x03\x01\x1b[2J", "does not answer in HTTP/1.1: '····[2J'"),
        (b"GET /v1?api-key=hidden HTTP/1.1\r\n", "does not answer in HTTP/1.1: 'GET /v1?api-key=[redacted] HTTP/1.1'"),
        (b"y" * 999, f"does not answer in HTTP/1.1: '{'y' * 59}…'"),
        (b"HTTP/1.1 101 Switching", "closed the connection in the middle of its answer"),
    ],
)
async def test_an_upstream_that_leaves_in_mid_handshake_is_told_with_what_it_said(
    tmp_path: Path, said: bytes, told: str
) -> None:
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path) as stand:
        meeting = Meeting(upstream, stand, await dial(stand.port))
        await meeting.asks(asking(stand.host))
        await meeting.answers(said)
        meeting.server.half_closes()
        assert await meeting.client.ended() == "eof"
        meeting.part()
    assert stand.said == [f"{upstream.url} {told}"]
    assert stand.recording().of_kind("opened")[0]["error"] == f"{upstream.url} {told}"


async def test_a_head_without_end_from_the_upstream_is_a_502(meeting: Meeting) -> None:
    await meeting.asks(asking(meeting.stand.host))
    await meeting.answers(b"HTTP/1.1 101 Switching Protocols\r\nX: " + b"x" * 70_000)
    assert (await meeting.client.head()).startswith(b"HTTP/1.1 502 Bad Gateway\r\n")


@pytest.mark.parametrize("how", ["hangs_up", "resets"])
async def test_the_upstream_learns_that_the_client_gave_up_waiting(meeting: Meeting, how: str) -> None:
    await meeting.asks(asking(meeting.stand.host))
    began = time.monotonic()
    getattr(meeting.client, how)()
    await meeting.server.ended()
    assert time.monotonic() - began < 2


async def test_a_client_that_gave_up_waiting_is_recorded_as_one(meeting: Meeting) -> None:
    await meeting.asks(asking(meeting.stand.host))
    meeting.client.hangs_up()
    await meeting.server.ended()
    meeting.server.hangs_up()
    await meeting.stand.recorded()
    assert meeting.stand.recording().of_kind("end")[0]["ending"] == "client left"
