"""Settings by their paths, in both shapes."""

import pytest

from rtdebug.protocol.dialects import canonical
from rtdebug.protocol.settings import SETTINGS, as_told, at_path, is_about, known_paths, paths_in, put, update


@pytest.mark.parametrize(
    ("path", "beta"),
    [
        ("session.audio.output.voice", "session.voice"),
        ("session.audio.input.turn_detection.threshold", "session.turn_detection.threshold"),
        ("session.instructions", "session.instructions"),
        ("response.max_output_tokens", "response.max_response_output_tokens"),
    ],
)
def test_a_path_is_told_in_the_words_of_the_shape(path: str, beta: str) -> None:
    assert as_told(path, beta=False) == path
    assert as_told(path, beta=True) == beta


@pytest.mark.parametrize("path", [path for path in sorted(known_paths()) if path.startswith("session.audio.")])
def test_what_is_told_in_beta_is_read_as_the_same_setting(path: str) -> None:
    told = as_told(path, beta=True)
    if told == path:
        return  # beta has no other place for it
    value = "pcm16" if path.endswith("format") else 0.5
    read = canonical("session.update", update(told, value, beta=True))
    found = at_path(read, path)
    assert found == ({"type": "audio/pcm", "rate": 24000} if path.endswith("format") else value)


def test_a_value_is_put_without_touching_what_stands_around() -> None:
    before = {"session": {"audio": {"output": {"voice": "marin", "speed": 1}}, "tools": []}}
    after = put(before, "session.audio.output.voice", "cedar")
    assert after == {"session": {"audio": {"output": {"voice": "cedar", "speed": 1}}, "tools": []}}
    assert at_path(before, "session.audio.output.voice") == "marin"
    assert put({}, "session.a.b", 1) == {"session": {"a": {"b": 1}}}
    assert put({"session": None}, "session.a", 1) == {"session": {"a": 1}}
    assert at_path(before, "session.audio.input.format") is ...


def test_an_update_of_its_own_is_whole() -> None:
    assert update("session.tools", [], beta=False) == {
        "type": "session.update",
        "session": {"type": "realtime", "tools": []},
    }
    assert update("session.voice", "ash", beta=True) == {"type": "session.update", "session": {"voice": "ash"}}


def test_where_a_setting_can_stand() -> None:
    assert is_about("session.update", SETTINGS["voice"])
    assert is_about("transcription_session.update", SETTINGS["vad"])
    assert not is_about("response.create", SETTINGS["voice"])
    assert is_about("response.create", "response.instructions")


def test_paths_of_an_object() -> None:
    assert list(paths_in({"a": {"b": 1}, "c": [2]}, "session")) == ["session.a", "session.a.b", "session.c"]
