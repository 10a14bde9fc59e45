"""Put each command's real `--help` into its page: `python docs/fill.py`, or `--check` to see whether it is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

PAGES = Path(__file__).parent / "commands"
HELP = re.compile(r"(?<=```text\n).*?(?=```)", re.DOTALL)


def help_of(command: str) -> str:
    """Return what `rtdebug COMMAND --help` prints in a terminal of 90 columns without colour."""
    plain = {**os.environ, "COLUMNS": "90", "NO_COLOR": "1", "TERM": "dumb"}
    words = [sys.executable, "-m", "rtdebug", command, "--help"]
    printed = subprocess.run(words, env=plain, capture_output=True, text=True, check=True).stdout
    return "\n".join(line.rstrip() for line in printed.strip("\n").splitlines()) + "\n"


def main() -> None:
    """Fill every page, or name those that are out of date."""
    stale = []
    for page in sorted(PAGES.glob("*.md")):
        before = page.read_text(encoding="utf-8")
        after = HELP.sub(lambda _, page=page: help_of(page.stem), before, count=1)
        if after != before:
            stale.append(page.name)
            if "--check" not in sys.argv:
                page.write_text(after, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(f"out of date: {', '.join(stale)}; run: uv run python docs/fill.py")
    print(f"filled: {', '.join(stale) or 'nothing to do'}")


if __name__ == "__main__":
    main()
