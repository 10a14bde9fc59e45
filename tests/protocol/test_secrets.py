"""Every place and form of a secret is struck out of what is kept, and nothing else is."""

import json

import pytest

from rtdebug.protocol.secrets import REDACTED, Redactor, credentials
from rtdebug.wire.handshake import Head

KEY = "sk-proj-T3BlbkFJabcdefgh_ijklmnop-0123456789"
EPHEMERAL = "ek_68b1c2d3e4f5a6b7c8d9e0f1"
ODD = "0123456789abcdef0123456789abcdef"
"""A credential of no known form, such as Azure's."""


def request(*fields: str, target: str = "/v1/realtime") -> Head:
    return Head(f"GET {target} HTTP/1.1".encode(), tuple(field.encode("latin-1") for field in fields))


def kept(head: Head, redactor: Redactor | None = None) -> str:
    return "\n".join((redactor or Redactor()).head(head)[0].lines())


@pytest.mark.parametrize(
    ("field", "left"),
    [
        (f"Authorization: Bearer {KEY}", "Authorization: Bearer [redacted]"),
        (f"authorization:Basic {ODD}", "authorization: Basic [redacted]"),
        (f"AUTHORIZATION: {ODD}", "AUTHORIZATION: [redacted]"),
        (f"Proxy-Authorization: Basic {ODD}", "Proxy-Authorization: Basic [redacted]"),
        (f"api-key: {ODD}", "api-key: [redacted]"),
        (f"X-API-Key: {ODD}", "X-API-Key: [redacted]"),
        (f"Cookie: a=1; __cf_bm={ODD}", "Cookie: [redacted]"),
        (f"Set-Cookie: __cf_bm={ODD}; path=/", "Set-Cookie: [redacted]"),
        (
            f"Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.{KEY}, openai-beta.realtime-v1",
            "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.[redacted], openai-beta.realtime-v1",
        ),
        (
            f"Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.{EPHEMERAL}",
            "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.[redacted]",
        ),
        (
            f"Sec-WebSocket-Protocol: xai-client-secret.{ODD}",
            "Sec-WebSocket-Protocol: xai-client-secret.[redacted]",
        ),
        (f"Location: https://x.example/?token={ODD}&a=1", "Location: https://x.example/?token=[redacted]&a=1"),
        (f"X-Custom: seen {KEY} here", "X-Custom: seen [redacted] here"),
    ],
)
def test_a_header_loses_its_secret_and_keeps_the_rest(field: str, left: str) -> None:
    head, struck = Redactor().head(request("Host: x", field))
    assert list(head.lines())[1:] == ["Host: x", left]
    assert struck == (field.partition(":")[0].lower(),)


@pytest.mark.parametrize(
    "name",
    ["api-key", "api_key", "apikey", "API-KEY", "key", "token", "access_token", "client_secret", "authorization"],
)
def test_a_query_loses_its_secret_and_keeps_the_rest(name: str) -> None:
    head = request(target=f"/openai/realtime?api-version=2025&{name}={ODD}&deployment=gpt")
    cleaned, struck = Redactor().head(head)
    assert cleaned.target == f"/openai/realtime?api-version=2025&{name}={REDACTED}&deployment=gpt"
    assert struck == ("target",)


HARMLESS = [
    "Host: 127.0.0.1:8787",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol: realtime, openai-beta.realtime-v1",
    "OpenAI-Beta: realtime=v1",
    "OpenAI-Organization: org-task-force-12345678",
    "User-Agent: keyring/1.0 (token; monkey=1)",
    "X-Latin: caf\xe9",
]


def test_a_head_without_secrets_is_kept_to_the_byte() -> None:
    head = request(*HARMLESS, target="/v1/realtime?model=gpt-realtime&monkey=1&keyboard=2&call_id=rtc_1")
    assert Redactor().head(head) == (head, ())


def test_all_credentials_a_request_presents_are_learned() -> None:
    head = request(
        f"Authorization: Bearer {KEY}",
        "api-key: azure-key-1",
        "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.browser-key-2",
        target="/v1/realtime?api-key=query%2Fkey%203",
    )
    assert set(credentials(head)) >= {KEY, "azure-key-1", "browser-key-2", "query%2Fkey%203", "query/key 3"}
    redactor = Redactor(credentials(head))
    for secret in credentials(head):
        text, struck = redactor.text(json.dumps({"type": "x", "message": f"you sent {secret}."}))
        assert secret not in text
        assert struck == ("message",)


def test_a_short_credential_is_struck_only_in_its_place() -> None:
    head = request("Authorization: Bearer test")
    redactor = Redactor(credentials(head))
    assert kept(head, redactor).endswith("Authorization: Bearer [redacted]")
    assert redactor.text('{"a":"a test"}') == ('{"a":"a test"}', ())


MCP = {"type": "mcp", "server_url": "https://x.example"}


@pytest.mark.parametrize(
    ("event", "path"),
    [
        ({"session": {"client_secret": {"value": ODD, "expires_at": 1}}}, "session.client_secret.value"),
        ({"client_secret": ODD}, "client_secret"),
        ({"value": ODD, "expires_at": 1, "session": {}}, "value"),
        ({"session": {"tools": [{}, {**MCP, "authorization": ODD}]}}, "session.tools[1].authorization"),
        ({"session": {"tools": [{**MCP, "headers": {"X-Any": ODD}}]}}, "session.tools[0].headers.X-Any"),
        ({"response": {"tools": [{**MCP, "headers": {"A": {"B": [ODD]}}}]}}, "response.tools[0].headers.A.B[0]"),
        ({"session": {"tools": [{**MCP, "Authorization": ODD}]}}, "session.tools[0].Authorization"),
        ({"config": {"api_key": ODD}}, "config.api_key"),
        ({"text": f"my key is {KEY}"}, "text"),
        ({"text": f"({EPHEMERAL})"}, "text"),
        ({"error": {"message": "Incorrect API key provided: abc***xyz. Find it."}}, "error.message"),
        ({"error": {"message": "Incorrect API key provided: sk-pr**********6789."}}, "error.message"),
        ({"code": "x", "error": "Incorrect API key provided: xa***yz."}, "error"),
    ],
)
@pytest.mark.parametrize("spacing", [(",", ":"), (", ", ": "), (" ,\n\t", " : ")])
def test_a_message_loses_its_secret_and_keeps_every_other_byte(event: dict, path: str, spacing: tuple) -> None:
    text = json.dumps({"type": "x", **event, "after": ["é", 1.50, 'quote " \\ { } [ ] , :']}, separators=spacing)
    redactor = Redactor()
    assert redactor.suspects(text.encode()) or path == "value"
    new, struck = redactor.text(text)
    assert struck == (path,)
    assert ODD not in new
    before, _, after = new.partition(REDACTED)
    assert text.startswith(before)
    assert text.endswith(after)
    json.loads(new)


@pytest.mark.parametrize(
    "event",
    [
        {"text": "the task-force and the risk-assessment of a desk-bound week_end"},
        {"text": "Basic training with a Bearer of news, key to success; **bold** key points"},
        {"transcript": "*** very *** important ***key*** thoughts\n\n***\n\nsecret: none"},
        {"session": {"tools": [{"type": "function", "parameters": {"properties": {"headers": {"type": "object"}}}}]}},
        {"session": {"tools": [{"parameters": {"properties": {"api_key": {"type": "string"}}}}]}},
        {"session": {"client_secret": {"value": "", "expires_at": "never"}}},
        {"session": {"instructions": "say the secret word; authorization is with ***stars***"}},
        {"headers": {"x": "not a tool's"}},
        {"text": "ek_ is short, sk- too, sk-1234567 as well"},
    ],
)
def test_words_that_only_look_like_secrets_stay(event: dict) -> None:
    text = json.dumps({"type": "x", **event})
    assert Redactor().text(text) == (text, ())
