import pytest

from rtdebug.protocol.secrets import Redactor, credentials
from rtdebug.wire.handshake import parse_request


@pytest.mark.parametrize(
    "text",
    [
        '{"session":{"tools":[{"type":"mcp","server_url":"https://me:pwSECRET@example.com/mcp"}]}}',
        '{"session":{"tools":[{"type":"mcp","server_url":"https://example.com/mcp?a=1&token=pwSECRET"}]}}',
        '{"url":"https://example.com/?api_key=pwSECRET&b=2"}',
        '{"user":"me","password":"pwSECRET"}',
    ],
)
def test_a_credential_in_an_event_is_found_and_only_it_is_struck_out(text: str) -> None:
    redactor = Redactor()
    assert redactor.suspects(text.encode())
    kept, struck = redactor.text(text)
    assert "pwSECRET" not in kept
    assert struck
    assert kept.replace("[redacted]", "") in (text.replace("pwSECRET", ""), text.replace("me:pwSECRET", ""))


def test_the_fields_of_a_form_are_searched_too() -> None:
    kept, _ = Redactor().text("grant=x&client_secret=pwSECRET&api_key=pwSECRET", is_json=False)
    assert kept == "grant=x&client_secret=[redacted]&api_key=[redacted]"


@pytest.mark.parametrize(
    "name", ["x-goog-api-key", "Ocp-Apim-Subscription-Key", "X-Auth-Token", "Cf-Access-Client-Secret"]
)
def test_a_vendors_own_header_is_known_by_its_name_and_its_value_wherever_it_is_echoed(name: str) -> None:
    head = parse_request(f"GET /v1 HTTP/1.1\r\nHost: a\r\n{name}: pwSECRET-123\r\n\r\n".encode())
    redactor = Redactor(credentials(head))
    assert b"pwSECRET" not in redactor.head(head)[0].to_bytes()
    assert "pwSECRET" not in redactor.text('{"error":{"message":"bad pwSECRET-123"}}')[0]


@pytest.mark.parametrize(
    "text", ['{"logprobs":[{"token":"Hello"}]}', '{"t":"mail me: a@b.c, x=1"}', '{"key":"F major"}']
)
def test_everyday_words_are_left_alone(text: str) -> None:
    assert Redactor().text(text) == (text, ())
