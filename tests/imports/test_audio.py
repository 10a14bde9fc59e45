from pathlib import Path
from typing import Any

import pytest
from pybase64 import b64encode

from rtdebug.recording.reader import RecordingReader

from .logs import CREATED, compact, import_lines

CHUNK = b64encode(bytes(range(240)) * 4).decode()


def append(audio: object) -> dict[str, Any]:
    return {"from": "client", "event": {"type": "input_audio_buffer.append", "audio": audio}}


def delta(audio: object) -> dict[str, Any]:
    return {"from": "server", "event": {"type": "response.output_audio.delta", "response_id": "r", "delta": audio}}


def test_audio_moves_out_into_tracks(tmp_path: Path) -> None:
    lines = [append(CHUNK), append(CHUNK), delta(CHUNK)]
    made = import_lines([{"from": "server", "event": CREATED}, *lines], tmp_path)
    assert "audio" not in made.header.lacks
    assert [text for _, text in made.said[1:]] == [compact(line["event"]) for line in lines]
    with RecordingReader(made.built.folder) as reader:
        assert reader.samples("client.wav", 480, 480) == bytes(range(240)) * 4
        assert reader.samples("server.wav", 0, 480) == bytes(range(240)) * 4


@pytest.mark.parametrize(
    "left",
    [
        "",
        "...",
        "<audio 1920 bytes>",
        "[redacted]",
        "base64",
        None,
        1920,
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ],
)
@pytest.mark.parametrize("side", [append, delta])
def test_audio_that_was_left_out_is_marked_as_missing(left: object, side: Any, tmp_path: Path) -> None:
    other = delta if side is append else append
    made = import_lines([side(left), side(left), other(CHUNK), other(CHUNK)], tmp_path)
    assert made.header.lacks == ("times", "audio")
    assert made.said[0][1] == compact(side(left)["event"])


def test_a_short_piece_now_and_then_is_no_lack(tmp_path: Path) -> None:
    made = import_lines([append(CHUNK), append(CHUNK), append(""), delta(CHUNK), delta("AAAA")], tmp_path)
    assert made.header.lacks == ("times",)


def test_a_log_without_audio_does_not_lack_it(tmp_path: Path) -> None:
    assert import_lines([CREATED], tmp_path).header.lacks == ("times",)


def test_odd_audio_stays_in_its_line(tmp_path: Path) -> None:
    odd = b64encode(bytes(961)).decode()
    made = import_lines([append(CHUNK), append(odd)], tmp_path)
    assert made.entries[-2].audio is None
    assert made.said[1][1] == compact(append(odd)["event"])
