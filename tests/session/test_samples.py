"""Every sample recording, and every prefix of one, folds; and it does not matter in how many steps."""

import shutil
from pathlib import Path

import pytest

from rtdebug.opening import open_session
from rtdebug.protocol.event import EventReader
from rtdebug.recording.library import find
from rtdebug.recording.reader import RecordingReader
from rtdebug.session.fold import Fold

from .telling import folded

SAMPLES = find(Path(__file__).parents[2] / "recordings")
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 5


@each_sample
def test_one_by_one_is_all_at_once(sample: Path) -> None:
    with RecordingReader(sample) as reader:
        events = [*map(EventReader().read, reader.entries())]
    step = max(1, len(events) // 25)
    fold = Fold()
    for number, event in enumerate(events, 1):
        fold.take(event)
        if number % step == 0 or number == len(events):
            assert fold.session == folded(events[:number])


@each_sample
def test_a_recording_cut_off_anywhere_opens(sample: Path, tmp_path: Path) -> None:
    text = (sample / "events.jsonl").read_bytes()
    for track in sample.glob("*.wav"):
        (tmp_path / track.name).symlink_to(track)
    whole = open_session(sample).session
    for part in range(31):
        (tmp_path / "events.jsonl").write_bytes(text[: len(text) * part // 30])
        opened = open_session(tmp_path)
        assert opened.session.events <= whole.events
        assert list(opened.session.responses) == list(whole.responses)[: len(opened.session.responses)]
    assert opened.session == whole


@each_sample
def test_a_sample_is_understood(sample: Path) -> None:
    session = open_session(sample).session
    assert session.id.startswith("sess_")
    assert not session.unknown
    assert not session.notes or sample.name == "error"  # its client sends half an event
    for response in session.responses.values():
        assert response.created is not None
        assert response.asked.by
        assert response.done is not None or sample.name == "killed"


def test_damage_is_said_and_the_rest_is_read(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES[0], tmp_path / "copy")
    path = tmp_path / "copy" / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[5] = b'{"seq": what\n'
    path.write_bytes(b"".join(lines))
    opened = open_session(tmp_path / "copy")
    assert opened.problems
    assert "line 6" in opened.problems[0]
    assert opened.session.events > 0
