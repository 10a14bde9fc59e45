"""pipecat's OpenAI realtime service on the phone: `python call.py WS_URL QUESTION.pcm INTERRUPTION.pcm`.

A pipeline without a transport: a written turn that makes a tool call, a spoken turn that server VAD ends, and a word
into the answer. Prints what the library made of it, one JSON object a line.
"""

import asyncio
import json
import sys
from pathlib import Path

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMRunFrame,
    TTSAudioRawFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.openai.realtime import events
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.workers.runner import WorkerRunner

CHUNK = 960  # 20 ms
url, *files = sys.argv[1:]
question, interruption = (Path(file).read_bytes() for file in files)
to_say = bytearray()
saw: asyncio.Queue[type[Frame]] = asyncio.Queue()


def tell(**what: object) -> None:
    print(json.dumps(what), flush=True)


class Loudspeaker(FrameProcessor):
    """The end of the pipeline: notes what would be heard."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            tell(interrupted=True)
        if isinstance(frame, ErrorFrame):
            tell(error=frame.error)
        saw.put_nowait(type(frame))
        await self.push_frame(frame, direction)


async def until(kind: type[Frame]) -> None:
    async with asyncio.timeout(20):
        while not issubclass(await saw.get(), kind):
            pass


async def get_weather(call) -> None:
    tell(tool=call.arguments["city"])
    await call.result_callback({"weather": "sunny"})


async def keep_microphone_open(worker: PipelineWorker) -> None:
    while True:
        chunk = bytes(to_say[:CHUNK]).ljust(CHUNK, b"\0")
        del to_say[:CHUNK]
        await worker.queue_frame(InputAudioRawFrame(audio=chunk, sample_rate=24000, num_channels=1))
        await asyncio.sleep(0.02)


async def converse(worker: PipelineWorker) -> None:
    await worker.queue_frame(LLMRunFrame())
    await until(TTSAudioRawFrame)
    await until(LLMFullResponseEndFrame)
    await asyncio.sleep(1)
    while not saw.empty():
        saw.get_nowait()
    microphone = asyncio.create_task(keep_microphone_open(worker))
    to_say.extend(question)
    await until(TTSAudioRawFrame)
    await asyncio.sleep(0.7)
    while not saw.empty():
        saw.get_nowait()
    to_say.extend(interruption)
    await until(InterruptionFrame)
    await until(TTSAudioRawFrame)
    await until(LLMFullResponseEndFrame)
    microphone.cancel()
    tell(done=True)
    await worker.queue_frame(EndFrame())


async def main() -> None:
    city = {"city": {"type": "string"}}
    weather = FunctionSchema("get_weather", "Tell the weather in a city.", properties=city, required=["city"])
    heard = events.AudioInput(
        transcription=events.InputAudioTranscription(model="gpt-4o-mini-transcribe"),
        turn_detection=events.TurnDetection(silence_duration_ms=300),
    )
    properties = events.SessionProperties(audio=events.AudioConfiguration(input=heard))
    settings = OpenAIRealtimeLLMService.Settings(
        model="gpt-realtime-2.1", system_instruction="You work in a ticket office.", session_properties=properties
    )
    service = OpenAIRealtimeLLMService(api_key="sk-test-key", base_url=url, settings=settings)
    service.register_function("get_weather", get_weather)
    context = LLMContext([{"role": "user", "content": "How is the weather?"}], ToolsSchema(standard_tools=[weather]))
    pair = LLMContextAggregatorPair(context)
    pipeline = Pipeline([pair.user(), service, Loudspeaker(), pair.assistant()])
    worker = PipelineWorker(pipeline, params=PipelineParams(audio_in_sample_rate=24000, audio_out_sample_rate=24000))
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(runner.run())
        tasks.create_task(converse(worker))


asyncio.run(main())
