"""Keys in every place a client can put one are forwarded intact, and are in no byte that rtdebug leaves behind."""

import asyncio
import gzip
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from .parties import Proxy

SECRETS = {
    "bearer": "sk-proj-BEARERabcdefgh_ijkl-0123456789",
    "api-key header": "azureheader0123456789abcdef",
    "query": "azurequery0123456789abcdef",
    "subprotocol": "browserkey0123456789abcdef",
    "cookie": "cookievalue0123456789abcdef",
    "set-cookie": "setcookievalue0123456789ab",
    "ephemeral": "ek_0123456789abcdefEPHEMERAL",
    "client secret": "client-secret-of-no-known-form",
    "mcp authorization": "mcp-authorization-0123456789",
    "mcp header": "mcp-header-value-0123456789",
    "other key": "sk-OTHERkey0123456789",
    "injected": "injected-key-from-the-environment",
}
MASKED = "abcd********wxyz"
TOOLS = [{"type": "mcp", "authorization": SECRETS["mcp authorization"], "headers": {"X": SECRETS["mcp header"]}}]
UPDATE = json.dumps({"type": "session.update", "session": {"tools": TOOLS}})
SAYS = [
    UPDATE,
    UPDATE.encode(),  # as a binary message
    UPDATE.replace("}", ', "n": NaN}', 1),
    json.dumps({"type": "x", "text": f"my key is {SECRETS['other key']}", "padding": "x" * 3000}),
    f"not JSON: {SECRETS['ephemeral']} and {SECRETS['api-key header']}",
    b"\xff\x00" + SECRETS["query"].encode() + b"\xfe",
]


def all_bytes(out: Path) -> bytes:
    return b"".join(path.read_bytes() + str(path).encode() for path in out.rglob("*") if path.is_file())


def found_in(data: bytes) -> list[str]:
    return [name for name, secret in {**SECRETS, "masked": MASKED}.items() if secret.encode() in data]


class Echo:
    """An upstream that gives every secret back: in messages, errors, the close reason and cookies."""

    def __init__(self) -> None:
        self.request: Request | None = None
        self.received: list[str | bytes] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        options = {"select_subprotocol": lambda _, offered: offered[0] if offered else None}
        async with serve(self._serve, "127.0.0.1", 0, process_response=_with_cookie, **options) as server:
            yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"

    async def _serve(self, link: ServerConnection) -> None:
        self.request = link.request
        created = {"client_secret": {"value": SECRETS["client secret"], "expires_at": 1}, "tools": TOOLS}
        await link.send(json.dumps({"type": "session.created", "session": created}))
        for name, secret in SECRETS.items():
            if name not in ("mcp authorization", "mcp header", "cookie", "set-cookie", "client secret", "injected"):
                error = {"message": f"Incorrect API key provided: {secret} ({MASKED}). Find your API key."}
                await link.send(json.dumps({"type": "error", "error": error}))
        try:
            async for message in link:
                self.received.append(message)
                await link.send(message)
                if len(self.received) == len(SAYS):
                    await link.ping(SECRETS["bearer"].encode())
                    await link.close(4000, f"bad key {SECRETS['bearer']} or {MASKED}")
        except ConnectionClosed:
            pass


def _with_cookie(_link: ServerConnection, _request: Request, response: Response) -> None:
    response.headers["Set-Cookie"] = f"__cf_bm={SECRETS['set-cookie']}; path=/; HttpOnly"


@pytest.mark.parametrize("compression", ["deflate", None])
async def test_no_secret_of_a_call_is_left_and_each_is_forwarded(compression: str | None, tmp_path: Path) -> None:
    echo = Echo()
    headers = Headers({"Authorization": f"Bearer {SECRETS['bearer']}", "api-key": SECRETS["api-key header"]})
    headers["Cookie"] = f"session={SECRETS['cookie']}"
    protocols = ["realtime", f"openai-insecure-api-key.{SECRETS['subprotocol']}"]
    got: list[str | bytes] = []
    async with echo.running() as url, Proxy(url, tmp_path / "out") as proxy:
        path = proxy.url(f"/v1/realtime?model=m&api-key={SECRETS['query']}")
        async with connect(
            path, additional_headers=headers, subprotocols=protocols, compression=compression, proxy=None
        ) as link:
            for message in SAYS:
                await link.send(message)
            try:
                while True:
                    got.append(await link.recv())
            except ConnectionClosed:
                assert SECRETS["bearer"] in link.close_reason
        assert link.response is not None
        assert SECRETS["set-cookie"] in link.response.headers["Set-Cookie"]
        assert await proxy.stop() == 0
    assert echo.received == SAYS
    assert got[-len(SAYS) :] == SAYS
    assert echo.request is not None
    assert found_in(repr((echo.request.path, list(echo.request.headers.raw_items()))).encode()) == [
        *("bearer", "api-key header", "query", "subprotocol", "cookie")
    ]
    left = all_bytes(tmp_path / "out")
    assert b"[redacted]" in left
    assert found_in(left) == []
    assert found_in((proxy.talk + proxy.stdout).encode()) == []


class Service:
    """An HTTP upstream that answers every request with the same bytes, and keeps what it was asked."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.asked = b""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
        self.asked += head + await reader.readexactly(size)
        writer.write(self.answer)
        await writer.drain()
        writer.close()


async def ask(host: str, *, path: str, body: bytes, fields: list[str]) -> bytes:
    reader, writer = await asyncio.open_connection(*host.split(":"))
    head = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}", "Connection: close", *fields]
    writer.write("\r\n".join([*head, "", ""]).encode() + body)
    answer = await reader.read()
    writer.close()
    return answer


ASKED = json.dumps({"session": {"type": "realtime", "tools": TOOLS}, "note": SECRETS["other key"]}).encode()
FORM = b'--b\r\nContent-Disposition: form-data; name="session"\r\n\r\n' + ASKED + b"\r\n--b--\r\n"
ANSWERED = {
    "value": SECRETS["ephemeral"],
    "client_secret": {"value": SECRETS["client secret"]},
    "session": {"tools": TOOLS},
}


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("body", [ASKED, FORM], ids=["json", "form"])
async def test_no_secret_of_an_http_exchange_is_left_and_each_is_forwarded(
    coding: str, body: bytes, tmp_path: Path
) -> None:
    answered = json.dumps(ANSWERED).encode()
    answered = gzip.compress(answered) if coding == "gzip" else answered
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: {coding}\r\n"
    head += f"Set-Cookie: a={SECRETS['set-cookie']}\r\nContent-Length: {len(answered)}\r\n\r\n"
    service = Service(head.encode() + answered)
    kind = "application/json" if body == ASKED else "multipart/form-data; boundary=b"
    fields = [f"Authorization: Bearer {SECRETS['bearer']}", f"Cookie: a={SECRETS['cookie']}", f"Content-Type: {kind}"]
    fields += [f"api-key: {SECRETS['api-key header']}"]
    async with service.running() as url, Proxy(url, tmp_path / "out") as proxy:
        path = f"/v1/realtime/client_secrets?token={SECRETS['query']}"
        answer = await ask(proxy.host, path=path, body=body, fields=fields)
        assert await proxy.stop() == 0
    assert answer == service.answer
    assert body in service.asked
    assert set(found_in(service.asked)) >= {"bearer", "api-key header", "query", "cookie", "mcp header"}
    left = all_bytes(tmp_path / "out")
    assert b"client_secrets" in left
    assert found_in(left) == []
    assert found_in((proxy.talk + proxy.stdout).encode()) == []


async def test_the_injected_key_and_its_token_are_not_left(tmp_path: Path) -> None:
    echo = Echo()
    env = {**os.environ, "MY_KEY": SECRETS["injected"]}
    async with (
        echo.running() as url,
        Proxy(url, tmp_path / "out", "--inject-key", "MY_KEY", env=env) as proxy,
    ):
        token = proxy.talk.partition("API key: ")[2].split()[0]
        headers = {"Authorization": f"Bearer {token}"}
        async with connect(proxy.url(), additional_headers=headers, proxy=None) as link:
            await link.recv()
            await link.send(f"echo {SECRETS['injected']} and {token}")
            await asyncio.sleep(0.3)
        assert await proxy.stop() == 0
    assert echo.request is not None
    assert echo.request.headers["Authorization"] == f"Bearer {SECRETS['injected']}"
    left = all_bytes(tmp_path / "out")
    assert b"echo [redacted] and [redacted]" in left
    assert SECRETS["injected"].encode() not in left
    assert token.encode() not in left
    assert SECRETS["injected"] not in proxy.talk
