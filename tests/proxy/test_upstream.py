"""The upstream as people write it: with the API's own path, without, or as no URL at all."""

from pathlib import Path

import pytest

from rtdebug.errors import UpstreamError, UsageError
from rtdebug.proxy.upstream import parse_upstream

from .frames import asking
from .meeting import Meeting, post
from .stand import proxy_before
from .wiretap import dial, listening_upstream

GONE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("path", "base", "target", "asked"),
    [
        ("", "/v1", "/v1/realtime", "/v1/realtime"),
        ("/v1", "/v1", "/v1/realtime", "/v1/realtime"),
        ("/v1/", "/v1", "/realtime", "/v1/realtime"),
        ("/v1", "/v1", "/v1/realtime/client_secrets", "/v1/realtime/client_secrets"),
        ("/v1", "/v1", "/v1beta/realtime", "/v1/v1beta/realtime"),
        ("/v1/realtime", "/v1", "/v1/realtime", "/v1/realtime"),
        ("/v1/realtime/", "/v1", "/realtime", "/v1/realtime"),
        ("/realtime", "", "/realtime", "/realtime"),
        ("/gate/way", "/v1", "/v1/realtime", "/gate/way/v1/realtime"),
        ("/gate/v1", "/v1", "/v1/realtime", "/gate/v1/realtime"),
        ("/openai/v1", "/v1", "/v1/realtime", "/openai/v1/realtime"),
        ("/openai/v1", "/v1", "/openai/v1/realtime", "/openai/v1/realtime"),
        ("/openai/v1", "/v1", "/openai/realtime", "/openai/realtime"),
        ("/openai", "/v1", "/openai/v1/realtime", "/openai/v1/realtime"),
        ("/openai", "/v1", "/v1/realtime", "/openai/v1/realtime"),
        ("/openai/realtime", "", "/realtime", "/openai/realtime"),
    ],
)
async def test_the_apis_own_path_is_asked_for_once(
    tmp_path: Path, path: str, base: str, target: str, asked: str
) -> None:
    with listening_upstream() as upstream, proxy_before(upstream.url + path, tmp_path) as stand:
        assert stand.base_url == f"http://{stand.host}{base}"
        meeting = Meeting(upstream, stand, await dial(stand.port))
        head = await meeting.asks(asking(stand.host, target=f"{target}?model=m&key=/v1/"))
        assert head.startswith(f"GET {asked}?model=m&key=/v1/ HTTP/1.1\r\n".encode())
        meeting.part()


async def test_what_leads_nowhere_is_told_with_where_it_led_and_without_its_query(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_before(f"{upstream.url}/gate", tmp_path) as stand:
        meeting = Meeting(upstream, stand, await dial(stand.port))
        for _ in range(2):
            await meeting.asks(asking(stand.host, target="/v1/realtime?model=m&api-key=sk-hidden"))
            await meeting.answers(GONE)
            await meeting.client_gets(GONE)
            meeting.client.received.clear()
        for target in ("/v1/realtime/client_secrets", "/v1/models/none"):
            await meeting.asks(post(stand.host, b"{}", target=target))
            await meeting.answers(GONE)
            await meeting.client_gets(GONE)
            meeting.client.received.clear()
        meeting.part()
    whence = f"--upstream is {upstream.url}/gate"
    assert stand.said == [
        f"{upstream.url}/gate{asked} answered 404 Not Found: the client asked for {asked}, {whence}"
        for asked in ("/v1/realtime", "/v1/realtime/client_secrets")
    ]


async def test_a_base_url_without_the_apis_path_is_told(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path) as stand:
        meeting = Meeting(upstream, stand, await dial(stand.port))
        await meeting.asks(asking(stand.host, target="/realtime?model=m"))
        await meeting.answers(GONE)
        await meeting.client_gets(GONE)
        meeting.part()
    assert stand.said[0].endswith(f"--upstream is {upstream.url}. A client's base URL has to end with /v1")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("foo", "say wss://foo for a server with TLS, ws://foo for one without"),
        ("localhost:9000", "ws://localhost:9000 for one without"),
        ("127.0.0.1:9000", "ws://127.0.0.1:9000 for one without"),
        ("https://[", "expected wss://host"),
        ("ftp://host", "expected wss://host"),
        ("ws://host:x", "the port is not a number"),
        ("wss://host/v1/realtime?model=m&api-key=sk-hidden", "here wss://host/v1/realtime; clients bring the rest"),
        ("https://me:sk-hidden@host:1/v1#x", "here https://host:1/v1; clients bring the rest"),
        ("me:sk-hidden@host/v1/", "here wss://host/v1; clients bring the rest"),
        ("wss://:sk-hidden@host", "here wss://host; clients bring the rest"),
        ("wss://me:hidden@host:99999/v1", "here wss://host:99999/v1; clients bring the rest"),
        ("wss://me:hidden@[::1/v1", "--upstream wss://[::1/v1: expected wss://host"),
        ("wss://me:hidden@", "--upstream wss://: expected wss://host"),
        ("ftp://me:hidden@host/v1?key=hidden", "--upstream ftp://host/v1: expected wss://host"),
        ("wss://me:hid/hidden@host/v1", "--upstream wss://…: the port is not a number"),
        ("wss://me:hid?hidden@host/v1", "here wss://…; clients bring the rest"),
        ("wss://host:x/v1?key=hidden", "here wss://host:x/v1; clients bring the rest"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_could_be(url: str, told: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_upstream(url)
    assert told in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_a_domain_alone_is_meant_over_tls() -> None:
    assert parse_upstream("api.x.ai").url == "wss://api.x.ai"


async def test_a_name_that_no_host_can_have_has_no_address() -> None:
    with pytest.raises(UpstreamError, match=r"ws://a\.\.b has no address"):
        await parse_upstream("ws://a..b").dial()
