"""livekit-plugins-openai on the phone: `python call.py WS_URL QUESTION.pcm INTERRUPTION.pcm`.

Its realtime session alone, without a room: a written turn, a tool call, a spoken turn that server VAD ends, and a word
into the answer. Prints what the library made of it, one JSON object a line.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

import aiohttp
from livekit import rtc
from livekit.agents import function_tool, llm
from livekit.plugins.openai import realtime
from openai.types.beta.realtime.session import InputAudioTranscription, TurnDetection

CHUNK = 960  # 20 ms
url, *files = sys.argv[1:]
question, interruption = (Path(file).read_bytes() for file in files)
to_say = bytearray()
generations: asyncio.Queue[llm.GenerationCreatedEvent] = asyncio.Queue()
playing: tuple[str, float] = ("", 0.0)


@function_tool
async def get_weather(city: str) -> str:
    """Tell the weather in a city."""
    return "sunny"


def tell(**what: object) -> None:
    print(json.dumps(what), flush=True)


async def take_in(generation: llm.GenerationCreatedEvent) -> list[llm.FunctionCall]:
    """Listen to all of an answer; return the calls it makes."""
    global playing
    async for message in generation.message_stream:
        async for _ in message.audio_stream:
            if playing[0] != message.message_id:
                playing = (message.message_id, time.monotonic())
        words = "".join([str(part) async for part in message.text_stream])
        tell(item="assistant", text=words)
    return [call async for call in generation.function_stream]


async def ask(session: realtime.RealtimeSession) -> list[llm.FunctionCall]:
    async with asyncio.timeout(20):
        return await take_in(await session.generate_reply())


async def write(session: realtime.RealtimeSession, *items: llm.ChatItem) -> None:
    context = session.chat_ctx.copy()
    context.items.extend(items)
    await session.update_chat_ctx(context)


async def keep_microphone_open(session: realtime.RealtimeSession) -> None:
    while True:
        chunk = bytes(to_say[:CHUNK]).ljust(CHUNK, b"\0")
        del to_say[:CHUNK]
        session.push_audio(rtc.AudioFrame(chunk, 24000, 1, CHUNK // 2))
        await asyncio.sleep(0.02)


def interrupted(session: realtime.RealtimeSession) -> None:
    item_id, began = playing
    if item_id and to_say:
        heard_ms = int((time.monotonic() - began) * 1000)
        tell(interrupted=True)
        session.truncate(message_id=item_id, modalities=["audio"], audio_end_ms=heard_ms)


async def main() -> None:
    async with aiohttp.ClientSession() as http:
        model = realtime.RealtimeModel(
            model="gpt-realtime-2.1",
            api_key="sk-test-key",
            base_url=url.removesuffix("/realtime"),
            http_session=http,
            input_audio_transcription=InputAudioTranscription(model="gpt-4o-mini-transcribe"),
            turn_detection=TurnDetection(
                type="server_vad", silence_duration_ms=300, create_response=True, interrupt_response=True
            ),
        )
        session = model.session()
        session.on("error", lambda error: tell(error=str(error.error)))
        session.on("generation_created", generations.put_nowait)
        await session.update_instructions("You work in a ticket office.")
        await session.update_tools([get_weather])
        await write(session, llm.ChatMessage(role="user", content=["Hello!"]))
        await ask(session)
        await write(session, llm.ChatMessage(role="user", content=["How is the weather?"]))
        (call,) = await ask(session)
        tell(tool=json.loads(call.arguments)["city"])
        output = llm.FunctionCallOutput(call_id=call.call_id, name=call.name, output="sunny", is_error=False)
        await write(session, output)
        await ask(session)
        while not generations.empty():
            generations.get_nowait()
        microphone = asyncio.create_task(keep_microphone_open(session))
        to_say.extend(question)
        answer = await asyncio.wait_for(generations.get(), 20)
        session.on("input_speech_started", lambda _: interrupted(session))
        listening = asyncio.create_task(take_in(answer))
        await asyncio.sleep(1.2)
        to_say.extend(interruption)
        await listening
        await take_in(await asyncio.wait_for(generations.get(), 20))
        microphone.cancel()
        tell(done=True)
        await session.aclose()


asyncio.run(main())
