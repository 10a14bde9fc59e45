"""One recording on the screens: whatever is in its file, reading on does not raise."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rtdebug.recording.format import Entry
from rtdebug.recording.reader import RecordingReader
from rtdebug.tui.call.call import Call

from .journals import SAMPLES

LONG = 10**12


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        (b"oh}\n", "line 1 is not the header of a recording"),
        (b'99,"seq":1}\n', "written in format 99; this rtdebug reads up to 1. Upgrade rtdebug to read it."),
    ],
)
def test_a_beginning_that_turns_out_to_be_none_is_its_trouble(tmp_path: Path, rest: bytes, why: str) -> None:
    events = tmp_path / "events.jsonl"
    events.write_bytes(b'{"rtdebug":')
    call = Call(tmp_path)
    assert call.step(LONG) == 0
    assert (call.caught_up, call.trouble) == (True, "")
    events.write_bytes(b'{"rtdebug":' + rest)
    for _ in range(2):
        assert call.step(LONG) == 0
        assert (call.caught_up, call.trouble) == (True, f"cannot be read further: {why}")
    call.look_if_live()
    assert not call.live
    assert call.problems.count(call.trouble) == 1
    assert call.trouble in call.recorded().problems
    call.close()


def test_a_disk_that_fails_is_its_trouble_and_what_was_read_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    real = RecordingReader.more

    def fail(self: RecordingReader) -> Iterator[tuple[int, Entry]]:
        for number, found in enumerate(real(self)):
            if number == 10:
                raise OSError(5, "Input/output error")
            yield found

    monkeypatch.setattr(RecordingReader, "more", fail)
    call = Call(SAMPLES / "text-turn")
    assert call.step(LONG) == 10
    assert call.trouble == "cannot be read further: Input/output error"
    assert len(call.journal) == 10
    call.close()
