import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.wire.body import BodyError, BodyReader, request_body, response_body
from rtdebug.wire.handshake import parse_request, parse_response

GET = parse_request(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")


def asking(*fields: bytes) -> BodyReader:
    return request_body(parse_request(b"\r\n".join([b"POST / HTTP/1.1", b"Host: x", *fields, b"", b""])))


def answer(*lines: bytes, to: bytes = b"GET") -> BodyReader:
    request = parse_request(to + b" / HTTP/1.1\r\nHost: x\r\n\r\n")
    return response_body(request, parse_response(b"\r\n".join([*lines, b"", b""])))


def test_a_request_without_a_length_has_no_body() -> None:
    body = asking()
    assert body.feed(b"GET /next") == (b"", 0)
    assert body.done
    assert body.keeps_alive


def test_a_length_says_where_the_body_ends_and_what_follows_is_left() -> None:
    body = asking(b"Content-Length: 5")
    assert body.feed(b"he") == (b"he", 2)
    assert not body.done
    assert body.feed(b"lloGET /next") == (b"llo", 3)
    assert body.done


@given(st.data())
def test_chunks_are_followed_however_they_are_cut(data: st.DataObject) -> None:
    chunks = data.draw(st.lists(st.binary(min_size=1, max_size=40), max_size=4))
    wire = b"".join(b"%x;ext=1\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\nTrailer: x\r\n\r\n"
    cut = data.draw(st.integers(1, len(wire)))
    body = asking(b"Transfer-Encoding: chunked")
    first, used = body.feed(wire[:cut])
    assert used == cut
    second, used = body.feed(wire[cut:] + b"GET /next")
    assert used == len(wire) - cut
    assert first + second == b"".join(chunks)
    assert body.done


def test_an_answer_without_a_length_ends_with_its_stream() -> None:
    body = answer(b"HTTP/1.1 200 OK")
    assert body.feed(b"some")[0] == b"some"
    assert not body.done
    body.feed(b"")
    assert body.done
    assert not body.keeps_alive


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_some_answers_have_no_body_whatever_they_say(status: bytes) -> None:
    body = answer(b"HTTP/1.1 " + status, b"Content-Length: 10")
    assert body.feed(b"HTTP/1.1")[0] == b""
    assert body.done


def test_the_answer_to_a_head_request_has_no_body() -> None:
    body = answer(b"HTTP/1.1 200 OK", b"Content-Length: 10", to=b"HEAD")
    body.feed(b"")
    assert body.done


def test_a_connection_that_says_close_is_not_kept_alive() -> None:
    body = answer(b"HTTP/1.1 200 OK", b"Content-Length: 2", b"Connection: close")
    body.feed(b"ok")
    assert body.done
    assert not body.keeps_alive


@pytest.mark.parametrize(
    "fields",
    [
        [b"Content-Length: 5", b"Transfer-Encoding: chunked"],
        [b"Content-Length: 5", b"Content-Length: 6"],
        [b"Content-Length: -5"],
        [b"Content-Length: 5x"],
        [b"Transfer-Encoding: gzip, chunked"],
        [b"Transfer-Encoding: xchunked"],
    ],
)
def test_framing_that_two_readers_could_read_differently_is_refused(fields: list[bytes]) -> None:
    with pytest.raises(BodyError):
        asking(*fields)
    with pytest.raises(BodyError):
        answer(b"HTTP/1.1 200 OK", *fields)


def test_a_body_cut_short_by_the_end_of_its_stream_is_an_error() -> None:
    body = asking(b"Content-Length: 5")
    body.feed(b"he")
    with pytest.raises(BodyError):
        body.feed(b"")


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=5))
def test_garbage_raises_nothing_but_body_error(pieces: list[bytes]) -> None:
    body = asking(b"Transfer-Encoding: chunked")
    try:
        for piece in pieces:
            if body.done:
                break
            content, used = body.feed(piece)
            assert len(content) <= len(piece)
            assert 0 <= used <= len(piece)
    except BodyError as error:
        assert str(error)
