"""The openai libraries for Python and Node converse: a written turn, a tool call, server VAD, an interruption."""

import asyncio
import json
import shutil
from base64 import b64encode
from collections import Counter
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI, OpenAI

from rtdebug.proxy.service import ProxyOptions, running_proxy
from rtdebug.recording.library import find, summarize
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.verify import verify
from rtdebug.simulator.script_file import parse
from rtdebug.simulator.server import Simulator
from rtdebug.simulator.voice import speech

from .test_openai_npm import NODE
from .test_openai_npm import pytestmark as needs_node
from .test_openai_python import KEY, MODEL, addressed

SCRIPT = Path(__file__).parent / "script.toml"
ROOM = b"\0\0" * 12000
"""Half a second of quiet, in which server VAD hears that a turn is over."""
WEATHER = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}
SESSION = {
    "type": "realtime",
    "tools": [WEATHER],
    "audio": {"input": {"turn_detection": {"type": "server_vad", "silence_duration_ms": 300}}},
}
Event = dict[str, Any]
Conversation = Generator[Event | str, Event, None]


def write(text: str) -> Event:
    content = [{"type": "input_text", "text": text}]
    return {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": content}}


def append(audio: bytes) -> Event:
    return {"type": "input_audio_buffer.append", "audio": b64encode(audio).decode()}


def conversation() -> Conversation:
    """Yield events to send, and the types of events to wait for, which are given back."""
    yield "session.created"
    yield {"type": "session.update", "session": SESSION}
    yield "session.updated"
    for text in ("Hello!", "How is the weather?"):
        yield write(text)
        yield {"type": "response.create"}
        done = yield "response.done"
    (call,) = done["response"]["output"]
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}
    yield {"type": "conversation.item.create", "item": output}
    yield {"type": "response.create"}
    yield "response.done"
    yield append(speech("Hi, when is the next train to Leeds?", "user") + ROOM)
    delta = yield "response.output_audio.delta"
    yield append(speech("Lovely, thanks. Bye!", "user") + ROOM)
    yield "input_audio_buffer.speech_started"
    heard = {"item_id": delta["item_id"], "content_index": 0, "audio_end_ms": 120}
    yield {"type": "conversation.item.truncate", **heard}
    for _ in range(2):
        yield "response.done"
    yield "rate_limits.updated"


async def async_call(base_url: str) -> None:
    client = AsyncOpenAI(api_key=KEY, **addressed(base_url))
    async with client, client.realtime.connect(model=MODEL) as connection:
        talk, given = conversation(), None
        while (step := _next(talk, given)) is not None:
            given = None
            if isinstance(step, dict):
                await connection.send(step)
            while isinstance(step, str) and (given is None or given["type"] != step):
                given = (await connection.recv()).to_dict(mode="json")


def sync_call_in_thread(base_url: str) -> None:
    with OpenAI(api_key=KEY, **addressed(base_url)) as client, client.realtime.connect(model=MODEL) as connection:
        talk, given = conversation(), None
        while (step := _next(talk, given)) is not None:
            given = None
            if isinstance(step, dict):
                connection.send(step)
            while isinstance(step, str) and (given is None or given["type"] != step):
                given = connection.recv().to_dict(mode="json")


def _next(talk: Conversation, given: Event | None) -> Event | str | None:
    try:
        return talk.send(given)  # type: ignore[arg-type]
    except StopIteration:
        return None


async def sync_call(base_url: str) -> None:
    await asyncio.to_thread(sync_call_in_thread, base_url)


async def check(call: Callable[[str, Path | None], Awaitable[None]], out: Path, *, tls: bool = False) -> None:
    script = parse(SCRIPT.read_text(encoding="utf-8"), SCRIPT.name)
    async with Simulator(script=script, pace=4) as simulator:
        options = ProxyOptions(upstream=simulator.url, listen="127.0.0.1:0", out=out, tls=tls)
        async with running_proxy(options) as proxy:
            await asyncio.wait_for(call(proxy.base_url, proxy.ca), 60)
    (folder,) = find(out)
    assert verify(folder).clean
    assert summarize(folder).totals["responses"] == {"completed": 4, "cancelled": 1}
    with RecordingReader(folder) as reader:
        messages = [json.loads(reader.message(entry)) for entry in reader.entries() if entry.kind == "message"]
    kinds = Counter(message["type"] for message in messages)
    assert kinds["error"] == 0
    assert kinds["conversation.item.truncated"] == kinds["response.function_call_arguments.done"] == 1
    assert [message["transcript"] for message in messages if "audio_transcript.done" in message["type"]][-1] == (
        "You are welcome. Good bye!"
    )


@pytest.mark.filterwarnings("ignore:connect\\(\\) must be used:DeprecationWarning")  # openai on websockets 17
@pytest.mark.parametrize("call", [async_call, sync_call])
async def test_the_python_library_converses(call: Callable[[str], Awaitable[None]], tmp_path: Path) -> None:
    await check(lambda base_url, _: call(base_url), tmp_path)


@needs_node[0]
@needs_node[1]
@pytest.mark.parametrize("kind", ["ws", "browser"])
async def test_the_npm_library_converses(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    files = {"question": "Hi, when is the next train to Leeds?", "interruption": "Lovely, thanks. Bye!"}
    for name, words in files.items():
        (tmp_path / name).write_bytes(speech(words, "user") + ROOM)

    async def call(base_url: str, ca: Path | None) -> None:
        node = shutil.which("node")
        assert node is not None
        words = [node, NODE / "converse.mjs", kind, base_url, *(tmp_path / name for name in files)]
        environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "NODE_EXTRA_CA_CERTS": str(ca)}
        process = await asyncio.create_subprocess_exec(*map(str, words), env=environment)
        assert await process.wait() == 0

    await check(call, tmp_path / "recordings", tls=True)
