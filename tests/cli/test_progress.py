import io
import os
import pty
import subprocess
import sys

import pytest

from rtdebug.cli import progress
from rtdebug.cli.progress import now_and_then

COUNT = """
from rtdebug.cli.progress import OneLine
line = OneLine()
line.show("1 of 2")
line.show("2 of 2")
line.clear()
"""


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stderr", "said"), [(Screen(), "rtdebug: 1 of 1,200, one: 4,096 entries read\n"), (io.StringIO(), "")]
)
def test_long_work_says_now_and_then_how_far_it_is(
    stderr: io.StringIO, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(sys, "stderr", stderr)
    tell = now_and_then(lambda number, name, entries: f"{number} of 1,200, {name}: {entries:,} entries read")
    tell(1, "one", 0)
    now[0] = 3.0
    tell(1, "one", 4096)
    tell(1, "one", 8192)
    assert stderr.getvalue() == said


def test_one_line_is_written_over_and_leaves_no_trace() -> None:
    ours, theirs = pty.openpty()
    subprocess.run([sys.executable, "-c", COUNT], stderr=theirs, env={**os.environ, "TERM": "xterm"}, check=True)
    os.close(theirs)
    assert os.read(ours, 4096) == b"\rrtdebug: 1 of 2 \rrtdebug: 2 of 2 \r\x1b[K"
    os.close(ours)


def test_there_is_no_such_line_where_nobody_looks() -> None:
    assert subprocess.run([sys.executable, "-c", COUNT], capture_output=True, check=True).stderr == b""
