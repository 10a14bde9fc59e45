"""The openai-agents library on the phone: `python call.py WS_URL QUESTION.pcm INTERRUPTION.pcm`.

A written turn, a tool call, a spoken turn that server VAD ends, and a word into the answer. Prints what the library
made of it, one JSON object a line.
"""

import asyncio
import json
import sys
from pathlib import Path

from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner

CHUNK = 960  # 20 ms
url, *files = sys.argv[1:]
question, interruption = (Path(file).read_bytes() for file in files)
to_say = bytearray()
saw: asyncio.Queue[str] = asyncio.Queue()


@function_tool
def get_weather(city: str) -> str:
    """Tell the weather in a city."""
    tell(tool=city)
    return "sunny"


def tell(**what: object) -> None:
    print(json.dumps(what), flush=True)


async def until(kind: str) -> None:
    async with asyncio.timeout(20):
        while await saw.get() != kind:
            pass


async def keep_microphone_open(session) -> None:
    while True:
        chunk = bytes(to_say[:CHUNK]).ljust(CHUNK, b"\0")
        del to_say[:CHUNK]
        await session.send_audio(chunk)
        await asyncio.sleep(0.02)


async def listen(session) -> None:
    async for event in session:
        if event.type == "error":
            tell(error=str(event.error))
        if event.type == "history_added" and event.item.type == "message":
            tell(item=event.item.role)
        if event.type == "audio_interrupted":
            tell(interrupted=True)
        saw.put_nowait(event.type)


async def main() -> None:
    agent = RealtimeAgent(name="office", instructions="You work in a ticket office.", tools=[get_weather])
    settings = {
        "model_name": "gpt-realtime-2.1",
        "output_modalities": ["audio"],
        "audio": {
            "input": {
                "format": "pcm16",
                "transcription": {"model": "gpt-4o-mini-transcribe"},
                "turn_detection": {"type": "server_vad", "silence_duration_ms": 300, "interrupt_response": True},
            },
            "output": {"format": "pcm16", "voice": "marin"},
        },
    }
    runner = RealtimeRunner(agent, config={"model_settings": settings})
    async with await runner.run(model_config={"url": url, "api_key": "sk-test-key"}) as session:
        tasks = [asyncio.create_task(listen(session))]
        await session.send_message("Hello!")
        await until("audio_end")
        await until("agent_end")
        await session.send_message("How is the weather?")
        await until("tool_end")
        await until("audio_end")
        await until("agent_end")
        await asyncio.sleep(4)  # until all that was said has been played: it takes the rest for interrupted
        tasks.append(asyncio.create_task(keep_microphone_open(session)))
        to_say.extend(question)
        await until("audio")
        await asyncio.sleep(0.7)
        to_say.extend(interruption)
        await until("audio_interrupted")
        await until("agent_start")
        await until("agent_end")
        tell(done=True)
        for task in tasks:
            task.cancel()


asyncio.run(main())
