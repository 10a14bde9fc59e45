"""What reports are about is put together in one way, whoever has read the recording."""

import shutil
from pathlib import Path

import pytest

from recordings.make import STORIES
from rtdebug.cli.sessions import read
from rtdebug.reports.recorded import Recorded
from rtdebug.tui.call.call import Call
from tests.imports.logs import import_bytes

SAMPLES = Path(__file__).parents[2] / "recordings"
LOG = b'{"type":"session.created","session":{"id":"sess_1"}}\n{"type":"response.create"}\n'


def by_steps(path: Path) -> Recorded:
    call = Call(path)
    while not call.caught_up:
        call.step(0)
    recorded = call.recorded()
    call.close()
    return recorded


@pytest.mark.parametrize("name", [story.name for story in STORIES])
def test_the_inspector_and_the_commands_have_the_same_of_a_recording(name: str) -> None:
    assert by_steps(SAMPLES / name) == read(SAMPLES / name)


def test_and_of_an_imported_log_without_times(tmp_path: Path) -> None:
    folder = import_bytes(LOG, tmp_path, "log.jsonl").built.folder
    recorded = read(folder)
    assert (recorded.started_ns, recorded.source.startswith("log.jsonl"), "times" in recorded.lacks) == (0, True, True)
    assert by_steps(folder) == recorded


def test_the_folder_one_stands_in_has_a_name_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = shutil.copytree(SAMPLES / "text-turn", tmp_path / "here")
    monkeypatch.chdir(copied)
    assert read(Path()).name == by_steps(Path()).name == "here"
