"""Recordings put in their places: all of them whole, or all as it was before."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from rtdebug.errors import RecordingError
from rtdebug.replay.testing.choosing import chosen
from rtdebug.replay.testing.placing import check, keep
from rtdebug.replay.testing.wish import Wish

from .actor import RECORDINGS

Files = dict[Path, bytes | None]


def under(folder: Path) -> Files:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    for name, sample in (("a", "text-turn"), ("b", "audio-turn")):
        shutil.copytree(RECORDINGS / sample, tmp_path / "made" / name)
    return tmp_path / "made"


@pytest.fixture
def places(tmp_path: Path) -> list[Path]:
    """Return two places, each with a recording."""
    for name in ("one", "other"):
        shutil.copytree(RECORDINGS / "tool-call", tmp_path / "recordings" / name)
    return [tmp_path / "recordings" / "one", tmp_path / "recordings" / "other"]


class FullDisk:
    """An `os.rename` that fails where that is said."""

    def __init__(self, *, at: set[int]) -> None:
        self._at = at
        self._number = 0
        self._rename = os.rename

    def __call__(self, source: Path, target: Path) -> None:
        self._number += 1
        if self._number in self._at:
            raise OSError(errno.ENOSPC, "No space left on device")
        self._rename(source, target)


def test_recordings_are_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    made, place = tmp_path / "made", tmp_path / "recordings" / "deep" / "name"
    made.mkdir()
    with pytest.raises(RecordingError, match="nothing was recorded"):
        keep(made, [place], overwrite=True)
    shutil.copytree(RECORDINGS / "text-turn", made / "a")
    keep(made, [place], overwrite=True)
    assert [path.name for path in place.iterdir()] == ["events.jsonl"]
    shutil.copytree(RECORDINGS / "audio-turn", made / "b")
    keep(made, [place], overwrite=False)
    assert [path.name for path in place.iterdir()] == ["events.jsonl"]
    keep(made, [place], overwrite=True)
    assert sorted(path.name for path in place.iterdir()) == ["1", "2"]
    place.joinpath("notes.txt").touch()
    with pytest.raises(RecordingError, match="holds more than a recording"):
        keep(made, [place], overwrite=True)
    assert [path.name for path in place.parent.iterdir()] == ["name"]


def test_a_place_that_takes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.joinpath("file").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path / "read-only")
    tmp_path.joinpath("read-only").mkdir()
    check([tmp_path / "new" / "name"])
    with pytest.raises(RecordingError, match="read-only takes no files"):
        check([tmp_path / "read-only" / "new" / "name"])
    with pytest.raises(RecordingError, match="the recording cannot be put there"):
        keep(RECORDINGS, [tmp_path / "file" / "name"], overwrite=True)


def test_all_places_or_none(made: Path, places: list[Path]) -> None:
    keep(made, places, overwrite=True)
    assert [path.name for path in places[0].parent.iterdir() if path not in places] == []
    for place, sample in zip(places, ("text-turn", "audio-turn"), strict=True):
        assert [*under(place).values()] == [*under(RECORDINGS / sample).values()]


def test_the_second_place_cannot_be_written_beside(made: Path, places: list[Path]) -> None:
    before = under(places[0].parent)
    with pytest.raises(RecordingError, match="x: the recording cannot be put there"):
        keep(made, [places[0], places[1].with_name("x" * 250)], overwrite=True)
    assert under(places[0].parent) == before


def test_the_second_place_is_taken(made: Path, tmp_path: Path) -> None:
    tmp_path.joinpath("taken", "1").mkdir(parents=True)
    before = under(tmp_path)
    with pytest.raises(RecordingError, match="taken: the recording cannot be put there"):
        keep(made, [tmp_path / "new" / "deep" / "one", tmp_path / "taken"], overwrite=False)
    assert under(tmp_path) == before


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_disk_that_is_full(number: int, made: Path, places: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    before = under(places[0].parent)
    monkeypatch.setattr(os, "rename", FullDisk(at={number}))
    with pytest.raises(RecordingError, match="No space left on device"):
        keep(made, places, overwrite=True)
    assert under(places[0].parent) == before


def test_what_cannot_be_put_back_is_not_lost(made: Path, places: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(made / "b")
    before = [*under(places[0]).values()]
    monkeypatch.setattr(os, "rename", FullDisk(at={2, 3}))
    with pytest.raises(RecordingError) as told:
        keep(made, places[:1], overwrite=True)
    assert "one: the recording cannot be put there" in str(told.value)
    kept = Path(str(told.value).rpartition("what was there is in ")[2])
    assert [*under(kept).values()] == before
    assert sorted(places[0].parent.iterdir()) == sorted([kept, places[1]])


def test_a_recording_within_another(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"a/b: is within .*a, which is a recording too"):
        check([tmp_path / "a", tmp_path / "a" / "b"])


@pytest.mark.parametrize("mode", ["none", "once", "all"])
def test_names_that_many_disks_take_for_one(mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(RECORDINGS / "text-turn", tmp_path / "test_y-A")
    with pytest.raises(RecordingError, match="no recording test_y-a, but there is test_y-A: on macOS and Windows"):
        chosen([tmp_path / "test_y-a"], Wish(), mode, upstream="ws://localhost", out=tmp_path, command=str)  # type: ignore[arg-type]
    check([tmp_path / "test_y-A", tmp_path / "test_y-b"])


def test_a_name_that_another_test_has_taken_meanwhile(made: Path, tmp_path: Path) -> None:
    shutil.rmtree(made / "b")
    keep(made, [tmp_path / "test_y-A"], overwrite=False)
    with pytest.raises(RecordingError, match=r"but there is .*test_y-A"):
        keep(made, [tmp_path / "test_y-a"], overwrite=False)


@pytest.mark.parametrize("mode", ["none", "once", "all"])
@pytest.mark.parametrize("names", [("same", "Same"), ("Calls/a", "calls/b")])
def test_names_of_one_test_that_many_disks_take_for_one(mode: str, names: tuple[str, ...], tmp_path: Path) -> None:
    places = [tmp_path / name for name in names]
    with pytest.raises(RecordingError, match=r"recordings .* and .*: on macOS and Windows the two are one"):
        chosen(places, Wish(), mode, upstream="ws://localhost", out=tmp_path, command=str, within=tmp_path)  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["none", "once", "all"])
def test_folders_that_many_disks_take_for_one(mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    recordings = tmp_path / "Recordings"
    shutil.copytree(RECORDINGS / "text-turn", recordings / "Calls" / "a")
    with pytest.raises(
        RecordingError, match="no recording Recordings/calls/a, but there is Recordings/Calls: on macOS"
    ):
        chosen(
            [recordings / "calls" / "a"],
            Wish(),
            mode,  # type: ignore[arg-type]
            upstream="ws://localhost",
            out=tmp_path,
            command=str,
            within=recordings,
        )
    check([tmp_path / "recordings" / "Calls" / "a"], tmp_path / "recordings")


def test_a_folder_that_another_test_has_made_meanwhile(made: Path, tmp_path: Path) -> None:
    shutil.rmtree(made / "b")
    keep(made, [tmp_path / "Calls" / "a"], overwrite=False, within=tmp_path)
    with pytest.raises(RecordingError, match=r"but there is .*Calls"):
        keep(made, [tmp_path / "calls" / "b"], overwrite=False, within=tmp_path)
    assert not (tmp_path / "calls").exists()
