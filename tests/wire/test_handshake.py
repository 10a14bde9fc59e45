import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.wire.handshake import BadHead, parse_request, parse_response

UPGRADE = (
    b"GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\n"
    b"hOsT:  127.0.0.1:8787 \r\n"
    b"Upgrade: WebSocket\r\n"
    b"CONNECTION: keep-alive, Upgrade\r\n"
    b"X-Twice: one\r\n"
    b"x-twice:two\r\n"
    b"X-Empty:\r\n"
    b"X-Latin: caf\xe9\r\n\r\n"
)


def test_a_head_goes_back_to_its_very_bytes() -> None:
    assert parse_request(UPGRADE).to_bytes() == UPGRADE


def test_a_head_says_what_it_holds() -> None:
    head = parse_request(UPGRADE)
    assert (head.method, head.target) == ("GET", "/v1/realtime?model=gpt-realtime")
    assert head.values("host") == ["127.0.0.1:8787"]
    assert head.value("X-Twice") == "one, two"
    assert head.value("X-Latin") == "café"
    assert head.values("x-empty") == [""]
    assert head.value("missing") == ""
    assert head.is_upgrade


@pytest.mark.parametrize(
    "lines", [b"Connection: Upgrade", b"Upgrade: websocket", b"Connection: Upgraded\r\nUpgrade: websocket"]
)
def test_half_an_upgrade_is_none(lines: bytes) -> None:
    assert not parse_request(b"GET / HTTP/1.1\r\n" + lines + b"\r\n\r\n").is_upgrade


def test_setting_a_header_changes_that_one_in_its_place_and_drops_repeats() -> None:
    head = parse_request(UPGRADE).with_value("Host", "api.openai.com")
    assert head.to_bytes() == UPGRADE.replace(b"hOsT:  127.0.0.1:8787 ", b"hOsT: api.openai.com")
    twice = parse_request(UPGRADE).with_value("x-twice", "3")
    assert twice.values("x-twice") == ["3"]


def test_setting_a_header_that_is_missing_adds_it_at_the_end() -> None:
    assert parse_request(UPGRADE).with_value("X-New", "1").to_bytes() == UPGRADE[:-2] + b"X-New: 1\r\n\r\n"


def test_pointing_at_another_target_changes_nothing_else() -> None:
    head = parse_request(UPGRADE).with_target("/openai/v1/realtime")
    assert head.to_bytes() == UPGRADE.replace(b"/v1/realtime?model=gpt-realtime", b"/openai/v1/realtime")


@pytest.mark.parametrize(
    "start",
    [
        b"GET http://evil.example/ HTTP/1.1",
        b"GET //evil.example/ HTTP/1.1",
        b"GET evil.example HTTP/1.1",
        b"GET * HTTP/1.1",
        b"CONNECT evil.example:443 HTTP/1.1",
        b"GET /a b HTTP/1.1",
        b"GET / HTTP/2.0",
        b"GET / HTTP/1.1 ",
        b"GET  / HTTP/1.1",
        b"G\x00T / HTTP/1.1",
        b"GET /\x00 HTTP/1.1",
        b"GET /",
        b"\x16\x03\x01",
        b"",
    ],
)
def test_a_request_that_is_no_plain_path_is_refused(start: bytes) -> None:
    with pytest.raises(BadHead):
        parse_request(start + b"\r\nHost: x\r\n\r\n")


@pytest.mark.parametrize(
    "field", [b"no colon", b" folded: x", b"Name : x", b"a: b\x00", b"a: b\rc: d", b"a: b\nc: d", b": x", b"\xff: x"]
)
def test_a_header_line_that_readers_disagree_about_is_refused(field: bytes) -> None:
    with pytest.raises(BadHead):
        parse_request(b"GET / HTTP/1.1\r\nHost: x\r\n" + field + b"\r\n\r\n")


@pytest.mark.parametrize(
    ("start", "status"),
    [
        (b"HTTP/1.1 101 Switching Protocols", 101),
        (b"HTTP/1.1 401", 401),
        (b"HTTP/1.0 503 ", 503),
        (b"HTTP/1.1 429 Zu viel caf\xe9", 429),
    ],
)
def test_a_response_says_its_status(start: bytes, status: int) -> None:
    assert parse_response(start + b"\r\n\r\n").status == status


@pytest.mark.parametrize("start", [b"HTTP/1.1 42 x", b"HTTP/1.1 999 x", b"HTTP/2 200 OK", b"GET / HTTP/1.1", b""])
def test_a_response_without_a_status_is_refused(start: bytes) -> None:
    with pytest.raises(BadHead):
        parse_response(start + b"\r\n\r\n")


TOKEN = st.text("abcXYZ019-_!#$%&'*+.^`|~", min_size=1, max_size=12).map(str.encode)
VALUE = st.binary(max_size=30).filter(lambda v: not set(v) & set(b"\r\n\x00"))


@given(st.lists(st.tuples(TOKEN, VALUE), max_size=6))
def test_every_head_that_is_read_is_written_back_the_same(fields: list[tuple[bytes, bytes]]) -> None:
    raw = b"\r\n".join([b"POST /v1/x HTTP/1.1", *(name + b":" + value for name, value in fields), b"", b""])
    head = parse_request(raw)
    assert head.to_bytes() == raw
    assert head.map_text(lambda line: line).to_bytes() == raw


@given(st.binary(max_size=200))
def test_garbage_raises_nothing_but_bad_head(data: bytes) -> None:
    for parse in (parse_request, parse_response):
        try:
            assert parse(data + b"\r\n\r\n").to_bytes() == data + b"\r\n\r\n"
        except BadHead as error:
            assert str(error)
