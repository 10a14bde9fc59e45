import pytest

from rtdebug.conform.endpoint import parse_endpoint
from rtdebug.errors import UsageError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ws://127.0.0.1:8080", "ws://127.0.0.1:8080/v1/realtime?model=gpt-realtime"),
        ("127.0.0.1:8080", "ws://127.0.0.1:8080/v1/realtime?model=gpt-realtime"),
        ("http://[::1]:8080/v1/", "ws://[::1]:8080/v1/realtime?model=gpt-realtime"),
        ("https://api.openai.com/v1", "wss://api.openai.com/v1/realtime?model=gpt-realtime"),
        ("wss://host/openai/v1", "wss://host/openai/v1/realtime?model=gpt-realtime"),
        ("wss://host/some/where", "wss://host/some/where?model=gpt-realtime"),
        ("wss://host/v1/realtime?model=mine", "wss://host/v1/realtime?model=mine"),
        ("wss://host/openai/realtime?deployment=d&x=1", "wss://host/openai/realtime?deployment=d&x=1"),
        ("wss://host/v1/realtime?x=1", "wss://host/v1/realtime?x=1&model=gpt-realtime"),
    ],
)
def test_addresses_are_completed(url: str, expected: str) -> None:
    assert parse_endpoint(url).url == expected


def test_a_model_can_be_named_once() -> None:
    assert parse_endpoint("ws://host", model="a b").url == "ws://host/v1/realtime?model=a%20b"
    with pytest.raises(UsageError, match="names a model already"):
        parse_endpoint("ws://host/v1/realtime?model=x", model="y")


@pytest.mark.parametrize(
    "url", ["ftp://host", "ws://", "ws://host:99999", "ws://sk-1@host", "ws://host/#x", "ws://[::"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        parse_endpoint(url)


@pytest.mark.parametrize("url", ["ftp://host?api-key=sk-1", "ws://sk-1@host", "ws://host:99999/?api-key=sk-1"])
def test_no_message_holds_a_key(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_endpoint(url)
    assert "sk-1" not in str(refused.value)


def test_the_key_goes_where_the_service_looks_for_it_and_is_never_shown() -> None:
    plain = parse_endpoint("wss://api.openai.com?api-key=sk-2", key="sk-1")
    assert plain.headers() == {"Authorization": "Bearer sk-1"}
    assert parse_endpoint("wss://me.openai.azure.com/openai/v1", key="sk-1").headers() == {"api-key": "sk-1"}
    assert parse_endpoint("ws://host").headers() == {}
    assert "sk-1" not in repr(plain)
    assert "sk-" not in plain.shown
