"""A project of a user's, with tests as users write them, and what their pytest says of it."""

import shutil
from pathlib import Path

import openai
import pytest

from .actor import RECORDINGS

OLD_OPENAI = int(openai.__version__.split(".")[0]) < 3
INI = """
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
addopts = --strict-markers --strict-config -p no:cacheprovider
"""
OFFICE = '''
"""The agent under test: it asks a ticket office, through the openai library."""

import asyncio
import os

import openai
from openai import AsyncOpenAI, OpenAI

MODEL = "gpt-realtime-2.1"
QUESTION = "Hi, when is the next train to Leeds?"
OLD = int(openai.__version__.split(".")[0]) < 3  # it dials wss unless told otherwise


def addressed():
    return {"websocket_base_url": os.environ["OPENAI_BASE_URL"].replace("http:", "ws:")} if OLD else {}


def session(instructions):
    return {"type": "realtime", "output_modalities": ["text"], "instructions": instructions}


def message(text):
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


async def ask(question=QUESTION, instructions="You work in a ticket office.", create=True):
    async with AsyncOpenAI(**addressed()) as client, client.realtime.connect(model=MODEL) as connection:
        await connection.session.update(session=session(instructions))
        await connection.conversation.item.create(item=message(question))
        if create:
            await connection.response.create()
        async for event in connection:
            if event.type == "response.done":
                return event.response.output[0].content[0].text


def ask_and_wait(question=QUESTION, instructions="You work in a ticket office."):
    with OpenAI(**addressed()) as client, client.realtime.connect(model=MODEL) as connection:
        connection.session.update(session=session(instructions))
        connection.conversation.item.create(item=message(question))
        connection.response.create()
        for event in connection:
            if event.type == "response.done":
                return event.response.output[0].content[0].text


async def book(session, seat='{"train": "10:15", "seat": "14A"}'):
    """Have a call in which the model calls a tool."""
    async with AsyncOpenAI(**addressed()) as client, client.realtime.connect(model=MODEL) as connection:
        await connection.session.update(session=session)
        await connection.conversation.item.create(item=message("The first one, please."))
        await connection.response.create()
        async for event in connection:
            if event.type == "error":
                return f"sorry: {event.error.message}"
            if event.type == "response.done":
                (said,) = event.response.output
                if said.type != "function_call":
                    return said.content[0].transcript
                output = {"type": "function_call_output", "call_id": said.call_id, "output": seat}
                await connection.conversation.item.create(item=output)
                await connection.response.create()
'''


class Project:
    """A folder with tests, their recordings, and an agent under test."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.path = pytester.path
        self.recordings = self.path / "recordings"
        pytester.makepyfile(office=OFFICE)
        pytester.makeini("[pytest]" + INI)

    def ini(self, *lines: str) -> None:
        self._pytester.makeini("\n".join(["[pytest]", INI, *lines]))

    def tests(self, code: str, name: str = "test_office") -> None:
        self._pytester.makepyfile(**{name: "import os\nimport pytest\nimport office\n" + code})

    def plugin(self, name: str, code: str) -> None:
        self._pytester.makepyfile(**{name: code})

    def have(self, *samples: str, under: str = "") -> None:
        """Put sample recordings of this repository where the tests look for theirs."""
        for sample in samples:
            shutil.copytree(RECORDINGS / sample, self.recordings / under / sample)

    def run(self, *words: str, **counts: int) -> str:
        """Run its tests, each in the outcome that is expected, if one is; return what was printed."""
        result = self._pytester.runpytest_subprocess(*words, timeout=60)
        if counts:
            result.assert_outcomes(**counts)
        return result.stdout.str() + result.stderr.str()

    def files(self) -> list[Path]:
        return sorted(path for path in self.recordings.rglob("*") if path.is_file())


def on_a_bare_machine(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Make a project where the environment says nothing of OpenAI, nor that this is a CI, where pytest says more."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    return Project(pytester)
