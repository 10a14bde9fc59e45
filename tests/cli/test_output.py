"""What happens when whoever reads the output has enough: the same for all commands, and never a word."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "recordings"
CALL = SAMPLES / "barge-in"


@pytest.mark.parametrize(
    "words",
    [
        *(["show", CALL], ["show", CALL, "--json"], ["lint", SAMPLES], ["transcript", CALL], ["usage", SAMPLES]),
        *(["cat", CALL], ["verify", CALL], ["ls", SAMPLES], ["events"], ["rule"], ["diff", CALL, SAMPLES]),
    ],
    ids=lambda words: " ".join(Path(word).name for word in words),
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_closed_pipe_is_told_from_findings(words: list[object], unbuffered: str) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "rtdebug", *map(str, words)],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )
    os.close(write)
    assert done.returncode == 141
    assert "Traceback" not in done.stderr and "Broken" not in done.stderr
