"""The openai library for Python through the proxy: the same call, recorded to the byte."""

import asyncio
import json
import math
import os
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from rtdebug.proxy.service import ProxyOptions, running_proxy
from rtdebug.recording.library import find
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.verify import verify
from rtdebug.simulator.server import Simulator
from rtdebug.simulator.voice import speech

from .eavesdropper import eavesdropping

KEY = "sk-proj-this-key-must-not-be-kept-0123456789"
MODEL = "gpt-realtime-2.1"
Call = Callable[[str], Awaitable[list[bytes]]]

SESSION: Any = {
    "type": "realtime",
    "audio": {"input": {"turn_detection": None}, "output": {"voice": "marin"}},
}


def chunks_of_speech() -> list[str]:
    data = speech("Hi, when is the next train to Leeds?", "user")
    return [b64encode(data[at : at + 4800]).decode() for at in range(0, len(data), 4800)]


def addressed(base_url: str) -> dict[str, str]:
    """Point the library at a base URL; before 3.0 it dials wss unless told otherwise."""
    old = int(openai.__version__.split(".")[0]) < 3
    return {"base_url": base_url} | ({"websocket_base_url": base_url.replace("http:", "ws:")} if old else {})


async def async_call(base_url: str) -> list[bytes]:
    """One typed and one spoken turn; the server's messages as the library got them."""
    got: list[bytes] = []
    client = AsyncOpenAI(api_key=KEY, **addressed(base_url))
    async with client, client.realtime.connect(model=MODEL) as connection:

        async def until(kind: str) -> None:
            while True:
                message = await connection.recv_bytes()
                got.append(message)
                if json.loads(message)["type"] == kind:
                    return

        await until("session.created")
        await connection.session.update(session=SESSION)
        await until("session.updated")
        await connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello “there”"}]}
        )
        await connection.response.create()
        await until("response.done")
        for chunk in chunks_of_speech():
            await connection.input_audio_buffer.append(audio=chunk)
        await connection.input_audio_buffer.commit()
        await connection.response.create()
        await until("response.done")
        await until("rate_limits.updated")
    return got


def sync_call_in_thread(base_url: str) -> list[bytes]:
    got: list[bytes] = []
    with OpenAI(api_key=KEY, **addressed(base_url)) as client, client.realtime.connect(model=MODEL) as connection:

        def until(kind: str) -> None:
            while True:
                message = connection.recv_bytes()
                got.append(message)
                if json.loads(message)["type"] == kind:
                    return

        until("session.created")
        connection.session.update(session=SESSION)
        until("session.updated")
        for chunk in chunks_of_speech():
            connection.input_audio_buffer.append(audio=chunk)
        connection.input_audio_buffer.commit()
        connection.response.create()
        until("rate_limits.updated")
    return got


async def sync_call(base_url: str) -> list[bytes]:
    return await asyncio.to_thread(sync_call_in_thread, base_url)


def kinds(messages: list[bytes]) -> list[str]:
    return [json.loads(message)["type"] for message in messages]


def printed_by_cat(folder: Path) -> list[dict[str, Any]]:
    words = [sys.executable, "-m", "rtdebug", "cat", str(folder), "--json"]
    printed = subprocess.run(words, capture_output=True, check=True).stdout
    return [json.loads(line) for line in printed.splitlines()]


@pytest.mark.filterwarnings("ignore:connect\\(\\) must be used:DeprecationWarning")  # openai on websockets 17
@pytest.mark.parametrize("call", [async_call, sync_call])
async def test_a_call_through_the_proxy_is_the_same_call_and_is_recorded_to_the_byte(
    call: Call, tmp_path: Path
) -> None:
    async with Simulator(pace=math.inf, seed=7) as simulator:
        direct = await call(simulator.url.replace("ws://", "http://") + "/v1")
    async with Simulator(pace=math.inf, seed=7) as simulator, eavesdropping(simulator.url) as upstream:
        options = ProxyOptions(upstream=upstream.url, listen="127.0.0.1:0", out=tmp_path)
        async with running_proxy(options) as proxy:
            got = await call(proxy.base_url)
    assert kinds(got) == kinds(direct)
    (folder,) = find(tmp_path)
    assert verify(folder).clean
    printed = printed_by_cat(folder)
    said = {who: [line["text"].encode() for line in printed if line["from"] == who] for who in ("client", "server")}
    assert said["server"] == upstream.of("server") == got
    assert said["client"] == upstream.of("client")
    assert [line["seq"] for line in printed] == sorted(line["seq"] for line in printed)
    assert all(KEY.encode() not in path.read_bytes() for path in folder.iterdir())


async def test_the_microphone_ends_up_in_one_track_sample_for_sample(tmp_path: Path) -> None:
    async with Simulator(pace=math.inf) as simulator:
        options = ProxyOptions(upstream=simulator.url, listen="127.0.0.1:0", out=tmp_path)
        async with running_proxy(options) as proxy:
            await async_call(proxy.base_url)
    (folder,) = find(tmp_path)
    sent = b"".join(b64decode(chunk) for chunk in chunks_of_speech())
    with RecordingReader(folder) as reader:
        assert reader.samples("client.wav", 0, len(sent) // 2) == sent


def test_rtdebug_run_records_a_program_that_knows_nothing_of_it(tmp_path: Path) -> None:
    program = tmp_path / "agent.py"
    program.write_text(
        "import sys\nfrom openai import OpenAI\n"
        "with OpenAI(api_key='sk-anything-at-all').realtime.connect(model='gpt-realtime') as connection:\n"
        "    print(connection.recv().type)\nsys.exit(7)\n"
    )
    host = tmp_path / "host.py"
    host.write_text(
        "import asyncio, subprocess, sys\nfrom rtdebug.simulator.server import Simulator\n"
        "async def main():\n"
        "    async with Simulator() as simulator:\n"
        "        words = [sys.executable, '-m', 'rtdebug', 'run', '-u', simulator.url, '-o', sys.argv[2], '--']\n"
        "        return await asyncio.to_thread(subprocess.call, [*words, sys.executable, sys.argv[1]])\n"
        "sys.exit(asyncio.run(main()))\n"
    )
    out = tmp_path / "recordings"
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")}
    words = [sys.executable, str(host), str(program), str(out)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    assert done.returncode == 7, done.stderr
    assert done.stdout == "session.created\n"
    assert f"1 recording in {out}" in done.stderr
    assert verify(find(out)[0]).clean
