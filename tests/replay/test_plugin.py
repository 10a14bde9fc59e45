"""Tests as users write them, with recordings of this repository: what passes, what fails, and what is said then."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .project import OLD_OPENAI, Project, on_a_bare_machine

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.timeout(90)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return on_a_bare_machine(pytester, monkeypatch)


def test_calls_as_they_were_recorded(project: Project) -> None:
    project.have("text-turn", "vad-conversation")
    project.tests(
        """
import asyncio
from rtdebug.pytest_plugin import Rtdebug

ENVIRONMENT = dict(os.environ)
ANSWER = "The next one leaves at ten fifteen"

@pytest.mark.rtdebug("text-turn")
async def test_async(rtdebug: Rtdebug):
    assert os.environ["OPENAI_BASE_URL"] == rtdebug.base_url
    assert rtdebug.ws_url == rtdebug.base_url.replace("http", "ws") + "/realtime"
    assert not rtdebug.recording
    assert (await office.ask()).startswith(ANSWER)
    assert rtdebug.sent_types() == ["session.update", "conversation.item.create", "response.create"]
    assert rtdebug.sent[1]["item"]["content"][0]["text"] == office.QUESTION
    assert rtdebug.audio_sent == 0
    (response,) = rtdebug.session.responses.values()
    assert response.status == "completed"
    assert rtdebug.session.model == office.MODEL
    assert len(rtdebug.sessions) == len(rtdebug.folders) == len(rtdebug.verdicts) == 1
    assert rtdebug.findings == []
    rtdebug.assert_complete()
    rtdebug.assert_no_findings(min_severity="info")

@pytest.mark.rtdebug("text-turn")
def test_sync_without_asking_for_the_fixture():
    assert office.ask_and_wait().startswith(ANSWER)

@pytest.mark.anyio
@pytest.mark.rtdebug("text-turn")
async def test_anyio(anyio_backend):
    assert (await office.ask()).startswith(ANSWER)

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.fixture
def client():
    from openai import OpenAI
    with OpenAI(**office.addressed()) as client, client.realtime.connect(model=office.MODEL) as connection:
        yield connection

@pytest.mark.rtdebug("text-turn")
def test_a_client_that_a_fixture_makes_and_closes(client, rtdebug):
    client.session.update(session=office.session("You work in a ticket office."))
    client.conversation.item.create(item=office.message(office.QUESTION))
    client.response.create()
    while client.recv().type != "rate_limits.updated":
        pass
    assert len(rtdebug.sent) == 3
    with pytest.raises(Exception, match="the client is still connected"):
        rtdebug.session
    rtdebug.assert_complete()

class TestOffice:
    pytestmark = pytest.mark.rtdebug("text-turn", match="strict", ignore="url.model")

    async def test_in_a_class(self, rtdebug):
        assert (await office.ask()).startswith(ANSWER)

    @pytest.mark.rtdebug(match="semantic")
    @pytest.mark.parametrize("question", [office.QUESTION])
    async def test_a_nearer_marker_wins(self, question):
        await office.ask(question)

@pytest.mark.rtdebug("text-turn", "text-turn")
async def test_several_connections(rtdebug):
    first, second = await asyncio.gather(office.ask(), office.ask())
    assert first == second
    assert len(rtdebug.sessions) == 2
    with pytest.raises(Exception, match="2 calls were made"):
        rtdebug.session
    rtdebug.assert_complete()

@pytest.mark.rtdebug("text-turn", loop=True)
async def test_one_again_and_again(rtdebug):
    for _ in range(3):
        await office.ask()
    assert len(rtdebug.verdicts) == 3

@pytest.mark.rtdebug("vad-conversation", complete=False)
async def test_the_beginning_of_a_call_will_do_if_that_is_said():
    from openai import AsyncOpenAI
    async with AsyncOpenAI(**office.addressed()) as client, client.realtime.connect(model=office.MODEL) as connection:
        assert (await connection.recv()).type == "session.created"

import unittest
@pytest.mark.rtdebug("text-turn")
class TestCase(unittest.TestCase):
    def test_unittest(self):
        self.assertTrue(office.ask_and_wait().startswith(ANSWER))

def test_the_environment_is_as_it_was():
    del os.environ["PYTEST_CURRENT_TEST"], ENVIRONMENT["PYTEST_CURRENT_TEST"]
    assert dict(os.environ) == ENVIRONMENT
""".replace("ENVIRONMENT = dict(os.environ)", "ENVIRONMENT = {'PYTEST_CURRENT_TEST': '', **os.environ}")
    )
    printed = project.run("-rA", "-W", "ignore::DeprecationWarning", passed=11)
    assert "warnings summary" not in printed
    printed = project.run("-n", "2", "--rtdebug-findings", "-W", "ignore::DeprecationWarning", passed=11)
    assert "rtdebug findings" in printed


def test_calls_that_were_not_as_recorded_fail_with_the_difference(project: Project) -> None:
    project.have("text-turn", "tool-call")
    project.tests(
        """
TRAIN = {"type": "object", "properties": {"train": {"type": "string"}}, "required": ["train"]}
BOOK = {"type": "function", "name": "book_seat", "description": "Book a seat on a train.", "parameters": TRAIN}
TOOLS = {"type": "realtime", "tools": [BOOK], "tool_choice": "auto"}

@pytest.mark.rtdebug("tool-call")
async def test_right_output():
    assert await office.book(TOOLS) == "Done. You have a seat on the ten fifteen."

@pytest.mark.rtdebug("tool-call")
async def test_wrong_output():
    await office.book(TOOLS, '{"train": "10:15", "seat": "14B"}')

@pytest.mark.rtdebug("text-turn")
async def test_instruction(rtdebug):
    await office.ask(instructions="You work in a bakery.")

@pytest.mark.rtdebug("text-turn", ignore=["session.instructions"])
async def test_instruction_ignored():
    await office.ask(instructions="You work in a bakery.")

@pytest.mark.rtdebug("text-turn")
async def test_model(monkeypatch):
    monkeypatch.setattr(office, "MODEL", "gpt-realtime-mini")
    await office.ask()

@pytest.mark.rtdebug("text-turn", ignore="url.model")
async def test_model_ignored(monkeypatch):
    monkeypatch.setattr(office, "MODEL", "gpt-realtime-mini")
    await office.ask()

@pytest.mark.rtdebug("text-turn", patience=0.5)
async def test_no_response_create():
    await office.ask(create=False)

@pytest.mark.rtdebug("text-turn")
async def test_of_its_own():
    await office.ask()
    assert "14A" == "14B"

@pytest.mark.rtdebug("text-turn")
async def test_one_too_many():
    await office.ask()
    await office.ask()

@pytest.mark.rtdebug("text-turn")
async def test_left_early():
    from openai import AsyncOpenAI
    async with AsyncOpenAI(**office.addressed()) as client, client.realtime.connect(model=office.MODEL) as connection:
        await connection.recv()

@pytest.mark.rtdebug("text-turn")
async def test_asserted_complete(rtdebug):
    rtdebug.assert_complete()

@pytest.mark.rtdebug("text-turn", complete=True)
async def test_complete_by_marker():
    pass

@pytest.mark.rtdebug("text-turn")
async def test_nobody_connects():
    pass

@pytest.mark.rtdebug("text-turn", complete=False)
async def test_nobody_has_to_connect():
    pass

@pytest.mark.xfail(strict=True)
@pytest.mark.rtdebug("text-turn")
async def test_expected():
    await office.ask(instructions="You work in a bakery.")
"""
    )
    printed = project.run(passed=4, failed=10, xfailed=1)
    assert "--rtdebug-record all --rtdebug-upstream URL\n" in printed
    for told in [
        "step 27 (line 29): conversation.item.create (function_call_output call_roInuc3kW3O1zOCv",
        'recorded  "14A"\n      sent      "14B"',
        'session.instructions\n      recorded  "You work in a ticket office."\n      sent      "You work in a bakery."',
        "step 7 (line 9): response.create was not sent in 0.5 s",
        "FAILED test_office.py::test_instruction - Failed: not as recorded: step 2 (line 4)",
        "FAILED test_office.py::test_model - Failed: not as recorded: the client asked for gpt-realtime-mini; ",
        "/v1/realtime?model=gpt-realtime-2.1 was asked for, and no recording is left for it. "
        "Each is played once; --loop (in pytest, the marker's loop=True) plays them again and again.",
        "step 2 (line 4): session.update (output_modalities, instructions) was not sent; the client closed 1000",
        "text-turn: nobody connected",
        "nobody connected to be played text-turn. Does the client read OPENAI_BASE_URL, in the test?",
    ]:
        assert told in printed
    assert "ERROR at" not in printed
    own = printed.split("test_of_its_own ___")[1].split("____ test_")[0]
    assert "not as recorded" not in own
    project.run("--rtdebug-complete", "-k", "right_output or nobody", passed=2, failed=1)


def test_an_assertion_tells_what_it_was_and_once(project: Project) -> None:
    project.have("text-turn")
    project.tests(
        """
@pytest.mark.rtdebug("text-turn")
async def test_it(rtdebug):
    await office.ask(instructions="You work in a bakery.")
    rtdebug.assert_complete()

@pytest.mark.rtdebug("text-turn")
async def test_left(rtdebug):
    rtdebug.assert_complete()
"""
    )
    printed = project.run("-k", "test_it", failed=1)
    assert "FAILED test_office.py::test_it - AssertionError: not as recorded: step 2 (line 4): session" in printed
    assert printed.count('sent      "You work in a bakery."') == 1
    assert printed.count("if it is meant to be another: pytest test_office.py::test_it --rtdebug-record all") == 1
    (shown,) = re.findall(r"this play, to be looked at: (rtdebug show /\S+)", printed)
    looked_at = subprocess.run([sys.executable, "-m", *shown.split()], capture_output=True, text=True, check=True)
    assert "gpt-realtime-2.1" in looked_at.stdout
    printed = project.run("-k", "test_left", failed=1)
    assert "- AssertionError: not as recorded: nobody connected to be played text-turn." in printed
    assert printed.count("✘ text-turn: nobody connected") == 1


def test_how_far_a_call_was_when_its_test_failed(project: Project) -> None:
    project.have("text-turn")
    project.tests(
        """
import asyncio
import sys

@pytest.mark.rtdebug("text-turn")
async def test_of_time():
    await asyncio.wait_for(office.ask(create=False), 0.5)

@pytest.mark.rtdebug("text-turn", patience=0.5)
def test_of_a_client_that_ends_the_program():
    if not asyncio.run(office.ask(create=False)):
        sys.exit(3)

@pytest.mark.rtdebug("text-turn")
async def test_of_a_client_that_ends_its_task():
    await office.ask(instructions="You work in a bakery.")
    raise asyncio.CancelledError

@pytest.mark.rtdebug("text-turn")
def test_of_a_client_that_goes_elsewhere():
    raise OSError

@pytest.mark.rtdebug("text-turn")
def test_none():
    pytest.skip("no")
"""
    )
    printed = project.run(failed=4, skipped=1)
    for told in [
        "the call, when the test failed: step 7 (line 9): response.create was not sent; the client closed 1000",
        "not as recorded: step 7 (line 9): response.create was not sent in 0.5 s",
        "not as recorded: step 2 (line 4): session.update (output_modalities, instructions) was sent with something",
        "the call, when the test failed: nobody connected to be played text-turn.",
    ]:
        assert printed.count(told) == 1


def test_a_marker_at_one_set_of_parameters(project: Project) -> None:
    project.have("text-turn")
    project.tests(
        """
@pytest.mark.parametrize("plays", [pytest.param(True, marks=pytest.mark.rtdebug("text-turn")), False])
def test_it(plays):
    assert ("OPENAI_BASE_URL" in os.environ) is plays
    assert not plays or office.ask_and_wait()
"""
    )
    project.run("-W", "ignore::DeprecationWarning", passed=2)


def test_a_clock_that_stands_still(project: Project) -> None:
    project.have("text-turn")
    project.tests(
        """
import time

@pytest.fixture
def client():
    from openai import OpenAI
    with OpenAI(**office.addressed()) as client, client.realtime.connect(model=office.MODEL) as connection:
        yield connection

@pytest.fixture
def frozen(client):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "monotonic", lambda now=time.monotonic(): now)
        yield

@pytest.mark.rtdebug("text-turn")
def test_it(client, frozen):
    pass
"""
    )
    assert "session.update (output_modalities, instructions) was not sent" in project.run("--timeout", "20", failed=1)


def test_faults_on_top_of_a_recording(project: Project) -> None:
    project.have("text-turn")
    project.tests(
        """
from websockets.exceptions import ConnectionClosedError

@pytest.mark.rtdebug("text-turn", faults=["drop@response.created"])
async def test_drop(rtdebug):
    with pytest.raises(ConnectionClosedError):
        await office.ask()
    (response,) = rtdebug.session.responses.values()
    assert response.status == "in_progress"
    rtdebug.assert_complete()

@pytest.mark.rtdebug("text-turn", faults=["close=1001@response.created"])
async def test_close():
    assert await office.ask() is None

@pytest.mark.rtdebug("text-turn", faults=["drop@response.created"])
async def test_that_is_not_ready_for_it():
    await office.ask()
"""
    )
    printed = project.run("--rtdebug-record", "none", passed=2, failed=1)
    assert "not as recorded" not in printed
    assert "a test with faults makes none" in project.run(
        "--rtdebug-record", "once", "-o", "rtdebug_recordings=others", errors=3
    )


def test_findings_are_told_at_the_end(project: Project) -> None:
    project.plugin(
        "opinion",
        """
from rtdebug.diagnosis import rules
from rtdebug.diagnosis.finding import Doc, Hit, Rule

def check(call):
    yield Hit(2, "the question was a \\x1b[31mhard one")

def timed(call):
    yield Hit(2, "it took long")

doc = Doc("", "", "", "")
rules.RULES = (
    Rule("RT990", "hard-question", "warning", "high", (), doc, check),
    Rule("RT991", "slow-answer", "error", "high", ("times",), doc, timed),
)
""",
    )
    project.have("text-turn")
    project.tests(
        """
@pytest.mark.rtdebug("text-turn")
async def test_it(rtdebug):
    await office.ask()
    assert [one.code for one in rtdebug.findings] == ["RT990"]
    rtdebug.assert_no_findings(min_severity="error")

@pytest.mark.rtdebug("text-turn")
async def test_strict(rtdebug):
    await office.ask()
    rtdebug.assert_no_findings()

@pytest.mark.rtdebug("text-turn", pace="5x")
async def test_with_times(rtdebug):
    await office.ask()
    assert [one.code for one in rtdebug.findings] == ["RT990", "RT991"]
"""
    )
    for more in ((), ("-n", "2")):
        printed = project.run("-p", "opinion", "--rtdebug-findings", *more, passed=2, failed=1)
        assert "AssertionError: 1 finding:\nE       warning RT990 hard-question" in printed
        _, _, summary = printed.partition("rtdebug findings")
        assert "test_office.py::test_it\n  warning RT990 hard-question: the question was a ·[31mhard one" in summary
    project.plugin(
        "again",
        """
import pytest
from _pytest.runner import runtestprotocol

def pytest_runtest_protocol(item, nextitem):
    runtestprotocol(item, nextitem=nextitem, log=False)
""",
    )
    printed = project.run("-p", "opinion", "-p", "again", "--rtdebug-findings", "-k", "test_it", passed=1)
    assert printed.count("warning RT990") == 1


@pytest.mark.skipif(OLD_OPENAI, reason="dials wss unless told otherwise")
def test_the_examples_of_the_page(project: Project) -> None:
    page = (Path(__file__).parents[2] / "docs" / "pytest.md").read_text(encoding="utf-8")
    files = dict(re.findall(r"```python\n# (\w+)\.py\n(.*?)```", page, re.DOTALL))
    for name, code in files.items():
        project.plugin(name, code)
    project.have("text-turn", "audio-turn", "tool-call")
    project.run(passed=4)
    project.plugin("ticket_office", files["ticket_office"].replace("a ticket office", "a bakery"))
    printed = project.run("test_writing.py", failed=1)
    told = re.findall(r"```text\n(not as recorded.*?)```", page, re.DOTALL)
    assert told[0] in re.sub(r"(?m)^E {7}(AssertionError: )?", "", printed)
