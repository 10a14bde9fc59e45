import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest

from rtdebug.tui.call.call import Call
from rtdebug.tui.call.export import Export, Exported, kept, whole
from tui.call.journals import SAMPLES, append, opened, other, record


def export(call: Call, indexes: Sequence[int], path: Path) -> Exported:
    with Export(call, indexes, path) as going:
        while going.step(1):
            assert not path.exists()
        return going.told


def test_an_export_is_what_cat_prints(tmp_path: Path) -> None:
    call = opened(SAMPLES / "audio-turn")
    told = export(call, range(len(call.journal)), tmp_path / "out.jsonl")
    command = [sys.executable, "-m", "rtdebug", "cat", "--json", str(SAMPLES / "audio-turn")]
    printed = subprocess.run(command, capture_output=True, check=True).stdout
    assert (tmp_path / "out.jsonl").read_bytes() == printed
    assert told == Exported(len(printed.splitlines()), len(call.journal) - len(printed.splitlines()), 0)


def test_only_what_was_chosen_is_written(tmp_path: Path) -> None:
    call = opened(record(tmp_path / "r", [append(), other(), append()]))
    chosen = [index for index in range(len(call.journal)) if call.journal.kind(index).name == "response.done"]
    assert export(call, chosen, tmp_path / "out.jsonl") == Exported(1, 0, 0)
    (line,) = (tmp_path / "out.jsonl").read_bytes().splitlines()
    assert orjson.loads(orjson.loads(line)["text"])["type"] == "response.done"


def test_nothing_is_written_over(tmp_path: Path) -> None:
    call = opened(record(tmp_path / "r", [other()]))
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(FileExistsError, match="it is there already"):
        export(call, [0], tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "precious"


def test_what_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    call = opened(record(tmp_path / "r", [other()]))
    with pytest.raises(IndexError):
        export(call, [0, 99], tmp_path / "out.jsonl")
    with pytest.raises(FileNotFoundError):
        export(call, [0], tmp_path / "no" / "such" / "folder.jsonl")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r"]


def test_what_is_left_on_the_way_leaves_nothing_behind(tmp_path: Path) -> None:
    call = opened(record(tmp_path / "r", [other(), other()]))
    with Export(call, [0, 1], tmp_path / "out.jsonl") as going:
        assert going.step(1)
        assert 0 < going.progress < 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r"]


def test_a_file_system_without_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    call = opened(record(tmp_path / "r", [other()]))
    assert export(call, range(len(call.journal)), tmp_path / "out.jsonl").messages == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl", "r"]


def test_what_cannot_be_rebuilt_is_counted(tmp_path: Path) -> None:
    call = opened(record(tmp_path / "r", [append(), other()]))
    (tmp_path / "r" / "client.wav").unlink()
    told = export(call, range(len(call.journal)), tmp_path / "out.jsonl")
    assert (told.messages, told.lost) == (1, 1)


def test_an_entry_is_copied_without_its_audio_or_with_it(tmp_path: Path) -> None:
    call = opened(record(tmp_path / "r", [append()]))
    index = next(index for index in range(len(call.journal)) if call.journal.frames[index])
    assert kept(call, index) == '{"type":"input_audio_buffer.append","audio":""}'
    assert whole(call, index) == '{"type":"input_audio_buffer.append","audio":"AAAAAAAA"}'


def test_what_is_no_message_is_copied_as_its_fields() -> None:
    call = opened(SAMPLES / "barge-in")
    last = len(call.journal) - 1
    assert orjson.loads(kept(call, last))["model"] == orjson.loads(whole(call, last))["model"] == "gpt-realtime-2.1"
