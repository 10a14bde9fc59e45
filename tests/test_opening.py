"""From a recording on disk to the session it tells."""

from pathlib import Path

import pytest

from rtdebug.errors import RecordingError
from rtdebug.opening import open_session

SAMPLES = Path(__file__).parents[1] / "recordings"


def test_a_recording_is_read_and_folded() -> None:
    opened = open_session(SAMPLES / "tool-call")
    assert opened.dialect.shape == "ga"
    assert [item.name for item in opened.session.items.values() if item.name] == ["book_seat"]
    assert opened.session.complete
    assert opened.problems == []


def test_progress_is_told() -> None:
    seen: list[int] = []
    open_session(SAMPLES / "tool-call", seen.append)
    assert seen == [0]


def test_a_killed_recording_opens_and_says_what_is_wrong() -> None:
    opened = open_session(SAMPLES / "killed")
    assert opened.session.events > 0
    assert not opened.session.complete
    assert "cut off" in opened.problems[0]


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="not a recording"):
        open_session(tmp_path)
