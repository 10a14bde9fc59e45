"""Which recordings a path names."""

from pathlib import Path

from rtdebug.recording.library import find, name_in


def _make(*folders: Path) -> None:
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "events.jsonl").touch()


def test_those_of_tests_are_found_where_the_plugin_puts_them(tmp_path: Path) -> None:
    wanted = [tmp_path / "2026_a", tmp_path / "test_office" / "test_hi", tmp_path / "test_office" / "test_two" / "1"]
    _make(*wanted)
    assert find(tmp_path) == wanted
    assert [name_in(tmp_path, path) for path in wanted] == ["2026_a", "test_office/test_hi", "test_office/test_two/1"]
    assert find(tmp_path / "test_office") == wanted[1:]


def test_a_recording_is_itself_and_has_none_within(tmp_path: Path) -> None:
    _make(tmp_path / "one", tmp_path / "one" / "within")
    assert find(tmp_path) == find(tmp_path / "one") == find(tmp_path / "one" / "events.jsonl") == [tmp_path / "one"]
    assert name_in(tmp_path / "one", tmp_path / "one") == "one"


def test_what_is_being_made_and_what_is_not_there_is_none(tmp_path: Path) -> None:
    _make(tmp_path / ".one.new-12", tmp_path / "module" / ".hidden" / "two")
    assert find(tmp_path) == find(tmp_path / "nowhere") == []


def test_a_link_to_a_recording_counts_and_a_circle_ends(tmp_path: Path) -> None:
    _make(tmp_path / "module" / "one")
    (tmp_path / "linked").symlink_to(tmp_path / "module" / "one")
    (tmp_path / "module" / "circle").symlink_to(tmp_path)
    (tmp_path / "module" / "dangling").symlink_to(tmp_path / "nowhere")
    assert find(tmp_path) == [tmp_path / "linked", tmp_path / "module" / "one"]


def test_a_recording_may_lie_eight_folders_below(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*"1234567")
    _make(deep / "8", deep / "8x" / "9")
    assert find(tmp_path) == [deep / "8"]
    assert find(tmp_path / "1") == [deep / "8", deep / "8x" / "9"]


def test_names_are_told_from_here(tmp_path: Path) -> None:
    assert name_in(Path(), Path("calls/one")) == "calls/one"
    assert name_in(Path(), Path()) == Path.cwd().name
