"""The openai library for Python against recorded calls: a written turn, a tool, and an open microphone."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from rtdebug.replay.load import load
from rtdebug.replay.server import ReplayServer
from rtdebug.replay.steps import Speech
from rtdebug.replay.terms import Terms

from .actor import RECORDINGS
from .replaying import ReplayThread

MODEL = "gpt-realtime-2.1"
TERMS = Terms(patience_s=5)
pytestmark = [
    pytest.mark.timeout(40),
    pytest.mark.filterwarnings("ignore:connect\\(\\) must be used:DeprecationWarning"),  # openai on websockets 17
]


def addressed(base_url: str) -> dict[str, Any]:
    """Point the library at a base URL; before 3.0 it dials wss unless told otherwise."""
    old = int(openai.__version__.split(".")[0]) < 3
    more = {"websocket_base_url": base_url.replace("http:", "ws:")} if old else {}
    return {"api_key": "sk-replay", "base_url": base_url, **more}


def commands(name: str) -> list[dict[str, Any]]:
    return [json.loads(command.text) for command in load(RECORDINGS / name).script.commands]


def microphone(path: Path, chunk: int) -> Iterator[str]:
    recorded = load(path)
    pieces = (piece for step in recorded.script.steps if isinstance(step, Speech) for piece in step.pieces)
    sound = b"".join(recorded.audio(piece.place, "client") for piece in pieces if piece.place)
    recorded.close()
    for at in range(0, len(sound), chunk):
        yield b64encode(sound[at : at + chunk]).decode()


async def test_the_async_client_has_a_written_turn() -> None:
    update, item, _ = commands("text-turn")
    async with ReplayServer([RECORDINGS / "text-turn"], terms=TERMS) as server:
        async with (
            AsyncOpenAI(**addressed(server.base_url)) as client,
            client.realtime.connect(model=MODEL) as connection,
        ):
            await connection.session.update(session=update["session"])
            await connection.conversation.item.create(item=item["item"])
            await connection.response.create()
            async for event in connection:
                if event.type == "response.output_text.done":
                    assert event.text.startswith("The next one leaves at ten fifteen")
                if event.type == "response.done":
                    assert event.response.status == "completed"
                    break
        await server.over.wait()
    assert server.verdicts.clean, server.verdicts.text


async def test_the_async_client_has_a_spoken_call() -> None:
    path = RECORDINGS / "vad-conversation"
    (update,) = commands(path.name)
    heard, said = 0, []
    async with ReplayServer([path], terms=TERMS) as server:
        async with (
            AsyncOpenAI(**addressed(server.base_url)) as client,
            client.realtime.connect(model=MODEL) as connection,
        ):
            await connection.session.update(session=update["session"])
            for chunk in microphone(path, 1920):
                await connection.input_audio_buffer.append(audio=chunk)
            async for event in connection:
                if event.type == "response.output_audio.delta":
                    heard += len(event.delta)
                elif event.type == "conversation.item.input_audio_transcription.completed":
                    said.append(event.transcript)
                elif event.type == "response.done" and len(said) == 2:
                    break
        await server.over.wait()
    assert server.verdicts.clean, server.verdicts.text
    assert heard > 100_000
    assert len(said) == 2


def test_the_sync_client_answers_a_tool_call() -> None:
    path = RECORDINGS / "tool-call"
    update, item, _, output, _ = commands(path.name)
    with ReplayThread([path], terms=TERMS) as replay:
        with OpenAI(**addressed(replay.base_url)) as client, client.realtime.connect(model=MODEL) as connection:
            connection.session.update(session=update["session"])
            connection.conversation.item.create(item=item["item"])
            connection.response.create()
            for event in connection:
                if event.type == "response.function_call_arguments.done":
                    told = {**output["item"], "call_id": event.call_id}
                if event.type == "response.done" and event.response.output[0].type == "function_call":
                    assert told["call_id"] != output["item"]["call_id"], "ids are new"
                    connection.conversation.item.create(item=told)
                    connection.response.create()
                elif event.type == "response.done":
                    break
        verdicts = replay.settle()
    assert verdicts.clean, verdicts.text


def test_the_sync_client_speaks_and_commits() -> None:
    path = RECORDINGS / "audio-turn"
    with ReplayThread([path], terms=TERMS) as replay:
        with OpenAI(**addressed(replay.base_url)) as client, client.realtime.connect(model=MODEL) as connection:
            for command in commands(path.name):
                if command["type"] == "input_audio_buffer.commit":
                    for chunk in microphone(path, 9600):
                        connection.input_audio_buffer.append(audio=chunk)
                connection.send(command)
            spoken = [event for event in connection_until_done(connection) if "transcript.done" in event.type]
        verdicts = replay.settle()
    assert verdicts.clean, verdicts.text
    assert spoken


def connection_until_done(connection: Any) -> Iterator[Any]:
    for event in connection:
        yield event
        if event.type == "response.done":
            return
