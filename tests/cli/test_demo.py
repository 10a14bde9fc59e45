import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rtdebug.recording.library import find
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.verify import verify
from rtdebug.reports import story
from rtdebug.simulator import caller

from .terminal import rtdebug


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


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9"])
def test_the_demo_does_not_go_by_the_proxies_of_the_machine(tmp_path: Path, proxy: str) -> None:
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy")
    done = demo("--pace", "50", "-o", str(tmp_path), **dict.fromkeys(names, proxy), NO_PROXY="", no_proxy="")
    assert done.returncode == 0, done.stderr
    assert len(find(tmp_path)) == 1


def test_a_demo_whose_call_does_not_come_about_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller, "_SHORTEST_PATIENCE_S", 0.01)
    monkeypatch.setattr(caller, "_LONGEST_CALL_S", 0.01)
    done = rtdebug("demo", "--pace", "50", "-o", tmp_path)
    assert done.status == 4
    assert done.talk.splitlines()[-1].endswith("left the caller waiting; is a Realtime API served there?")


def test_a_demo_is_told_without_its_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = story.story

    def without_sound(reader: RecordingReader) -> Iterator[str]:
        (reader.folder / "server.wav").unlink()
        return lines(reader)

    monkeypatch.setattr(story, "story", without_sound)
    done = rtdebug("demo", "--pace", "50", "-o", tmp_path)
    assert (done.status, "of answers" in done.text) == (0, True)
