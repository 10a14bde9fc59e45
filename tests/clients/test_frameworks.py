"""Voice frameworks through the proxy to the simulator: a written turn, a tool call, server VAD, an interruption.

Each speaks in its own environment, for their requirements do not go together: docs/clients.md says how to make them.
"""

import asyncio
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rtdebug.proxy.service import ProxyOptions, running_proxy
from rtdebug.recording.library import find, summarize
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.verify import verify
from rtdebug.simulator.script_file import parse
from rtdebug.simulator.server import Simulator
from rtdebug.simulator.voice import speech

pytestmark = pytest.mark.load

HERE = Path(__file__).parent
NODE_MODULES = HERE / "node" / "node_modules"
KEY = b"sk-test-key"
COMMANDS = {
    "agents": [HERE / "agents" / ".venv" / "bin" / "python", HERE / "agents" / "call.py"],
    "agents-npm": [shutil.which("node"), HERE / "node" / "agents.mjs"],
    "livekit": [HERE / "livekit" / ".venv" / "bin" / "python", HERE / "livekit" / "call.py"],
    "pipecat": [HERE / "pipecat" / ".venv" / "bin" / "python", HERE / "pipecat" / "call.py"],
}


def is_there(name: str) -> bool:
    if name == "agents-npm":
        return shutil.which("node") is not None and (NODE_MODULES / "@openai" / "agents-realtime").is_dir()
    return Path(str(COMMANDS[name][0])).exists()


async def call(name: str, url: str, folder: Path) -> list[dict[str, Any]]:
    """Have the client make its call; return what it told."""
    lines = {"question.pcm": "Hi, when is the next train to Leeds?", "interruption.pcm": "Lovely, thanks. Bye!"}
    for file, words in lines.items():
        (folder / file).write_bytes(speech(words, "user"))
    files = [folder / file for file in lines]
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(folder)}
    process = await asyncio.create_subprocess_exec(
        *map(str, [*COMMANDS[name], url, *files]),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        printed, talk = await asyncio.wait_for(process.communicate(), 80)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, talk.decode()[-3000:]
    return [json.loads(line) for line in printed.splitlines() if line.startswith(b"{")]


async def recorded(name: str, folder: Path) -> tuple[list[dict[str, Any]], Path]:
    """Have the client call through a proxy of its own; return what it told, and the recording."""
    script = parse((HERE / "script.toml").read_text(encoding="utf-8"), "script.toml")
    async with Simulator(script=script) as simulator:
        options = ProxyOptions(upstream=simulator.url, listen="127.0.0.1:0", out=folder / "recordings")
        async with running_proxy(options) as proxy:
            told = await call(name, proxy.base_url.replace("http://", "ws://") + "/realtime", folder)
    (recording,) = find(folder / "recordings")
    return told, recording


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Make all calls at once: each takes a quarter of a minute, most of it speech."""
    names = [name for name in COMMANDS if is_there(name)]

    async def make() -> list[Any]:
        made = (recorded(name, tmp_path_factory.mktemp(name)) for name in names)
        return await asyncio.gather(*made, return_exceptions=True)

    return dict(zip(names, asyncio.run(make()), strict=True))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_framework_has_its_conversation_and_is_recorded(name: str, calls: dict[str, Any]) -> None:
    if name not in calls:
        pytest.skip(f"{name} is not installed: tests/clients/install")
    if isinstance(calls[name], BaseException):
        raise calls[name]
    told, folder = calls[name]
    assert {"done": True} in told
    assert {"tool": "Leeds"} in told
    assert {"interrupted": True} in told
    assert not [what for what in told if "error" in what]
    assert verify(folder).clean
    assert all(KEY not in path.read_bytes() for path in folder.iterdir())
    responses = summarize(folder).totals["responses"]
    assert responses["cancelled"] == 1
    assert responses["completed"] >= 3
    kinds: Counter[str] = Counter()
    with RecordingReader(folder) as reader:
        for entry in reader.entries():
            if entry.kind == "message":
                kinds[json.loads(reader.message(entry))["type"]] += 1
    assert kinds["error"] == 0
    assert kinds["input_audio_buffer.speech_started"] == 2
    assert kinds["conversation.item.truncate"] == kinds["conversation.item.truncated"] >= 1
    assert kinds["response.function_call_arguments.done"] == 1
