"""Addresses: what is given, what the recording adds, and whose key goes in which header."""

import pytest

from rtdebug.conform.endpoint import Endpoint
from rtdebug.errors import UsageError
from rtdebug.replay.destination import charges, destination, model_asked
from rtdebug.replay.steps import Script

PLAIN = "/v1/realtime?model=gpt-realtime-2.1"


@pytest.mark.parametrize(
    ("url", "target", "model", "address"),
    [
        ("127.0.0.1:8788", PLAIN, "", "ws://127.0.0.1:8788/v1/realtime?model=gpt-realtime-2.1"),
        ("wss://api.openai.com", PLAIN, "", "wss://api.openai.com/v1/realtime?model=gpt-realtime-2.1"),
        ("https://api.openai.com/v1", PLAIN, "", "wss://api.openai.com/v1/realtime?model=gpt-realtime-2.1"),
        ("wss://host/v1/realtime?model=mine", PLAIN, "", "wss://host/v1/realtime?model=mine"),
        ("wss://host/v1/realtime?model=mine", PLAIN, "other", "wss://host/v1/realtime?model=other"),
        ("wss://host/realtime?deployment=mine&v=2", PLAIN, "x/y", "wss://host/realtime?v=2&deployment=x%2Fy"),
        (
            "https://me.openai.azure.com/openai/v1",
            PLAIN,
            "mine",
            "wss://me.openai.azure.com/openai/v1/realtime?model=mine",
        ),
        ("wss://host", "/v1/realtime", "", "wss://host/v1/realtime?model=gpt-realtime"),
        ("wss://host", "/v1/realtime?intent=transcription", "", "wss://host/v1/realtime?intent=transcription"),
        ("wss://host", "/v1/realtime/translations?model=t", "", "wss://host/v1/realtime/translations?model=t"),
    ],
)
def test_an_address_is_completed(url: str, target: str, model: str, address: str) -> None:
    assert destination(url, Script("told", (), target=target), model=model).url == address


def test_a_call_of_another_kind_of_line_is_not_there_any_more() -> None:
    with pytest.raises(UsageError, match="it steers a call of WebRTC or SIP that is over"):
        destination("wss://host", Script("told", (), target="/v1/realtime?call_id=rtc_1"))


def test_each_service_gets_its_key_as_it_wants_it() -> None:
    script = Script("told", (), target=PLAIN)
    azure = destination("https://me.openai.azure.com/openai/v1", script, key="k-1")
    assert azure.headers() == {"api-key": "k-1"}
    for url in ("wss://api.openai.com", "wss://api.x.ai", "127.0.0.1:1"):
        assert destination(url, script, key="k-1").headers() == {"Authorization": "Bearer k-1"}


def test_who_charges() -> None:
    told = [
        charges(Endpoint(url)) for url in ("wss://api.openai.com/v1", "wss://me.openai.azure.com", "wss://api.x.ai")
    ]
    assert told == ["OpenAI", "Azure", "xAI"]
    assert charges(Endpoint("ws://127.0.0.1:1/v1/realtime")) == ""
    assert model_asked(Endpoint("wss://host/v1/realtime?model=mine")) == "mine"
    assert model_asked(Endpoint("wss://host/v1/realtime")) == ""
