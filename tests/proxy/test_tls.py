"""TLS on either side: an upstream is trusted only with a good certificate, and clients get one of this machine's."""

import asyncio
import datetime
import os
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import trustme

from rtdebug.errors import UsageError
from rtdebug.proxy.tls import bundle_with, local_context

from .calls import REJECTION
from .frames import CLOSE, TEXT, asking, closing, frame, granting
from .stand import LOOPS, proxy_before
from .vault import ANSWER, BLOCK, FLOOD, HELLO, vault
from .wiretap import PATIENCE, dial, listening_upstream

PAST = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "upstream-ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.mark.parametrize("loop", LOOPS)
async def test_a_private_authority_is_trusted_when_it_is_named(
    authority: trustme.CA, ca_file: Path, tmp_path: Path, loop: str
) -> None:
    async with vault(authority.issue_cert("localhost")) as upstream:
        with proxy_before(upstream.url, tmp_path / "out", loop=loop, upstream_ca=ca_file) as stand:
            client = await dial(stand.port)
            await client.sends(asking(stand.host) + HELLO)
            expected = granting() + ANSWER + REJECTION
            await client.has(len(expected))
            assert await client.ended() == "eof"
            client.hangs_up()
    assert bytes(client.received) == expected
    assert bytes(upstream.received) == HELLO
    assert f"Host: localhost:{upstream.port}\r\n".encode() in upstream.asked[0]
    assert stand.recording().verdict().clean
    assert stand.recording().said("client") == [("message", b"hello")]


@pytest.mark.parametrize("loop", LOOPS)
async def test_an_upstream_that_resets_under_tls_is_no_orderly_end(
    authority: trustme.CA, ca_file: Path, tmp_path: Path, loop: str
) -> None:
    async with vault(authority.issue_cert("localhost"), "reset") as upstream:
        with proxy_before(upstream.url, tmp_path / "out", loop=loop, upstream_ca=ca_file) as stand:
            client = await dial(stand.port)
            await client.sends(asking(stand.host) + HELLO)
            await client.has(len(granting() + ANSWER + REJECTION))
            assert await client.ended() == "reset"
            client.hangs_up()


@pytest.mark.parametrize("how", ["half_closes", "resets"])
async def test_an_upstream_under_tls_learns_how_its_client_left(
    authority: trustme.CA, ca_file: Path, tmp_path: Path, how: str
) -> None:
    goodbye = frame(0x80 | CLOSE, closing(1000, "bye"), masked=True)
    async with vault(authority.issue_cert("localhost"), "wait") as upstream:
        with proxy_before(upstream.url, tmp_path / "out", upstream_ca=ca_file) as stand:
            client = await dial(stand.port)
            await client.sends(asking(stand.host) + HELLO)
            await client.has(len(granting() + ANSWER))
            await client.sends(goodbye)
            await asyncio.sleep(0.05)
            getattr(client, how)()
            await asyncio.wait_for(upstream.left.wait(), PATIENCE)
            client.hangs_up()
    assert upstream.ending == {"half_closes": "eof", "resets": "ConnectionResetError"}[how]
    assert how == "resets" or bytes(upstream.received) == HELLO + goodbye


DISTRUSTED = ["unknown", "wrong-host", "expired", "an-old-protocol", "no-tls-at-all"]


@pytest.mark.parametrize("why", DISTRUSTED)
async def test_an_upstream_that_cannot_be_trusted_is_sent_nothing(
    authority: trustme.CA, ca_file: Path, tmp_path: Path, why: str
) -> None:
    issued = authority.issue_cert("elsewhere.example" if why == "wrong-host" else "localhost")
    if why == "expired":
        issued = authority.issue_cert("localhost", not_before=PAST, not_after=PAST + datetime.timedelta(days=9))
    limits = {"version": ssl.TLSVersion.TLSv1_1} if why == "an-old-protocol" else {}
    with pytest.warns(DeprecationWarning) if limits else pytest.MonkeyPatch.context():
        serving = vault(issued, **limits)
        upstream = await serving.__aenter__()
    with listening_upstream() as plain:
        url = f"wss://localhost:{plain.port}" if why == "no-tls-at-all" else upstream.url
        trusted = None if why == "unknown" else ca_file
        with proxy_before(url, tmp_path / "out", upstream_ca=trusted) as stand:
            client = await dial(stand.port)
            await client.sends(asking(stand.host, "Authorization: Bearer sk-not-for-them"))
            if why == "no-tls-at-all":
                server = await plain.answers()
                await server.has(3)
                await server.sends(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                assert b"sk-not" not in server.received
                await server.ended()
                server.hangs_up()
            assert (await client.head()).startswith(b"HTTP/1.1 502 ")
            client.hangs_up()
    assert upstream.asked == []
    await serving.__aexit__(None, None, None)
    if why in ("unknown", "wrong-host", "expired"):
        assert "certificate" in stand.recording().of_kind("opened")[0]["error"]


async def greet(port: int, trust: ssl.SSLContext | None) -> bytes:
    """Be refused by the proxy, under TLS or not: enough to see that it answers."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=trust, server_hostname="localhost" if trust else None
    )
    writer.write(asking("evil.example"))
    answer = await asyncio.wait_for(reader.readline(), PATIENCE)
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize("loop", LOOPS)
async def test_one_port_serves_tls_and_plain_with_an_authority_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loop: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    authorities = set()
    with listening_upstream() as upstream:
        for _ in range(2):
            with proxy_before(upstream.url, tmp_path / "out", loop=loop, tls=True) as stand:
                assert stand.ca is not None
                authorities.add(stand.ca.read_bytes())
                trust = ssl.create_default_context(cafile=stand.ca)
                assert (await greet(stand.port, trust)).startswith(b"HTTP/1.1 403 ")
                assert (await greet(stand.port, None)).startswith(b"HTTP/1.1 403 ")
                with pytest.raises(ssl.SSLCertVerificationError):
                    await greet(stand.port, ssl.create_default_context())
    assert len(authorities) == 1
    assert (stand.ca.with_name("ca-key.pem").stat().st_mode & 0o777) == 0o600
    assert (stand.ca.parent.stat().st_mode & 0o777) == 0o700


def shake_hands(serving: ssl.SSLContext, ca: Path) -> None:
    """Let a client that trusts this authority meet this server; raise SSLError where it does not trust it."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context(cafile=ca).wrap_bio(down, up, server_hostname="localhost")
    server = serving.wrap_bio(up, down, server_side=True)
    waiting = [client, server]
    while waiting:
        for end in list(waiting):
            try:
                end.do_handshake()
                waiting.remove(end)
            except ssl.SSLWantReadError:
                pass


@pytest.fixture
def authority_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "rtdebug"


@pytest.mark.parametrize("links", [True, False], ids=["links", "no-links"])
def test_first_runs_at_once_make_one_authority(
    authority_folder: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    several, make = 6, trustme.CA.__init__
    barrier = Barrier(several)

    def together(self: trustme.CA, *, organization_name: str | None = None) -> None:
        make(self, organization_name=organization_name)
        if organization_name is not None:
            barrier.wait(PATIENCE)  # none has put its own in place before all have seen that there is none

    def begin(_: int) -> tuple[ssl.SSLContext, bytes]:
        context, ca = local_context(())
        return context, ca.read_bytes()

    monkeypatch.setattr(trustme.CA, "__init__", together)
    with ThreadPoolExecutor(several) as pool:
        begun = list(pool.map(begin, range(several)))
    if links:
        assert len({ca for _, ca in begun}) == 1
        for context, _ in begun:
            shake_hands(context, authority_folder / "ca.pem")
    monkeypatch.setattr(trustme.CA, "__init__", make)
    kept = (authority_folder / "ca-key.pem").read_bytes()
    shake_hands(*local_context(()))
    assert (authority_folder / "ca-key.pem").read_bytes() == kept
    assert {path.name for path in authority_folder.iterdir()} == {"ca-key.pem", "ca.pem"}


def put_apart(folder: Path, certificate: trustme.CA | None, key: trustme.CA) -> None:
    """Put an authority there whose files hold one half each."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ca-key.pem").write_bytes(key.private_key_pem.bytes())
    if certificate is not None:
        (folder / "ca.pem").write_bytes(certificate.cert_pem.bytes())


def test_an_authority_in_two_halves_is_used_on(authority: trustme.CA, authority_folder: Path) -> None:
    put_apart(authority_folder, authority, authority)
    context, ca = local_context(())
    assert ca.read_bytes() == authority.cert_pem.bytes()
    shake_hands(context, ca)


@pytest.mark.parametrize("half", ["of-another", "missing", "torn"])
def test_halves_that_do_not_belong_together_are_made_anew(
    authority: trustme.CA, authority_folder: Path, half: str
) -> None:
    put_apart(authority_folder, None if half == "missing" else authority, trustme.CA())
    if half == "torn":
        (authority_folder / "ca-key.pem").write_bytes(authority.private_key_pem.bytes()[:90])
    for _ in range(2):
        shake_hands(*local_context(()))
    made = (authority_folder / "ca.pem").read_bytes()
    assert made != authority.cert_pem.bytes()
    (authority_folder / "ca.pem").unlink()
    shake_hands(*local_context(()))
    assert (authority_folder / "ca.pem").read_bytes() == made


def test_a_bundle_holds_the_usual_certificates_and_ours(
    authority: trustme.CA, authority_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = tmp_path / "usual.pem"
    usual.write_bytes(authority.cert_pem.bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(usual))
    _, ca = local_context(())
    bundle = bundle_with(ca)
    assert bundle is not None and bundle == bundle_with(ca)
    assert bundle.read_bytes() == usual.read_bytes() + b"\n" + ca.read_bytes()
    assert {path.name for path in authority_folder.iterdir()} == {"ca-key.pem", "ca.pem", bundle.name}


@pytest.mark.parametrize("loop", LOOPS)
async def test_a_call_under_tls_is_passed_and_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loop: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    big = frame(0x80 | TEXT, b"b" * 3_000_000, masked=True)
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path / "out", loop=loop, tls=True) as stand:
        trust = ssl.create_default_context(cafile=stand.ca)
        reader, writer = await asyncio.open_connection("localhost", stand.port, ssl=trust, family=socket.AF_INET)
        writer.write(asking(stand.host) + HELLO + big)
        server = await upstream.answers()
        await server.head()
        await server.sends(granting() + ANSWER)
        assert await reader.readexactly(len(granting() + ANSWER)) == granting() + ANSWER
        await server.has(len(HELLO + big))
        await server.sends(big + REJECTION)
        server.half_closes()
        assert await asyncio.wait_for(reader.read(), PATIENCE) == big + REJECTION
        assert bytes(server.received) == HELLO + big
        writer.close()
        await writer.wait_closed()
        await server.ended()
        server.hangs_up()
    assert stand.recording().verdict().clean


async def test_ones_own_certificate_is_served(authority: trustme.CA, tmp_path: Path) -> None:
    issued = authority.issue_cert("localhost")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(key)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(trust)
    with listening_upstream() as upstream:
        with proxy_before(upstream.url, tmp_path / "out", certificate=chain, key=key) as stand:
            assert (await greet(stand.port, trust)).startswith(b"HTTP/1.1 403 ")
        with pytest.raises(UsageError, match="--cert"), proxy_before(upstream.url, tmp_path / "out", certificate=chain):
            pass


@pytest.mark.load
@pytest.mark.parametrize("loop", LOOPS)
async def test_an_upstream_under_tls_is_held_back_by_a_client_that_does_not_read(
    authority: trustme.CA, ca_file: Path, tmp_path: Path, loop: str
) -> None:
    async with vault(authority.issue_cert("localhost"), "flood") as upstream:
        with proxy_before(upstream.url, tmp_path / "out", loop=loop, upstream_ca=ca_file) as stand:
            client = await dial(stand.port, receive_buffer=65536)
            await client.sends(asking(stand.host) + HELLO)
            await asyncio.sleep(0.7)
            assert upstream.sent < 24 << 20
            client.begin_reading()
            await client.ended()
            client.hangs_up()
    assert upstream.sent >= FLOOD
    assert len(client.received) == len(granting() + ANSWER) + upstream.sent
    assert client.received.endswith(BLOCK)
    assert stand.recording().verdict().clean


@pytest.mark.load
@pytest.mark.parametrize("loop", LOOPS)
async def test_a_client_under_tls_that_does_not_read_holds_its_server_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loop: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path / "out", loop=loop, tls=True) as stand:
        trust = ssl.create_default_context(cafile=stand.ca)
        reader, writer = await asyncio.open_connection("localhost", stand.port, ssl=trust, family=socket.AF_INET)
        writer.write(asking(stand.host))
        server = await upstream.answers()
        await server.head()
        await server.sends(granting())
        await reader.readuntil(b"\r\n\r\n")
        sent, data = 0, memoryview(BLOCK * (FLOOD // len(BLOCK)))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.7):
                while sent < len(data):
                    sent += await server.sends_some(data[sent : sent + (1 << 20)])
        assert sent < 24 << 20
        reading = asyncio.create_task(reader.read())
        while sent < len(data):
            sent += await server.sends_some(data[sent : sent + (1 << 20)])
        server.half_closes()
        assert await reading == bytes(data)
        writer.close()
        await writer.wait_closed()
        await server.ended()
        server.hangs_up()
    assert stand.recording().verdict().clean
