"""Paths that cannot be used are told in one way by all commands."""

from pathlib import Path

import pytest

from .terminal import rtdebug

MISSING = "nosuch/file"


@pytest.mark.parametrize(
    "words",
    [
        *(["ls"], ["show"], ["lint"], ["usage"], ["verify"], ["serve"], ["import"], ["diff"], ["tui"], ["audio"]),
        *(["simulate", "--script"], ["proxy", "--cert"], ["proxy", "--upstream-ca"]),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_said_in_a_line(words: list[str]) -> None:
    after = [MISSING] if words == ["diff"] else []
    done = rtdebug(*words, MISSING, *after)
    assert (done.status, done.out) == (2, b"")
    option = f"{words[1]} " if len(words) > 1 else ""
    assert done.talk.startswith(f"rtdebug: {option}{MISSING}: there is no such file")
    assert done.talk.count("\n") == 1


def test_a_folder_is_no_file_and_a_file_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    assert f"--script {tmp_path}: it is no file\n" in rtdebug("simulate", "--script", tmp_path).talk
    assert f"--out {tmp_path / 'x'}: it is no folder\n" in rtdebug("import", tmp_path / "x", "-o", tmp_path / "x").talk
