"""Who may use the proxy: whoever may not is refused before the upstream hears of it."""

import asyncio
import time
from pathlib import Path

import pytest

from rtdebug.errors import UsageError

from .frames import asking, granting
from .meeting import Meeting, get
from .stand import proxy_before
from .wiretap import End, dial, listening_upstream

KEY = "sk-the-real-key-of-this-machine"


@pytest.fixture(autouse=True)
def a_key_to_inject(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", KEY)


def upgrade(target: str = "/v1/realtime", host: str | None = "{host}", *lines: str, method: str = "GET") -> str:
    head = asking("HOST", *lines, target=target).decode().replace("GET", method, 1)
    return head.replace("Host: HOST", f"Host: {host}") if host is not None else head.replace("Host: HOST\r\n", "")


REFUSED = {
    "a-foreign-page": (403, upgrade("/v1/realtime", "{host}", "Origin: https://evil.example")),
    "a-page-in-disguise": (403, upgrade("/v1/realtime", "{host}", "Origin: http://localhost.evil.example")),
    "a-page-with-a-user": (403, upgrade("/v1/realtime", "{host}", "Origin: http://localhost@evil.example")),
    "a-page-of-no-origin": (403, upgrade("/v1/realtime", "{host}", "Origin: null")),
    "a-page-of-an-empty-origin": (403, upgrade("/v1/realtime", "{host}", "Origin:")),
    "a-file": (403, upgrade("/v1/realtime", "{host}", "Origin: file://")),
    "one-good-and-one-bad-page": (
        403,
        upgrade("/v1/realtime", "{host}", "Origin: http://localhost", "Origin: https://evil.example"),
    ),
    "another-site": (403, upgrade("/v1/realtime", "{host}", "Sec-Fetch-Site: cross-site")),
    "a-rebound-name": (403, upgrade(host="evil.example:{port}")),
    "a-rebound-name-in-disguise": (403, upgrade(host="127.0.0.1.evil.example")),
    "a-host-with-a-user": (403, upgrade(host="evil.example@127.0.0.1")),
    "another-machine": (403, upgrade(host="192.168.1.7:{port}")),
    "an-empty-host": (403, upgrade(host="")),
    "no-host": (400, upgrade(host=None)),
    "two-hosts": (400, upgrade("/v1/realtime", "{host}", "Host: {host}")),
    "an-absolute-target": (400, upgrade("http://evil.example/v1/realtime")),
    "an-absolute-target-of-our-own": (400, upgrade("http://{host}/v1/realtime")),
    "a-target-with-two-slashes": (400, upgrade("//evil.example/v1/realtime")),
    "a-target-without-a-slash": (400, upgrade("v1/realtime")),
    "a-target-of-another-host": (400, upgrade("@evil.example/v1/realtime")),
    "a-star": (400, upgrade("*", method="OPTIONS")),
    "a-tunnel": (400, upgrade("evil.example:443", method="CONNECT")),
    "a-folded-header": (400, upgrade("/v1/realtime", "{host}", "X-a: b", " folded: c")),
    "a-blank-before-the-colon": (400, upgrade("/v1/realtime", "{host}", "Origin : https://evil.example")),
    "a-naked-line-feed": (400, upgrade("/v1/realtime", "{host}", "X: y\nOrigin: https://evil.example")),
    "an-old-protocol": (400, upgrade().replace("HTTP/1.1", "HTTP/0.9")),
    "a-new-protocol": (400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "two-lengths": (400, upgrade("/v1/x", "{host}", "Content-Length: 3", "Content-Length: 4", method="POST")),
    "two-framings": (
        400,
        upgrade("/v1/x", "{host}", "Content-Length: 3", "Transfer-Encoding: chunked", method="POST"),
    ),
}


async def status(client: End) -> int:
    head = await client.head()
    assert head, client.ending
    return int(head.split(b" ")[1])


@pytest.mark.parametrize("name", REFUSED)
async def test_who_may_not_use_the_proxy_is_refused_and_the_upstream_not_asked(meeting: Meeting, name: str) -> None:
    expected, request = REFUSED[name]
    await meeting.client.sends(request.format(host=meeting.stand.host, port=meeting.stand.port).encode())
    assert await status(meeting.client) == expected
    assert await meeting.client.ended() == "eof"
    assert not meeting.upstream.contacted


async def test_a_page_cannot_slip_a_plain_request_through_either(meeting: Meeting) -> None:
    await meeting.client.sends(get(meeting.stand.host, "/v1/models", "GET", "Origin: https://evil.example"))
    assert await status(meeting.client) == 403
    assert not meeting.upstream.contacted


async def test_a_refused_upload_still_gets_its_answer(meeting: Meeting) -> None:
    head = get(meeting.stand.host, "/v1/x", "POST", "Content-Length: 3000000", "Origin: https://evil.example")
    await meeting.client.sends(head + b"u" * 3_000_000)
    assert await status(meeting.client) == 403
    await meeting.client.has(50)
    assert await meeting.client.ended() == "eof"


@pytest.mark.parametrize(
    "request_head",
    [
        upgrade(),
        upgrade(host="localhost:{port}"),
        upgrade(host="LOCALHOST"),
        upgrade(host="[::1]:{port}"),
        upgrade(host="app.localhost:{port}"),
        upgrade("/v1/realtime", "{host}", "Origin: http://localhost:3000"),
        upgrade("/v1/realtime", "{host}", "Origin: https://127.0.0.1"),
        upgrade("/v1/realtime", "{host}", "Origin: http://[::1]:5173"),
        upgrade("/v1/realtime", "{host}", "Origin: http://localhost:1", "Sec-Fetch-Site: cross-site"),
        upgrade("/v1/realtime", "{host}", "Sec-Fetch-Site: none"),
    ],
)
async def test_programs_and_pages_of_this_machine_pass(meeting: Meeting, request_head: str) -> None:
    await meeting.asks(request_head.format(host=meeting.stand.host, port=meeting.stand.port).encode())
    await meeting.answers(granting())
    await meeting.client_gets(granting())


OPEN = {"allow_origins": ("https://App.example/",), "allow_hosts": ("Proxy.internal", "box.internal:8787")}


@pytest.mark.parametrize("meeting", [OPEN], indirect=True)
@pytest.mark.parametrize(
    ("host", "origin", "expected"),
    [
        ("proxy.internal:8787", "https://app.example", 101),
        ("box.internal:8787", "https://APP.example", 101),
        ("box.internal:8788", "https://app.example", 403),
        ("proxy.internal", "http://app.example", 403),
        ("proxy.internal", "https://app.example:444", 403),
        ("sub.proxy.internal", "https://app.example", 403),
    ],
)
async def test_named_hosts_and_origins_pass_and_no_others(
    meeting: Meeting, host: str, origin: str, expected: int
) -> None:
    head = upgrade("/v1/realtime", host, f"Origin: {origin}").encode()
    if expected == 101:
        await meeting.asks(head)
        await meeting.answers(granting())
    else:
        await meeting.client.sends(head)
    assert await status(meeting.client) == expected
    assert not meeting.upstream.contacted


SHOWN = {
    "bearer": "Authorization: Bearer {}",
    "a-header": "api-key: {}",
    "a-subprotocol": "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.{}, openai-beta.realtime-v1",
    "the-query": "",
}


@pytest.mark.parametrize("meeting", [{"inject_key": "MY_KEY"}], indirect=True)
@pytest.mark.parametrize("place", SHOWN)
async def test_the_key_is_put_in_where_the_client_shows_the_token(meeting: Meeting, place: str) -> None:
    target = "/v1/realtime?model=a" + ("&api-key={}" if place == "the-query" else "")
    written = upgrade(target, "{{host}}", *([SHOWN[place]] if SHOWN[place] else []))
    asked = await meeting.asks(written.format(meeting.stand.token).format(host=meeting.stand.host).encode())
    assert asked.decode() == written.format(KEY).format(host=f"127.0.0.1:{meeting.upstream.port}")
    await meeting.answers(b"HTTP/1.1 401 No\r\nContent-Length: 40\r\n\r\n" + b"%-40s" % KEY.encode())
    await meeting.client.head()
    meeting.client.hangs_up()
    await meeting.stand.recorded()
    kept = meeting.stand.recording().bytes()
    assert KEY.encode() not in kept
    assert meeting.stand.token.encode() not in kept


@pytest.mark.parametrize("meeting", [{"inject_key": "MY_KEY"}], indirect=True)
async def test_a_client_without_the_token_is_a_401(meeting: Meeting) -> None:
    await meeting.client.sends(upgrade().format(host=meeting.stand.host).encode())
    assert await status(meeting.client) == 401
    assert not meeting.upstream.contacted


@pytest.mark.parametrize("meeting", [{"inject_key": "MY_KEY"}], indirect=True)
@pytest.mark.parametrize("line", ["Authorization: Bearer sk-a-key-of-its-own", "api-key: mine"])
async def test_a_client_with_a_key_of_its_own_keeps_it(meeting: Meeting, line: str) -> None:
    asked = await meeting.asks(upgrade("/v1/realtime", "{host}", line).format(host=meeting.stand.host).encode())
    assert line.encode() in asked
    assert KEY.encode() not in asked


async def test_a_head_that_is_too_large_is_a_431(meeting: Meeting) -> None:
    head = upgrade("/v1/realtime", "{host}", "X: " + "x" * 70_000).format(host=meeting.stand.host)
    await meeting.client.sends(head.encode())
    assert await status(meeting.client) == 431
    assert not meeting.upstream.contacted


async def test_a_head_that_is_slow_to_come_is_cut_off(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rtdebug.proxy.connection._HEAD_SECONDS", 0.3)
    slow = await dial(meeting.stand.port)
    began = time.monotonic()
    await slow.sends(b"GET /v1/realtime HTTP/1.1\r\n")
    dribbling = asyncio.create_task(slow.dribbles(b"X: y\r\n" * 10_000))
    assert await status(slow) == 408
    assert await slow.ended() in ("eof", "reset")
    assert time.monotonic() - began < 2.8
    dribbling.cancel()
    slow.hangs_up()


async def test_more_clients_than_allowed_are_turned_away(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path, most_connections=3) as stand:
        clients = [await dial(stand.port) for _ in range(3)]
        await asyncio.sleep(0.05)
        late = await dial(stand.port)
        assert await status(late) == 503
        assert await late.ended() in ("eof", "reset")
        clients[0].hangs_up()
        await asyncio.sleep(0.05)
        again = await dial(stand.port)
        await again.sends(get("evil.example"))
        assert await status(again) == 403
        for end in (*clients, late, again):
            end.hangs_up()
    assert any("--max-connections" in line for line in stand.said)


async def test_clients_that_say_nothing_count_under_tls_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    options = {"most_connections": 3, "tls": True}
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path, **options) as stand:
        clients = [await dial(stand.port) for _ in range(3)]
        await asyncio.sleep(0.05)
        late = await dial(stand.port)
        assert await late.ended() in ("eof", "reset")
        for end in (*clients, late):
            end.hangs_up()


async def test_listening_to_other_machines_must_be_meant(tmp_path: Path) -> None:
    with listening_upstream() as upstream:
        with (
            pytest.raises(UsageError, match="--allow-remote"),
            proxy_before(upstream.url, tmp_path, listen="0.0.0.0:0"),
        ):
            pass
        options = {"listen": "0.0.0.0:0", "allow_remote": True}
        with proxy_before(upstream.url, tmp_path, **options) as stand:
            client = await dial(stand.port)
            await client.sends(upgrade(host="192.168.1.7").encode())
            server = await upstream.answers()
            assert await server.head()
            for end in (client, server):
                end.hangs_up()
