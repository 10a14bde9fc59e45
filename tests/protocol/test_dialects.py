import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.protocol.catalog import CATALOG
from rtdebug.protocol.dialects import Dialect, DialectTracker

from .odd import JSON, WORDS
from .shared import REAL, needs_real, told

BETA = {"modalities": ["text"], "input_audio_format": "pcm16"}
GA = {"type": "realtime", "output_modalities": ["audio"], "audio": {}}


def dialect(*events: tuple, target: str = "", upstream: str = "", head: tuple = ()) -> Dialect:
    tracker = DialectTracker()
    tracker.opened(target, upstream, head)
    for sender, kind, data in events:
        tracker.observe(sender, kind, data)
    return tracker.dialect


def said(kind: str, **data: object) -> tuple:
    return ("server", kind, data)


REQUEST = ("GET /v1/realtime?model=m HTTP/1.1", "Host: localhost")
OPENAI = "wss://api.openai.com"


@pytest.mark.parametrize(
    ("target", "upstream", "head", "words"),
    [
        ("/v1/realtime?model=m", OPENAI, REQUEST, "GA (OpenAI)"),
        ("/v1/realtime", "wss://eu.api.openai.com:443/", (), "unknown (OpenAI)"),
        ("/v1/realtime", OPENAI, (*REQUEST, "openai-beta: realtime=v1"), "beta (OpenAI)"),
        ("/v1/realtime", OPENAI, ("Sec-WebSocket-Protocol: realtime, openai-beta.realtime-v1",), "beta (OpenAI)"),
        ("/v1/realtime/translations?model=m", OPENAI, REQUEST, "translation (OpenAI)"),
        ("/openai/v1/realtime?model=m", "wss://n.openai.azure.com", (), "GA (Azure)"),
        ("/openai/realtime?api-version=2025-04-01-preview", "wss://n.openai.azure.com", (), "beta (Azure)"),
        ("/voice-live/realtime?model=m", "wss://n.services.ai.azure.com", (), "beta (Azure Voice Live)"),
        ("wss://api.x.ai/v1/realtime?model=grok", "", (), "unknown (xAI)"),
        ("/v1/realtime", "ws://127.0.0.1:9000", REQUEST, "unknown"),
        ("/v1/realtime", "wss://notopenai.com", REQUEST, "unknown"),
        ("//[", "ws://[", (), "unknown"),
    ],
)
def test_a_request_tells_what_it_can(target: str, upstream: str, head: tuple, words: str) -> None:
    assert str(dialect(target=target, upstream=upstream, head=head)) == words


@pytest.mark.parametrize(
    ("events", "shape"),
    [
        ([said("session.created", session=BETA)], "beta"),
        ([said("session.created", session=GA)], "ga"),
        ([said("session.updated", session={"type": "translation", "audio": {}})], "translation"),
        ([said("response.audio.delta")], "beta"),
        ([said("conversation.item.created")], "beta"),
        ([said("response.output_text.delta")], "ga"),
        ([said("conversation.item.added")], "ga"),
        ([said("response.output_item.added"), said("conversation.item.done"), said("error")], "unknown"),
        ([said("session.created", session=BETA), said("conversation.item.added")], "mixed"),
        ([said("response.done", response={"modalities": ["text"]})], "beta"),
        ([said("session.output_audio.delta")], "translation"),
        ([said("transcription_session.created", session={})], "beta"),
    ],
)
def test_what_a_server_says_tells_its_shape(events: list, shape: str) -> None:
    assert dialect(*events).shape == shape


def test_a_server_knows_better_than_its_client() -> None:
    asked = ("client", "session.update", {"session": BETA})
    assert dialect(asked).shape == "beta"
    assert dialect(asked, said("session.created", session=GA)).shape == "ga"
    assert dialect(said("session.created", session=GA), head=("OpenAI-Beta: realtime=v1",)).shape == "ga"


@pytest.mark.parametrize(
    ("event", "vendor"),
    [
        (said("ping"), "xai"),
        (said("session.created", session={"model": "grok-voice-latest"}), "xai"),
        (said("response.created", response={"status_details": "unimplemented"}), "xai"),
        (said("session.created", session={"input_audio_sampling_rate": 24000}), "azure voice live"),
        (said("response.content_part.added", content={}), "azure"),
        (("client", "session.update", {"session": {"model": "grok-voice-latest"}}), "other"),
    ],
)
def test_a_vendor_is_known_by_its_ways(event: tuple, vendor: str) -> None:
    assert dialect(event).vendor == vendor
    assert dialect(event, upstream=OPENAI).vendor == "openai"


@needs_real
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_services_are_told_apart(path: object) -> None:
    tracker, stem = DialectTracker(), getattr(path, "stem", "")
    for sender, event in told(path):
        tracker.observe(sender, event["type"], event)
    known = {"azure_voice_live_ws": "beta (Azure Voice Live)", "xai_ws": "mixed (xAI)", "azure_ws": "GA (Azure)"}
    assert str(tracker.dialect) == known.get(stem.split("__")[0], "GA")


@given(st.sampled_from(sorted(CATALOG)), st.dictionaries(WORDS, JSON, max_size=5))
def test_any_json_may_be_said(kind: str, data: dict) -> None:
    assert str(dialect(("client", kind, data), ("server", kind, data)))
