from typing import Any

from rtdebug.session.settings import (
    Ignored,
    detects_turns,
    ignored,
    in_force,
    leaves,
    transcriber_of,
    transcription_of,
)

from .telling import session_of

Json = dict[str, Any]


def update(**session: Any) -> tuple[str, Json]:
    return "client", {"type": "session.update", "session": {"type": "realtime", **session}}


def updated(**session: Any) -> tuple[str, Json]:
    return "server", {"type": "session.updated", "session": {"id": "sess_1", "type": "realtime", **session}}


def test_leaves_are_settings_with_their_paths() -> None:
    assert dict(leaves({"a": {"b": {"c": 1}, "d": []}, "e": {}})) == {"a.b.c": 1, "a.d": [], "e": {}}


def test_what_was_asked_for_and_is_not_so_is_ignored() -> None:
    session = session_of(update(voice="marin", speed=1.0), updated(audio={"output": {"voice": "alloy", "speed": 1.0}}))
    assert ignored(session) == {2: [Ignored("audio.output.voice", "marin", "alloy")]}


def test_what_was_in_force_is_known_for_each_change() -> None:
    session = session_of(
        updated(instructions="one"), update(instructions="two"), updated(instructions="two"), update(x=1)
    )
    assert {seq: found["instructions"] for seq, found in in_force(session).items()} == {2: "one", 3: "two", 5: "two"}


def test_a_configuration_is_asked_for_its_ears() -> None:
    assert transcription_of({}) is None
    assert transcription_of({"audio": {"input": {"transcription": {}}}}) == {}
    assert transcriber_of({"audio": {"input": {"transcription": {"model": "whisper-1"}}}}) == "whisper-1"
    assert detects_turns({}) is None
    assert detects_turns({"audio": {"input": {"turn_detection": None}}}) is False
    assert detects_turns({"audio": {"input": {"turn_detection": {"type": "server_vad"}}}}) is True
    assert detects_turns({"audio": []}) is None
