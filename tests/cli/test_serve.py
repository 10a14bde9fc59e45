"""`rtdebug serve` as a process: what it prints, how it ends, and what it says of mistakes."""

import asyncio
import json
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from rtdebug.recording.library import find
from rtdebug.replay.load import load

from .terminal import rtdebug

RECORDINGS = Path(__file__).parents[2] / "recordings"
TEXT = RECORDINGS / "text-turn"
pytestmark = pytest.mark.timeout(60)


class Running:
    """`rtdebug serve`, and what it said."""

    def __init__(self, *options: object, stdout: int = subprocess.PIPE) -> None:
        words = [sys.executable, "-m", "rtdebug", "serve", "--listen", "127.0.0.1:0", *map(str, options)]
        self.process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=stdout, bufsize=0)
        self.talk: list[str] = []
        self.url = ""

    def begin(self) -> "Running":
        self.talk = [self._line(), self._line()]
        found = re.search(r"address: (ws://127\.0\.0\.1:\d+/v1/realtime)$", self.talk[1])
        assert found, self.talk
        self.url = found[1]
        return self

    def _line(self) -> str:
        assert self.process.stderr
        assert select.select([self.process.stderr], [], [], 30)[0], "it says nothing"
        return self.process.stderr.readline().decode().rstrip("\n")

    def end(self, number: int | None = None) -> tuple[int, str]:
        if number is not None:
            self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=20)
        return self.process.returncode, (out or b"").decode()


@pytest.fixture
def serve() -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(*options: object, stdout: int = subprocess.PIPE) -> Running:
        started.append(Running(*options, stdout=stdout))
        return started[-1].begin()

    yield start
    for running in started:
        running.process.kill()
        running.process.communicate()


def talk(url: str, *, text: str = "Hi, when is the next train to Leeds?") -> list[dict[str, Any]]:
    """Have the call of `text-turn`."""
    session = {"type": "realtime", "output_modalities": ["text"], "instructions": "You work in a ticket office."}
    content = [{"type": "input_text", "text": text}]
    events = [
        {"type": "session.update", "session": session},
        {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": content}},
        {"type": "response.create"},
    ]

    async def call() -> list[dict[str, Any]]:
        heard: list[dict[str, Any]] = []
        async with connect(url) as line:
            for event in events:
                await line.send(json.dumps(event))
            while not heard or heard[-1]["type"] != "response.done":
                heard.append(json.loads(await line.recv()))
        return heard

    return asyncio.run(call())


def test_a_recording_is_played_once_and_the_verdict_is_clean(serve: Callable[..., Running]) -> None:
    running = serve(TEXT)
    assert re.search(r"set OPENAI_BASE_URL=http://127\.0\.0\.1:\d+/v1$", running.talk[0])
    talk(running.url)
    assert running.end() == (0, "✔ text-turn: 54 of 54 steps · client closed 1000\n")


def test_a_verdict_that_nobody_reads_ends_it_all_the_same(serve: Callable[..., Running]) -> None:
    read, write = os.pipe()
    os.close(read)
    running = serve(TEXT, stdout=write)
    os.close(write)
    talk(running.url)
    assert running.end()[0] == 141


def test_what_was_done_otherwise_is_printed_and_the_exit_code_says_so(serve: Callable[..., Running]) -> None:
    running = serve(TEXT)
    talk(running.url, text="Hi, when is the next train to York?")
    status, out = running.end()
    assert status == 1
    assert out.splitlines() == [
        "✘ text-turn: 54 of 54 steps · client closed 1000",
        "  step 4 (line 6): conversation.item.create (message user Hi, when is the next train to Leeds?) "
        "was sent with something else in it",
        "    item.content[].text",
        '      recorded  "Hi, when is the next train to Leeds?"',
        '      sent      "Hi, when is the next train to York?"',
    ]


def test_ignored_fields_may_differ(serve: Callable[..., Running]) -> None:
    running = serve(TEXT, "--ignore", "item.content.text")
    talk(running.url, text="Hi, when is the next train to York?")
    assert running.end()[0] == 0


def test_a_loop_ends_with_ctrl_c_and_a_verdict(serve: Callable[..., Running], tmp_path: Path) -> None:
    running = serve(TEXT, "--loop", "--json", "--out", tmp_path / "again")
    for _ in range(3):
        talk(running.url)
    status, out = running.end(signal.SIGINT)
    told = json.loads(out)
    assert (status, told["clean"], len(told["connections"])) == (0, True, 3)
    assert {one["folder"] for one in told["connections"]} == {str(path) for path in find(tmp_path / "again")}
    assert told["connections"][0]["sent"] == {"events": 3, "audio_ms": 0.0}


def test_ctrl_c_before_anybody_came(serve: Callable[..., Running]) -> None:
    assert serve(TEXT).end(signal.SIGINT) == (1, "✘ text-turn: nobody connected\n")


def test_ctrl_c_in_mid_call(serve: Callable[..., Running]) -> None:
    running = serve(TEXT)

    async def call() -> tuple[int, str]:
        async with connect(running.url) as line:
            await line.recv()
            ended = await asyncio.to_thread(running.end, signal.SIGINT)
            await line.wait_closed()
            assert line.close_code == 1001
        return ended

    status, out = asyncio.run(call())
    assert status == 1
    assert out.startswith("✘ text-turn: 1 of 54 steps · client was sent away with 1001: the replay was stopped\n")


def test_a_fault(serve: Callable[..., Running]) -> None:
    running = serve(TEXT, "--fault", "error=rate_limit_exceeded")

    async def call() -> dict[str, Any]:
        async with connect(running.url) as line:
            for command in steps(TEXT):
                await line.send(json.dumps(command))
            while True:
                event: dict[str, Any] = json.loads(await line.recv())
                if event["type"] == "error":
                    return event

    assert asyncio.run(call())["error"]["code"] == "rate_limit_exceeded"
    assert running.end()[0] == 0


def steps(path: Path) -> list[dict[str, Any]]:
    return [json.loads(command.text) for command in load(path).script.commands]


def test_the_steps_can_be_listed() -> None:
    lines = rtdebug("serve", TEXT, "--steps").text.splitlines()
    assert lines[0] == "text-turn: 54 steps"
    assert lines[7] == "     7  line 9      client  response.create"
    told = json.loads(rtdebug("serve", TEXT, "--steps", "--json").text)
    assert told["steps"][6] == {"step": 7, "line": 9, "from": "client", "what": "response.create"}


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["--pace", "brisk"], 2, "--pace brisk: expected recorded, fast, or how many times faster, such as 2x"),
        (["--fault", "explode"], 2, "fault 'explode': expected NAME[=VALUE][@WHERE]. There are drop:"),
        (["--fault", "drop@99"], 2, "fault drop@99: text-turn has 54 steps"),
        (["--ignore", "session.instruction"], 2, "Did you mean session.instructions"),
        (["--ignore", "model"], 2, "--ignore model: no field or type of what these recordings' clients sent. Did you"),
        (["--ignore", "url.modle"], 2, "Did you mean url.model"),
        (["--listen", "nowhere"], 2, "--listen nowhere: expected host:port"),
        (["--listen", "192.0.2.1:0"], 2, "cannot listen on 192.0.2.1:0: "),
    ],
)
def test_mistakes_are_named(options: list[str], status: int, words: str) -> None:
    done = rtdebug("serve", TEXT, *options)
    assert done.status == status
    assert words in done.talk


def test_what_is_no_recording(tmp_path: Path) -> None:
    done = rtdebug("serve", tmp_path)
    assert done.status == 2
    assert done.talk == (f"rtdebug: no recordings in {tmp_path}\n")
