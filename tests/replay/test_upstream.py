"""Where a recording is made anew: at its own upstream, or at one to fill in."""

from pathlib import Path

import pytest

from rtdebug.protocol.secrets import Redactor
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.format import Header
from rtdebug.recording.writer import RecordingWriter
from rtdebug.replay.testing.upstream import TO_FILL_IN, upstream_of


def recorded(folder: Path, upstream: str) -> Path:
    """Write a recording that names an upstream; return the place it is in."""
    encoder, writer = Encoder(Header(1, "websocket", upstream=upstream), Redactor()), RecordingWriter(folder)
    encoder.end(1)
    writer.write(encoder.take_batch())
    writer.close()
    return folder


@pytest.mark.parametrize(
    ("upstream", "told"),
    [
        ("wss://api.openai.com", "wss://api.openai.com"),
        ("ws://127.0.0.1:8787", "ws://127.0.0.1:8787"),
        ("ws://[::1]", "ws://[::1]"),
        ("ws://localhost", "ws://localhost"),
        ("ws://simulator:8787", "ws://simulator:8787"),
        ("ws://simulator", TO_FILL_IN),
        ("ws://[", TO_FILL_IN),
        ("ws://a:b", TO_FILL_IN),
        ("", TO_FILL_IN),
    ],
)
def test_an_upstream_that_others_can_reach(upstream: str, told: str, tmp_path: Path) -> None:
    assert upstream_of([recorded(tmp_path / "it", upstream)]) == told


def test_the_first_recording_that_tells(tmp_path: Path) -> None:
    places = [tmp_path / "none", recorded(tmp_path / "one", ""), recorded(tmp_path / "two", "wss://a.example")]
    assert upstream_of(places) == "wss://a.example"
    assert upstream_of(places[:2]) == TO_FILL_IN
    assert upstream_of(places[:1]) == ""


def test_what_cannot_be_read_leads_to_no_service(tmp_path: Path) -> None:
    place = recorded(tmp_path / "it", "wss://a.example")
    next(place.rglob("events.jsonl")).write_bytes(b"nonsense\n")
    assert upstream_of([place]) == TO_FILL_IN
