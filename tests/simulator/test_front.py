import pytest

from rtdebug.simulator.front import PlainHttp, is_upgrade
from rtdebug.simulator.http import Answer, Request

POST = b"POST /v1/x?y=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX-Word: hi\r\n\r\nhello"
CHUNKED = b"POST /v1/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"


@pytest.mark.parametrize("request_bytes", [POST, CHUNKED])
@pytest.mark.parametrize("chunk", [1, 10, 1000])
def test_a_request_is_answered_when_it_is_complete(request_bytes: bytes, chunk: int) -> None:
    asked: list[Request] = []
    http = PlainHttp(lambda request: asked.append(request) or Answer(201, {"x-id": "7"}, b"fine"))
    pieces = [request_bytes[at : at + chunk] for at in range(0, len(request_bytes), chunk)]
    replies = [http.receive(piece) for piece in pieces]
    assert replies[:-1] == [b""] * (len(pieces) - 1)
    assert replies[-1].startswith(b"HTTP/1.1 201 Created\r\nx-id: 7\r\n")
    assert replies[-1].endswith(b"\r\n\r\nfine")
    (request,) = asked
    assert (request.method, request.path.partition("?")[0], request.body) == ("POST", "/v1/x", b"hello")
    assert request.header("HOST") == "a"
    assert request.header("x-none") is None


def test_what_is_no_http_is_a_bad_request_once() -> None:
    http = PlainHttp(lambda request: Answer(200))
    assert http.receive(b"POST /\r\n\r\n").startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert http.receive(b"more") == b""


def test_an_upgrade_is_told_by_its_header_alone() -> None:
    assert is_upgrade(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\nConnection: upgrade")
    assert not is_upgrade(b"GET /?upgrade:websocket HTTP/1.1\r\nHost: a\r\nConnection: upgrade: websocket")
    assert not is_upgrade(b"GET / HTTP/1.1\r\nUpgrade: h2c")


@pytest.mark.parametrize(
    ("method", "given", "told"),
    [
        (b"HEAD", Answer(200, {}, b"fine"), b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\n"),
        (b"GET", Answer(204, {}), b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"),
        (b"GET", Answer(304, {}, b"odd"), b"HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n"),
    ],
)
def test_answers_without_a_body(method: bytes, given: Answer, told: bytes) -> None:
    assert PlainHttp(lambda request: given).receive(method + b" / HTTP/1.1\r\nHost: a\r\n\r\n") == told


@pytest.mark.parametrize("given", [Answer(101), Answer(200, {"no name": "x"}), Answer(200, {"x": "two\r\nlines"})])
def test_an_answer_that_http_does_not_have_is_still_one(given: Answer) -> None:
    told = PlainHttp(lambda request: given).receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 500 ")
    assert told.endswith(b"\r\n\r\n")


def test_headers_keep_their_letters() -> None:
    given = Answer(200, {"x-where": "Zürich"}, b"")
    told = PlainHttp(lambda request: given).receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert "x-where: Zürich\r\n".encode("latin-1") in told
