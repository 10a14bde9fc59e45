"""Put each command's real `--help` into its page, and write the rules' page out of their docstrings.

`python docs/fill.py`, or `--check` to see whether they are up to date.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from rtdebug.diagnosis.rules import RULES as ALL_RULES
from rtdebug.reports.findings.page import markdown

HERE = Path(__file__).parent
PAGES = HERE / "commands"
RULES = HERE / "rules.md"
HELP = re.compile(r"(?<=```text\n).*?(?=```)", re.DOTALL)
RULES_HEAD = """# Rules

What [`rtdebug lint`](commands/lint.md) sees in a call, and what to do about it. Written by `python docs/fill.py` out of
the rules themselves; `rtdebug rule CODE` prints one page.

"""


def help_of(command: str) -> str:
    """Return what `rtdebug COMMAND --help` prints in a terminal of 90 columns without colour."""
    plain = {**os.environ, "COLUMNS": "90", "NO_COLOR": "1", "TERM": "dumb"}
    words = [sys.executable, "-m", "rtdebug", command, "--help"]
    printed = subprocess.run(words, env=plain, capture_output=True, text=True, check=True).stdout
    return "\n".join(line.rstrip() for line in printed.strip("\n").splitlines()) + "\n"


def filled(page: Path) -> str:
    """Return a page as it should be."""
    if page == RULES:
        return RULES_HEAD + markdown(ALL_RULES)
    return HELP.sub(lambda _: help_of(page.stem), page.read_text(encoding="utf-8"), count=1)


def main() -> None:
    """Fill every page, or name those that are out of date."""
    stale = []
    for page in (*sorted(PAGES.glob("*.md")), RULES):
        before = page.read_text(encoding="utf-8") if page.exists() else ""
        after = filled(page)
        if after != before:
            stale.append(page.name)
            if "--check" not in sys.argv:
                page.write_text(after, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(f"out of date: {', '.join(stale)}; run: uv run python docs/fill.py")
    print(f"filled: {', '.join(stale) or 'nothing to do'}")


if __name__ == "__main__":
    main()
