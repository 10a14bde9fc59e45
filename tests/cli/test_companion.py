"""The process beside the proxy: it says what it finds, and whatever becomes of it, nobody is held up."""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from rtdebug.cli import companion as module
from rtdebug.cli.companion import Companion, companion

from .terminal import CREATED, Recorded

REFUSED = json.dumps(
    {"type": "error", "error": {"type": "invalid_request_error", "code": "conversation_already_has_active_response"}}
).encode()


@pytest.fixture(autouse=True)
def only_collisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls written by hand are not in order in every respect."""
    (tmp_path / "pyproject.toml").write_text('[tool.rtdebug.lint]\nselect = ["RT120"]\n')
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A recording with one finding."""
    return Recorded(tmp_path / "faulty").say("server", CREATED).say("server", REFUSED).end()


async def told(*folders: Path) -> list[str]:
    said: list[str] = []
    async with companion(said.append) as beside:
        for folder in folders:
            beside.diagnose(folder)
    return said


async def test_it_says_what_it_finds_and_nothing_where_nothing_is(faulty: Path, tmp_path: Path) -> None:
    good = Recorded(tmp_path / "good").say("server", CREATED).end()
    [line] = await told(good, faulty, tmp_path / "nowhere")
    assert "RT120 response-collision" in line
    assert line.endswith(f" · rtdebug lint {faulty}")


async def test_settings_of_the_project_count(faulty: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.rtdebug.lint]\nselect = ["RT24"]\n')
    assert await told(faulty) == []


async def test_settings_that_are_wrong_are_not_the_proxys_concern(faulty: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.rtdebug.lint]\nnonsense = 1\n")
    assert await told(faulty) == []


async def test_it_can_be_left_out(faulty: Path) -> None:
    said: list[str] = []
    async with companion(said.append, wanted=False) as beside:
        beside.diagnose(faulty)
    assert said == []


async def test_without_it_everything_goes_on(faulty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert await told(faulty) == []


async def test_when_it_dies_everything_goes_on(faulty: Path) -> None:
    said: list[str] = []
    async with companion(said.append) as beside:
        os.kill(pid(beside), signal.SIGKILL)
        await asyncio.sleep(0.1)
        for _ in range(3):
            beside.diagnose(faulty)
    assert said == []


async def test_when_it_hangs_the_end_waits_only_so_long(faulty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE_S", 0.3)
    async with companion(lambda _: None) as beside:
        os.kill(pid(beside), signal.SIGSTOP)
        beside.diagnose(faulty)
        began = time.monotonic()
    assert time.monotonic() - began < 3


async def test_so_many_may_wait_and_no_more(faulty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_WAITING", 2)
    assert len(await told(*[faulty] * 10)) == 2


async def test_what_goes_wrong_in_the_block_stays_what_it_is() -> None:
    with pytest.raises(KeyError):
        async with companion(lambda _: None):
            raise KeyError


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux")
async def test_it_runs_only_when_nobody_else_wants_to() -> None:
    async with companion(lambda _: None) as beside:
        for _ in range(100):
            policy = os.sched_getscheduler(pid(beside))
            if policy == os.SCHED_IDLE:
                break
            await asyncio.sleep(0.05)
        assert policy == os.SCHED_IDLE
        assert os.getpriority(os.PRIO_PROCESS, pid(beside)) == 19


def pid(beside: Companion) -> int:
    assert beside._process is not None
    return beside._process.pid


def test_a_recording_that_takes_too_long_is_given_up(faulty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(_: Path) -> str:
        time.sleep(30)
        return "never"

    before = signal.getsignal(signal.SIGALRM)
    monkeypatch.setattr(module, "told", slow)
    monkeypatch.setattr(module, "_step_back", lambda: None)
    monkeypatch.setattr(module, "_SECONDS_EACH", 1)
    with (faulty / "list").open("wb") as file:
        file.write(b"one\n")
    with (faulty / "list").open() as given, (faulty / "said").open("w") as said:
        monkeypatch.setattr(sys, "stdin", given)
        monkeypatch.setattr(sys, "stdout", said)
        try:
            module.main()
        finally:
            signal.signal(signal.SIGALRM, before)
    assert (faulty / "said").read_text() == "\n"
