"""What `rtdebug lint recordings/` prints, to the letter.

After a change that is meant: `RTDEBUG_GOLDEN=write uv run pytest tests/diagnosis/test_golden.py`, and read the diff.
"""

import os
from pathlib import Path

import pytest

from recordings.make import STORIES
from tests.cli.terminal import rtdebug

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden" / "recordings.txt"


def test_the_samples_have_exactly_these_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "recordings").mkdir()
    for story in STORIES:  # nothing but the samples: people keep recordings of their own beside them
        (tmp_path / "recordings" / story.name).symlink_to(ROOT / "recordings" / story.name)
    monkeypatch.chdir(tmp_path)
    done = rtdebug("lint", "recordings/", COLUMNS="120")
    assert done.talk == ""
    assert done.status == int("error," in done.text or "warning" in done.text)
    if os.environ.get("RTDEBUG_GOLDEN") == "write":
        GOLDEN.write_bytes(done.out)
    assert done.text == GOLDEN.read_text(encoding="utf-8")
