"""HTTP bodies are kept readable, without secrets, and never larger than is bearable."""

import gzip
import json
import zlib

import pytest
from pybase64 import b64decode

from rtdebug.protocol.secrets import Redactor
from rtdebug.recording.exchange import BODY_LIMIT, KeptBody, head_fields
from rtdebug.wire.handshake import Head

ODD = "0123456789abcdef-body-secret"
ANSWER = json.dumps({"value": ODD, "expires_at": 1, "session": {"client_secret": {"value": ODD}}}).encode()


def kept(body: bytes, *fields: bytes, pieces: int = 1, redactor: Redactor | None = None) -> dict:
    held = KeptBody()
    step = len(body) // pieces + 1
    for place in range(0, len(body), step):
        held.add(body[place : place + step])
    return held.fields(Head(b"HTTP/1.1 200 OK", fields), redactor or Redactor())


JSON = b"Content-Type: application/json; charset=utf-8"
CODINGS = {
    b"identity": lambda body: body,
    b"gzip": gzip.compress,
    b"x-gzip": gzip.compress,
    b"deflate": zlib.compress,
    b" GZIP ": gzip.compress,
}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("pieces", [1, 5])
def test_a_json_body_loses_its_secrets_in_any_coding(coding: bytes, pieces: int) -> None:
    body = CODINGS[coding](ANSWER)
    fields = kept(body, JSON, b"Content-Encoding:" + coding, pieces=pieces)
    assert fields["text"] == ANSWER.decode().replace(ODD, "[redacted]")
    assert fields["redacted"] == ("value", "session.client_secret.value")
    assert fields["size"] == len(body)


@pytest.mark.parametrize("coding", [b"br", b"zstd", b"gzip, gzip", b"\xff"])
def test_a_body_that_cannot_be_searched_is_not_kept(coding: bytes) -> None:
    fields = kept(ANSWER, JSON, b"Content-Encoding: " + coding)
    assert set(fields) == {"size", "not_kept"}


def test_what_only_claims_to_be_gzip_is_not_kept() -> None:
    assert "not_kept" in kept(ANSWER, JSON, b"Content-Encoding: gzip")


def test_a_gzip_of_two_members_is_kept_whole_or_not_at_all() -> None:
    fields = kept(gzip.compress(b'{"a":1,') + gzip.compress(b'"b":2}'), JSON, b"Content-Encoding: gzip")
    assert fields.get("text") == '{"a":1,"b":2}' or "not_kept" in fields


def test_a_bomb_is_not_kept() -> None:
    assert "not_kept" in kept(gzip.compress(bytes(64 << 20)), JSON, b"Content-Encoding: gzip")


def test_a_body_over_the_limit_is_counted_and_not_kept() -> None:
    fields = kept(b"x" * (BODY_LIMIT + 1), pieces=10)
    assert fields == {"size": BODY_LIMIT + 1, "not_kept": "over 4 MiB"}
    assert kept(b"x" * BODY_LIMIT, pieces=10)["size"] == BODY_LIMIT


def test_no_body_is_no_fields() -> None:
    assert kept(b"", JSON) == {}


def test_a_calls_form_loses_the_authorization_in_its_session() -> None:
    session = json.dumps({"tools": [{"type": "mcp", "authorization": ODD, "headers": {"X": ODD}}]})
    form = (
        '--b\r\nContent-Disposition: form-data; name="sdp"\r\n\r\nv=0\r\na=fingerprint:sha-256 AB:CD\r\n'
        f'--b\r\nContent-Disposition: form-data; name="session"\r\n\r\n{session}\r\n--b--\r\n'
    )
    fields = kept(form.encode(), b"Content-Type: multipart/form-data; boundary=b")
    assert fields["text"] == form.replace(ODD, "[redacted]")


def test_an_error_in_plain_text_loses_the_key_it_quotes() -> None:
    fields = kept(b"Incorrect API key provided: abc*****xyz.", b"Content-Type: text/plain")
    assert fields["text"] == "Incorrect API key provided: [redacted]."


def test_a_body_that_is_no_text_is_kept_to_the_byte_around_what_is_struck() -> None:
    fields = kept(b"\xff\x00" + ODD.encode() + b"\xfe", redactor=Redactor((ODD,)))
    assert b64decode(fields["base64"]) == b"\xff\x00[redacted]\xfe"
    assert fields["redacted"] == ("text",)


def test_a_head_is_kept_line_by_line() -> None:
    fields = head_fields(Head(b"GET /?api-key=0123456789 HTTP/1.1", (b"Host: x", b"Cookie: a=b")), Redactor())
    assert fields["head"] == ["GET /?api-key=[redacted] HTTP/1.1", "Host: x", "Cookie: [redacted]"]
    assert fields["redacted"] == ("target", "cookie")
