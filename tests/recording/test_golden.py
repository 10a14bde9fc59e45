"""A tiny recording in the format of version 1, kept for ever: it must always be read, and today be written the same.

The files are never written anew: a change that readers can notice is a new version with a folder of its own.
"""

import json
from pathlib import Path

from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.verify import verify

from .calls import HEADER, Call, small_call

V1 = Path(__file__).parent / "golden" / "v1"
FILES = ["client-2.wav", "client.wav", "events.jsonl", "server.wav"]


def test_version_1_is_read_for_ever() -> None:
    assert sorted(path.name for path in V1.iterdir()) == FILES
    verdict = verify(V1)
    assert verdict.clean, verdict.problems
    assert (verdict.messages, verdict.exact, verdict.entries) == (13, 13, 19)
    with RecordingReader(V1) as reader:
        assert reader.header == HEADER
        entries = list(reader.entries())
        kinds = [entry.kind for entry in entries]
        said = [reader.message(entry) for entry in entries if entry.kind == "message"]
    assert [kind for kind in kinds if kind != "message"] == ["track"] * 3 + ["ping", "close", "end"]
    assert said == [what if isinstance(what, bytes) else what.payload for _, what in small_call()[:13]]


def test_version_1_is_plain_json_lines() -> None:
    values = [json.loads(line) for line in (V1 / "events.jsonl").read_text().split("\n")[:-1]]
    assert [value["seq"] for value in values] == list(range(1, 21))
    assert values[0]["rtdebug"] == 1
    assert values[1]["event"]["type"] == "session.created"
    assert values[3]["audio"] == [0, 48, 48]
    assert values[3]["event"] == {"type": "input_audio_buffer.append", "audio": ""}
    assert values[4]["like"] == 4
    assert values[4]["audio"] == [48, 48]


def test_the_same_call_is_written_the_same_to_the_byte(tmp_path: Path) -> None:
    folder = Call(tmp_path / "rec").say(*small_call()).end()
    for name in FILES:
        assert (folder / name).read_bytes() == (V1 / name).read_bytes(), name
