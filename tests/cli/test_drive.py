"""`rtdebug drive` as a command: what it prints, what it asks, how it ends."""

import asyncio
import json
import math
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.server import ServerConnection, serve

from rtdebug.protocol.reading import loads
from rtdebug.recording.library import find
from rtdebug.simulator.options import Options
from rtdebug.simulator.script import DEFAULT, Script
from rtdebug.simulator.script_reply import Ending, Reply
from rtdebug.simulator.script_rule import Rule, When
from rtdebug.simulator.server import Simulator

from .terminal import rtdebug

RECORDINGS = Path(__file__).parents[2] / "recordings"
TEXT = RECORDINGS / "text-turn"
KEYS = {"OPENAI_API_KEY": "", "AZURE_OPENAI_API_KEY": "", "XAI_API_KEY": ""}
pytestmark = pytest.mark.timeout(60)


class Served:
    """A simulator in a thread."""

    def __init__(self, options: Options, script: Script = DEFAULT) -> None:
        self.simulator = Simulator(pace=math.inf, options=options, script=script)
        self._ready = threading.Event()
        self._over = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._thread.start()
        assert self._ready.wait(30)

    async def _serve(self) -> None:
        async with self.simulator:
            self._ready.set()
            await self._over.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30)
        self._loop.close()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.simulator.port}"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    one = Served(Options())
    yield one
    one.stop()


@pytest.fixture(scope="module")
def guarded() -> Iterator[Served]:
    one = Served(Options(require_key="sk-right-one-0001"))
    yield one
    one.stop()


def test_a_run_is_played_recorded_and_told(served: Served, tmp_path: Path) -> None:
    done = rtdebug("drive", TEXT, served.address, "--pace", "fast", "--out", tmp_path)
    assert (done.status, done.talk) == (0, "")
    (folder,) = find(tmp_path)
    assert done.text.splitlines() == [
        f"✔ run 1 of 1: played to its end · 3 of 3 steps · 1 turn · {folder}",
        f"rtdebug diff {TEXT} {folder}",
    ]


def test_a_run_in_which_an_answer_fails_ends_with_1(tmp_path: Path) -> None:
    failed = Ending("failed", code="server_error", message="The server had an error.")
    served = Served(Options(), Script(rules=(Rule(When(), Reply(say="Now then", ending=failed)),)))
    try:
        done = rtdebug("drive", TEXT, served.address, "--pace", "fast", "--out", tmp_path)
    finally:
        served.stop()
    assert done.status == 1
    assert re.match(r"✘ run 1 of 1: played to its end, but step \d+: the answer failed · 3 of 3 steps · ", done.text)


def test_several_runs_each_have_their_line_and_their_recording(served: Served, tmp_path: Path) -> None:
    done = rtdebug("drive", RECORDINGS / "audio-turn", served.address, "--pace", "fast", "-n", 3, "-o", tmp_path)
    assert done.status == 0
    assert len(find(tmp_path)) == 3
    lines = done.text.splitlines()
    assert [line[:12] for line in lines[:3]] == ["✔ run 1 of 3", "✔ run 2 of 3", "✔ run 3 of 3"]
    assert all(re.search(r"· 1 turn · first audio after \d+ ms · ", line) for line in lines[:3])
    assert lines[3].split()[3:] == [str(folder) for folder in sorted(find(tmp_path))]


def test_the_runs_are_compared_where_that_is_asked_for(served: Served, tmp_path: Path) -> None:
    same = rtdebug("drive", TEXT, served.address, "--diff", "--pace", "fast", "-o", tmp_path / "a")
    assert "differ" in same.text or "no differences" in same.text
    other = ("--instructions", "Be brief.", "--pace", "fast", "-o", tmp_path / "b")
    done = rtdebug("drive", TEXT, served.address, "--diff", *other)
    assert done.status == 1
    assert "Be brief." in done.text


def test_a_call_that_was_not_to_be_had_is_not_compared(tmp_path: Path) -> None:
    done = rtdebug("drive", TEXT, "127.0.0.1:9", "--diff", "-o", tmp_path)
    assert done.status == 1
    assert len(done.text.splitlines()) == 1


def test_json_has_it_all(served: Served, tmp_path: Path) -> None:
    done = rtdebug("drive", TEXT, served.address, "--json", "-n", 2, "--pace", "fast", "-o", tmp_path)
    told = json.loads(done.text)
    assert (done.status, told["complete"]) == (0, True)
    assert told["endpoint"] == f"ws://{served.address}/v1/realtime"
    assert len(told["runs"]) == 2
    assert told["runs"][0] == {
        "complete": True,
        "ending": "played to its end",
        "steps": 3,
        "done": 3,
        "waited_for": None,
        "turns": 1,
        "first_audio_ms": None,
        "audio_ms": 0.0,
        "silence_ms": 0.0,
        "notes": [],
        "folder": str(min(find(tmp_path))),
    }


def test_texts_come_from_files(served: Served, tmp_path: Path) -> None:
    (tmp_path / "prompt").write_text("Be brief.\n")
    (tmp_path / "tools").write_text("[]")
    options = ("--instructions", f"@{tmp_path / 'prompt'}", "--set", f"session.tools=@{tmp_path / 'tools'}")
    done = rtdebug("drive", TEXT, served.address, "--pace", "fast", "-o", tmp_path / "out", *options)
    assert done.status == 0
    (folder,) = find(tmp_path / "out")
    lines = (folder / "events.jsonl").read_bytes().splitlines()
    (sent,) = [line for line in lines if b"session.update" in line and b"session.updated" not in line]
    assert b"Be brief.\\n" in sent
    assert loads(sent)


def test_no_instructions_are_an_edit_too(served: Served, tmp_path: Path) -> None:
    done = rtdebug("drive", TEXT, served.address, "--instructions", "", "--pace", "fast", "-o", tmp_path)
    assert done.status == 0
    (folder,) = find(tmp_path)
    lines = map(loads, (folder / "events.jsonl").read_bytes().splitlines())
    (update,) = (line["event"] for line in lines if line.get("event", {}).get("type") == "session.update")
    assert update["session"]["instructions"] == ""


def test_the_key_of_a_variable_is_sent(guarded: Served, tmp_path: Path) -> None:
    options = (TEXT, guarded.address, "--pace", "fast", "-o", tmp_path, "--key-env", "MY_KEY")
    assert rtdebug("drive", *options, MY_KEY="sk-right-one-0001").status == 0
    wrong = rtdebug("drive", *options, MY_KEY="sk-wrong-one-0001")
    assert wrong.status == 1
    assert "closed 3000" in wrong.text
    assert "still waiting for: session.created" in wrong.text
    assert not any(b"sk-right" in path.read_bytes() for path in tmp_path.glob("*/events.jsonl"))


def test_keys_of_services_are_for_these_alone(guarded: Served, tmp_path: Path) -> None:
    done = rtdebug("drive", TEXT, guarded.address, "--pace", "fast", "-o", tmp_path, OPENAI_API_KEY="sk-right-one-0001")
    assert done.status == 1


def test_nobody_there_ends_with_1_and_the_other_runs_are_not_tried(tmp_path: Path) -> None:
    done = rtdebug("drive", TEXT, "127.0.0.1:9", "-n", 3, "-o", tmp_path)
    assert done.status == 1
    assert done.text.startswith("✘ run 1 of 3: ws://127.0.0.1:9 cannot be reached: ")
    assert "run 2" not in done.text


def test_a_recording_without_a_call_says_why_there_is_none(guarded: Served, tmp_path: Path) -> None:
    rtdebug("drive", TEXT, "127.0.0.1:9", "-o", tmp_path)
    (folder,) = find(tmp_path)
    done = rtdebug("drive", folder, guarded.address, "-o", tmp_path / "again")
    assert done.status == 2
    assert "no call: ws://127.0.0.1:9 cannot be reached: " in done.talk
    assert "; there is nothing to play" in done.talk
    assert "502" not in done.talk
    assert not find(tmp_path / "again")


@pytest.mark.parametrize(
    ("url", "model", "words"),
    [
        ("wss://api.openai.com", "gpt-realtime", "OpenAI charges for each run. The recorded call comes to $"),
        ("https://me.openai.azure.com/openai/v1", "mine", "Azure charges for each run. The recorded call used "),
        ("wss://api.x.ai/v1/realtime", "grok-voice", "xAI charges for each run. The recorded call used "),
    ],
)
def test_several_runs_with_a_service_that_charges_need_a_yes(url: str, model: str, words: str, tmp_path: Path) -> None:
    keys = dict.fromkeys(KEYS, "sk-of-nobody-0001")
    done = rtdebug("drive", RECORDINGS / "audio-turn", url, "--model", model, "-n", 5, "-o", tmp_path, **keys)
    assert done.status == 2
    assert words in done.talk
    assert done.talk.endswith("rtdebug: 5 runs with a service that charges: add --yes\n")
    assert not find(tmp_path)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("wss://api.openai.com", "OPENAI_API_KEY: the variable is not set; wss://api.openai.com/v1/realtime asks for"),
        ("https://me.openai.azure.com/openai/v1", "AZURE_OPENAI_API_KEY: the variable is not set"),
        ("ftp://somewhere", "ftp://somewhere: expected an address like"),
        ("wss://me:secret@somewhere", "give neither a user nor a fragment"),
    ],
)
def test_addresses_that_will_not_do(url: str, words: str, tmp_path: Path) -> None:
    done = rtdebug("drive", TEXT, url, "-o", tmp_path, **KEYS)
    assert done.status == 2
    assert words in done.talk
    assert "secret" not in done.talk


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--pace", "brisk"], "--pace brisk: expected recorded, fast"),
        (["--set", "session.instruction=x"], "Did you mean session.instructions"),
        (["--gain", "loud"], "--gain loud: expected decibels"),
        (["--instructions", "@/no/such/file"], "--instructions @/no/such/file: cannot be read: No such file"),
        (["--key-env", "NO_SUCH"], "--key-env NO_SUCH: the variable is not set"),
        (["--json", "--diff"], "--diff and --json: choose one of them"),
        (["-n", "0"], "0 is not in the range"),
        (["--voice", ""], "--voice: expected a voice"),
        (["--vad", ""], "expected none, server_vad"),
        (["--gain", ""], "expected decibels"),
        (["--model", ""], "--model: names nothing"),
        (["--key-env", ""], "--key-env: names nothing"),
    ],
)
def test_mistakes_are_named(options: list[str], words: str, tmp_path: Path) -> None:
    done = rtdebug("drive", TEXT, "127.0.0.1:9", "-o", tmp_path, *options)
    assert done.status == 2
    assert words in " ".join(done.talk.split())


def test_ctrl_c_ends_it_and_what_was_recorded_stays(tmp_path: Path) -> None:
    begun = threading.Event()

    def listen(line: ServerConnection) -> None:
        line.send('{"type": "session.created", "session": {"id": "sess_of_the_test"}}')
        for _ in line:
            begun.set()

    with serve(listen, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever).start()
        port = server.socket.getsockname()[1]
        words = ["drive", TEXT, f"127.0.0.1:{port}", "-n", "2", "-o", tmp_path]
        command = [sys.executable, "-m", "rtdebug", *map(str, words)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert begun.wait(30)
        process.send_signal(signal.SIGINT)
        out, talk = process.communicate(timeout=30)
    assert process.returncode == 1, talk
    (folder,) = find(tmp_path)
    assert talk.decode() == f"rtdebug: stopped in run 1 of 2; what there is of it: {folder}\n"
    assert out == b""
    assert b'"end"' in (folder / "events.jsonl").read_bytes().splitlines()[-1]
