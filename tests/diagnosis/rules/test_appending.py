"""Commits of buffers with too little in them, and pieces that end in half a sample."""

from pathlib import Path
from typing import Any

from rtdebug.diagnosis.rules.appending import empty_commit, odd_bytes
from tests.diagnosis.law import ulaw
from tests.diagnosis.sounding import PCMU, RATE, VoiceCall, pcm, spoken

_EMPTY = "input_audio_buffer_commit_empty"
_TEXT = "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio"


def refused(call: VoiceCall, at_ms: float, *, text: str = _TEXT, **asked: Any) -> VoiceCall:
    call.client(at_ms, "input_audio_buffer.commit", **asked)
    error = {"type": "invalid_request_error", "code": _EMPTY, "message": text, "event_id": asked.get("event_id")}
    call.server(at_ms + 20, "error", error=error)
    return call


def test_the_servers_figure_is_told(tmp_path: Path) -> None:
    text = f"{_TEXT}, but buffer only has 60.00ms of audio."
    (found,) = refused(VoiceCall(tmp_path), 500, text=text).findings(empty_commit)
    assert found.message == "the client committed a buffer of 60 ms; it was refused"
    assert (found.code, found.at_ns, len(found.seqs)) == ("RT152", 500_000_000, 2)


def test_without_it_what_was_appended_since_the_buffer_was_cleared_counts(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path)
    one.microphone(pcm(spoken(2)), rate=RATE)
    one.client(2200, "input_audio_buffer.clear")
    one.server(2210, "input_audio_buffer.cleared")
    one.microphone(pcm(spoken(0.08)), rate=RATE, begin_ms=2300)
    (found,) = refused(one, 2500, event_id="mine").findings(empty_commit)
    assert found.message == "the client committed a buffer of 80 ms; it was refused"


def test_what_server_vad_has_committed_is_named(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path)
    one.microphone(pcm(spoken(3)), rate=RATE)
    one.speech("user", 400, 1800)
    (found,) = refused(one, 2400).findings(empty_commit)
    assert found.item_id == "item_user"
    assert found.message.endswith("it was refused, server VAD had committed it 299 ms earlier")


def test_commits_that_hold_something_are_silent(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path)
    one.microphone(pcm(spoken(2)), rate=RATE)
    one.client(2200, "input_audio_buffer.commit")
    one.server(2210, "input_audio_buffer.committed", item_id="item_1")
    assert one.findings(empty_commit) == []


def test_half_samples_are_counted_on_either_side(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path)
    data = pcm(spoken(2))
    one.appended(data, 100, 961, 20)
    one.answer("odd", 3000, data[:9601], rate=RATE)
    client, server = one.findings(odd_bytes)
    assert client.message == "the client sent 100 pieces of audio with an odd number of bytes"
    assert server.message == "the server sent 1 piece of audio with an odd number of bytes"
    assert {client.code, server.code} == {"RT157"}
    assert (client.at_ns, server.at_ns) == (120_000_000, 3_040_000_000)


def test_a_telephones_odd_bytes_are_whole_samples(tmp_path: Path) -> None:
    one = VoiceCall(tmp_path, PCMU)
    one.appended(ulaw(spoken(2)), 100, 161, 20)
    assert one.findings(odd_bytes) == []
