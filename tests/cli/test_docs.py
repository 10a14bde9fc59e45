import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

from rtdebug.cli import COMMANDS

ROOT = Path(__file__).parents[2]
RENDERER = tuple(int(part) for part in importlib.metadata.version("rich-click").split(".")[:2])


@pytest.mark.skipif(RENDERER < (1, 9), reason="the pages show the help as rich-click 1.9 draws it")
def test_every_page_shows_the_commands_real_help() -> None:
    words = [sys.executable, str(ROOT / "docs" / "fill.py"), "--check"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_command_has_its_page_and_every_page_is_in_the_readme() -> None:
    pages = {page.stem for page in (ROOT / "docs" / "commands").glob("*.md")}
    assert pages == set(COMMANDS)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"(docs/commands/{command}.md)" in readme for command in COMMANDS)
