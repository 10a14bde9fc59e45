"""Handshakes that became no call, through a real proxy: what every report says of them."""

import datetime
import json
import re
import socket
from pathlib import Path

import pytest
import trustme

from rtdebug.tui.call.call import Call
from rtdebug.tui.call.facts import facts
from rtdebug.tui.call.findings import find
from rtdebug.tui.call.seen import Seen
from rtdebug.tui.cells import text_of
from rtdebug.tui.pages.findings import findings_page
from rtdebug.tui.pages.heading import heading
from tests.cli.terminal import rtdebug
from tests.proxy.calls import call as begin_call
from tests.proxy.frames import asking
from tests.proxy.stand import proxy_before
from tests.proxy.vault import vault
from tests.proxy.wiretap import dial, listening_upstream
from tests.tui.timeline.scenes import drawn, row, scene_of

KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz012345"
BODY = json.dumps({"error": {"message": f"nope, no deployment for {KEY}", "code": "DeploymentNotFound"}})


def answer(status: str, body: str = BODY, kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return (head + body).encode()


def target(request: bytes) -> bytes:
    line, _, rest = request.partition(b"\r\n")
    return line.replace(line.split()[1], b"/openai/v1/realtime?model=my-gpt") + b"\r\n" + rest


async def refused(out: Path, response: bytes) -> Path:
    with listening_upstream() as upstream, proxy_before(upstream.url, out) as stand:
        client = await dial(stand.port)
        await client.sends(target(asking(stand.host, f"Authorization: Bearer {KEY}")))
        server = await upstream.answers()
        await server.head()
        await server.sends(response)
        await client.has(len(response))
        await stand.recorded()
        client.hangs_up()
        server.hangs_up()
    return stand.recording().folder


async def unreachable(out: Path) -> Path:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with proxy_before(f"ws://127.0.0.1:{port}", out) as stand:
        client = await dial(stand.port)
        await client.sends(target(asking(stand.host)))
        await stand.recorded()
        client.hangs_up()
    return stand.recording().folder


def words(*arguments: object) -> str:
    return " ".join(rtdebug(*arguments, COLUMNS="120").text.split())


def codes(folder: Path) -> list[str]:
    return re.findall(r"RT\d+", rtdebug("lint", folder, "--select", "RT2", COLUMNS="120").text)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("401 Unauthorized", "look at the key"),
        ("403 Forbidden", "what the key and its project may use"),
        ("404 Not Found", "the model's or deployment's name and the URL's path"),
        ("429 Too Many Requests", "look at the quota and the rate limits"),
        ("500 Oops", "look at the service"),
        ("200 OK", "look at the URL"),
    ],
)
async def test_a_refusal_is_told_in_the_servers_words_and_with_what_to_do(
    tmp_path: Path, status: str, advice: str
) -> None:
    folder = await refused(tmp_path, answer(status))
    linted = rtdebug("lint", folder, COLUMNS="120")
    told = " ".join(linted.text.split())
    assert linted.status == 1
    assert f"RT204 connection-refused #2 the server refused the connection with HTTP {status}: nope, no depl" in told
    assert "(DeploymentNotFound)" in told
    assert advice in told
    assert KEY not in linted.text


async def test_a_token_that_expired_is_no_session_that_did(tmp_path: Path) -> None:
    body = json.dumps({"error": {"message": "Ephemeral token has expired"}})
    folder = await refused(tmp_path, answer("401 Unauthorized", body))
    assert codes(folder) == ["RT204"]
    assert "HTTP 401 Unauthorized: Ephemeral token has expired; look at the key" in words("lint", folder)


async def test_so_is_a_certificate_that_expired(tmp_path: Path) -> None:
    authority, long_ago = trustme.CA(), datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    authority.cert_pem.write_to_path(ca := tmp_path / "ca.pem")
    certificate = authority.issue_cert("localhost", not_before=long_ago, not_after=long_ago + datetime.timedelta(9))
    async with vault(certificate) as upstream:
        with proxy_before(upstream.url, tmp_path / "out", upstream_ca=ca) as stand:
            client = await dial(stand.port)
            await client.sends(asking(stand.host))
            await stand.recorded()
            client.hangs_up()
    folder = stand.recording().folder
    assert codes(folder) == ["RT205"]
    assert "expired" in words("lint", folder)


async def test_who_is_thrown_out_at_once_was_not_too_old(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path) as stand:
        client, server = await begin_call(upstream, stand)
        await server.says(json.dumps({"type": "session.created", "session": {"id": "sess_1"}}).encode())
        await server.closes(4000, "sess expired")
        for end in (client, server):
            end.half_closes()
        await stand.recorded()
        client.hangs_up()
        server.hangs_up()
    folder = stand.recording().folder
    assert codes(folder) == ["RT204"]
    assert "the server closed with 4000: sess expired" in words("lint", folder)


async def test_the_transcript_says_why_there_is_none(tmp_path: Path) -> None:
    folder = await refused(tmp_path, answer("401 Unauthorized", '{"error": "no *such* --> key"}'))
    told = "refused by the server with HTTP 401 Unauthorized: no *such* --> key"
    assert rtdebug("transcript", folder).text.endswith("\n\n*" + told.replace("*such*", r"\*such\*") + "*\n")
    (line,) = map(json.loads, rtdebug("transcript", folder, "--json").text.splitlines())
    assert (line["who"], line["kind"], line["text"], line["seq"]) == ("server", "refused", told, 2)
    subtitles = rtdebug("transcript", folder, "--format", "srt").text
    assert subtitles.endswith(f"\n[{told.replace('-->', '→')}]\n")
    assert subtitles.count("-->") == 1


async def test_the_session_on_a_page_knows_it(tmp_path: Path) -> None:
    folder = await refused(tmp_path, answer("404 Not Found"))
    told = words("show", folder)
    assert "ended refused by the server with HTTP 404 Not Found: nope, no deployment for" in told
    assert "model my-gpt (asked for)" in told
    assert "trouble 1 error" in told
    assert "refused with HTTP 404 Not Found — nope, no deployment" in words("show", folder, "--only", "errors")
    assert KEY not in told
    session = json.loads(rtdebug("show", folder, "--json").text)["session"]
    assert session["model"] == "my-gpt"
    assert (session["refusal"]["status"], session["refusal"]["code"]) == (404, "DeploymentNotFound")
    assert session["ending"]["seq"] == 2


async def test_the_screens_know_it(tmp_path: Path) -> None:
    folder = await refused(tmp_path, answer("404 Not Found"))
    call = Call(folder)
    call.step(10**12)
    page = "\n".join(text_of(row.line) for row in findings_page(call.recorded(), find(folder), 90))
    assert "▲ error  RT204 connection-refused" in page
    assert "✔" not in page
    assert "refused by the server with HTTP 404" in text_of(heading(call.recorded(), 220)[0])
    assert "refused 404" in text_of(heading(call.recorded(), 50)[0])
    assert Seen(call).one(0).words.startswith("refused by the server with HTTP 404 Not Found: nope")
    assert facts(call).model == "my-gpt"
    assert row(drawn(*scene_of(folder)), "marks").split() == ["✕", "refused"]
    call.close()


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ('{"code": "forbidden", "error": "no credits left"}', "application/json", "no credits left (forbidden)"),
        ('{"detail": "Not Found"}', "application/json", "Not Found"),
        ('{"statusCode": 404, "message": "Resource not found"}', "application/json", "Resource not found"),
        ("<html><head><title>502 Bad Gateway</title></head><body>x</body></html>", "text/html", "502 Bad Gateway"),
        ("upstream connect error", "text/plain", "upstream connect error"),
        ("[1, 2]", "application/json", ""),
        ("", "text/plain", ""),
    ],
)
async def test_bodies_of_all_kinds_are_read(tmp_path: Path, body: str, kind: str, said: str) -> None:
    folder = await refused(tmp_path, answer("404 Not Found", body, kind))
    assert f"with HTTP 404 Not Found{f': {said}' if said else ''}; look at" in words("lint", folder)


async def test_a_redirection_says_where_to(tmp_path: Path) -> None:
    response = b"HTTP/1.1 307 Temporary\r\nLocation: wss://else.example/v1\r\nContent-Length: 0\r\n\r\n"
    folder = await refused(tmp_path, response)
    assert "HTTP 307 Temporary: it points to wss://else.example/v1; WebSocket clients" in words("lint", folder)


async def test_who_cannot_be_reached_is_no_matter_of_keys(tmp_path: Path) -> None:
    folder = await unreachable(tmp_path)
    told = words("lint", folder)
    assert "RT205 service-unreachable" in told
    assert "there was no call: ws://127.0.0.1" in told
    assert "RT204" not in told
    assert "ended ws://127.0.0.1" in words("show", folder)
    assert "no call — ws://127.0.0.1" in words("show", folder, "--only", "errors")
    assert "key" not in words("rule", "RT205").partition("What to do")[2]


async def test_a_client_that_did_not_wait_is_a_warning(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path) as stand:
        client = await dial(stand.port)
        await client.sends(target(asking(stand.host)))
        server = await upstream.answers()
        await server.head()
        client.hangs_up()
        await server.ended()
        server.hangs_up()
        await stand.recorded()
    folder = stand.recording().folder
    told = words("lint", folder)
    assert "warning RT205 service-unreachable" in told
    assert "the client left before the upstream answered" in told
