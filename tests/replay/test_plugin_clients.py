"""Tests of real agents: openai-agents and pipecat with the plugin, each in its environment; Node with `rtdebug serve`.

docs/clients.md says how to install them; what is not there skips.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rtdebug.replay.testing.thread import Held
from rtdebug.simulator.script_file import parse
from rtdebug.simulator.server import Simulator

from .actor import RECORDINGS

pytest_plugins = ["pytester"]
pytestmark = [pytest.mark.load, pytest.mark.timeout(110)]

CLIENTS = Path(__file__).parents[1] / "clients"
NODE = CLIENTS / "node"
AGENTS = '''
import asyncio
import os

import pytest
from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner

@function_tool
def get_weather(city: str) -> str:
    """Tell the weather in a city."""
    return os.environ.get("WEATHER", "sunny")

AGENT = RealtimeAgent(name="office", instructions="You work in a ticket office.", tools=[get_weather])
SETTINGS = {"model_name": "gpt-realtime-2.1", "output_modalities": ["audio"]}

async def talk(url):
    """Have the agent asked for the weather; return what tools it used, and whether all went well."""
    used, audio = [], 0
    runner = RealtimeRunner(AGENT, config={"model_settings": SETTINGS})
    async with await runner.run(model_config={"url": url, "api_key": "sk-test-key"}) as session:
        await session.send_message("How is the weather?")
        async with asyncio.timeout(20):
            async for event in session:
                if event.type == "error":
                    return used, audio, str(event.error)
                if event.type == "tool_end":
                    used.append((event.tool.name, event.output))
                if event.type == "audio":
                    audio += len(event.audio.data)
                if event.type == "agent_end" and audio:
                    return used, audio, ""

@pytest.mark.rtdebug("weather")
async def test_the_tool_is_used(rtdebug):
    used, audio, error = await talk(rtdebug.ws_url)
    assert used == [("get_weather", os.environ.get("WEATHER", "sunny"))]
    assert audio > 20_000
    assert not error
    assert rtdebug.sent_types()[-2:] == ["conversation.item.create", "response.create"]
    assert rtdebug.sent[-2]["item"]["type"] == "function_call_output"
    rtdebug.assert_complete()

@pytest.mark.rtdebug("weather", faults=["error=rate_limit_exceeded@response.created"])
async def test_the_service_is_busy(rtdebug):
    used, audio, error = await talk(rtdebug.ws_url)
    assert used == []
    assert "rate_limit_exceeded" in error
'''
PIPECAT = '''
import asyncio
import os

import pytest
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import EndFrame, LLMFullResponseEndFrame, LLMRunFrame, TTSAudioRawFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.openai.realtime import events
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.workers.runner import WorkerRunner

class Loudspeaker(FrameProcessor):
    def __init__(self):
        super().__init__()
        self.audio, self.over = 0, asyncio.Event()

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):
            self.audio += len(frame.audio)
        if isinstance(frame, LLMFullResponseEndFrame) and self.audio:
            self.over.set()
        await self.push_frame(frame, direction)

async def talk(url):
    """Have the bot asked for the weather; return what it looked up, and how much it said."""
    used = []

    async def get_weather(call):
        used.append(call.arguments["city"])
        await call.result_callback({"weather": os.environ.get("WEATHER", "sunny")})

    city = {"city": {"type": "string"}}
    weather = FunctionSchema("get_weather", "Tell the weather in a city.", properties=city, required=["city"])
    heard = events.AudioInput(turn_detection=False)
    properties = events.SessionProperties(audio=events.AudioConfiguration(input=heard))
    settings = OpenAIRealtimeLLMService.Settings(
        model="gpt-realtime-2.1", system_instruction="You work in a ticket office.", session_properties=properties
    )
    service = OpenAIRealtimeLLMService(api_key="sk-test-key", base_url=url, settings=settings)
    service.register_function("get_weather", get_weather)
    context = LLMContext([{"role": "user", "content": "How is the weather?"}], ToolsSchema(standard_tools=[weather]))
    pair, loudspeaker = LLMContextAggregatorPair(context), Loudspeaker()
    pipeline = Pipeline([pair.user(), service, loudspeaker, pair.assistant()])
    worker = PipelineWorker(pipeline, params=PipelineParams(audio_in_sample_rate=24000, audio_out_sample_rate=24000))
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(runner.run())
        await worker.queue_frame(LLMRunFrame())
        await loudspeaker.over.wait()
        await worker.queue_frame(EndFrame())
    return used, loudspeaker.audio

# pipecat says its settings once or twice, as the session or the context is there first
@pytest.mark.rtdebug("weather", ignore=["session.update"])
async def test_the_tool_is_used(rtdebug):
    used, audio = await talk(rtdebug.ws_url)
    assert used == ["Leeds"]
    assert audio > 20_000
    rtdebug.assert_complete()
'''
TESTS = {"agents": AGENTS, "pipecat": PIPECAT}


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    script = parse((CLIENTS / "script.toml").read_text(encoding="utf-8"), "script.toml")
    held = Held(Simulator(pace=20, script=script))
    url = held.enter().url
    monkeypatch.setenv("RTDEBUG_UPSTREAM", url)
    yield url
    held.leave()


@pytest.mark.parametrize("client", TESTS)
def test_an_agent_recorded_once_and_tested_ever_after(
    client: str, upstream: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = CLIENTS / client / ".venv" / "bin" / "python"
    plugin = list(python.parents[1].glob("lib/*/site-packages/rtdebug-*.dist-info"))
    if not (python.exists() and plugin):
        pytest.skip(f"{client} is not installed: tests/clients/install {client}")
    pytester.makeini("[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile(test_agent=TESTS[client])
    faulty = TESTS[client].count("faults=")

    def run(*words: str, ret: int = 0) -> str:
        result = pytester.run(python, "-m", "pytest", *words, timeout=60)
        assert result.ret == ret
        return result.stdout.str()

    assert "1 passed" in run("--rtdebug-record", "once", "-k", "tool")
    monkeypatch.setenv("RTDEBUG_UPSTREAM", "ws://127.0.0.1:9")
    assert f"{1 + faulty} passed" in run()
    monkeypatch.setenv("WEATHER", "rainy")
    printed = run("-k", "tool", ret=1)
    assert "conversation.item.create (function_call_output" in printed
    assert re.search(r"recorded +.*sunny.*\nE? +sent +.*rainy", printed)
    files = [path.read_bytes() for path in pytester.path.rglob("recordings/**/*") if path.is_file()]
    assert files
    assert not any(b"sk-test-key" in content for content in files)


@pytest.mark.parametrize(("seat", "status"), [("14A", 0), ("14B", 1)])
def test_a_node_program_against_rtdebug_serve(seat: str, status: int, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules" / "openai").is_dir():
        pytest.skip("the npm packages are not installed: tests/clients/install node")
    words = [sys.executable, "-m", "rtdebug", "serve", RECORDINGS / "tool-call", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        assert serving.stderr is not None
        url = next(found[1] for line in serving.stderr if (found := re.search(r"OPENAI_BASE_URL=(\S+)", line)))
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "OPENAI_BASE_URL": url, "SEAT": seat}
        test = subprocess.run(
            [node, "--test", NODE / "replay.test.mjs"], env=environment, capture_output=True, text=True, timeout=60
        )
        assert test.returncode == 0, test.stdout
        printed, _ = serving.communicate(timeout=20)
    assert serving.returncode == status
    assert ('sent      "14B"' in printed) == bool(status)
