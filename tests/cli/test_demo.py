import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from rtdebug.recording.library import find
from rtdebug.recording.verify import verify

from .terminal import Recorded


def demo(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "rtdebug", "demo", *words]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, timeout=60)


def test_the_demo_records_a_call_and_says_where(tmp_path: Path) -> None:
    done = demo("--pace", "50", "-o", str(tmp_path))
    assert done.returncode == 0, done.stderr
    (folder,) = find(tmp_path)
    assert verify(folder).clean
    assert str(folder) in done.stdout.decode()
    for name in ("tui", "show", "lint", "play"):
        assert f"rtdebug {name} {folder}\n" in done.stdout.decode()
    assert "user: “Hi, when is the next train to Leeds?”" in done.stdout.decode()


def test_the_demo_speaks_plainly_where_the_locale_knows_no_signs(tmp_path: Path) -> None:
    done = demo("--pace", "50", "-o", str(tmp_path), PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert b"user: ?Hi" in done.stdout


def test_a_demo_that_is_stopped_says_where_the_call_is(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rtdebug", "demo", "-o", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        give_up = time.monotonic() + 30
        while not find(tmp_path) and time.monotonic() < give_up:
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, talk = process.communicate(timeout=30)
    (folder,) = find(tmp_path)
    assert process.returncode == 130
    assert f"stopped; the call as far as it went is in {folder}\n" in talk.decode()


def test_a_pace_that_is_no_number_is_refused() -> None:
    done = demo("--pace", "nan")
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_output_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    Recorded(tmp_path / "call").call().end()
    with Path("/dev/full").open("wb") as full:
        words = [sys.executable, "-m", "rtdebug", "verify", str(tmp_path)]
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == os.EX_IOERR
    assert done.stderr == b"rtdebug: cannot write the output: No space left on device\n"
