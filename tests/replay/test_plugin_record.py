"""Recordings made by tests: through the proxy to an upstream, whole or not at all, with no key in them."""

import re
from collections.abc import Iterator

import pytest

from rtdebug.replay.testing.thread import Held
from rtdebug.simulator.script_file import parse
from rtdebug.simulator.server import Simulator

from .project import Project, on_a_bare_machine

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.timeout(90)

KEY = "sk-proj-this-key-must-not-be-kept-0123456789"
SCRIPT = """
[[rule]]
when = { text = "next train" }
say = "At ten fifteen."

[[rule]]
say = "Of course."
"""
ASKED = """
@pytest.mark.parametrize("question", [office.QUESTION, "A ticket, please."])
async def test_it(rtdebug, question):
    answer = await office.ask(question)
    assert answer == ("At ten fifteen." if "train" in question else "Of course.")
    assert rtdebug.session.model == office.MODEL
    assert len(rtdebug.sent) == 3
    assert rtdebug.recording is (os.environ.get("MODE") == "record")
    rtdebug.assert_complete()
"""


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    held = Held(Simulator(pace=1000, script=parse(SCRIPT, "script.toml")))
    yield held.enter()
    held.leave()


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, simulator: Simulator) -> Project:
    project = on_a_bare_machine(pytester, monkeypatch)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("RTDEBUG_UPSTREAM", simulator.url)
    return project


def calls(simulator: Simulator) -> int:
    return len(simulator.requests)


def test_recorded_once_and_played_ever_after(
    project: Project, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.tests(ASKED)
    monkeypatch.setenv("MODE", "record")
    project.run("--rtdebug-record", "once", passed=2)
    assert calls(simulator) == 2
    monkeypatch.delenv("MODE")
    made = {path: path.read_bytes() for path in project.files()}
    names = {path.parent.name for path in made}
    assert "test_it-A-ticket-please-" in "".join(names)
    assert len(names) == 2
    assert {path.parent.parent for path in made} == {project.recordings / "test_office"}
    assert all(KEY.encode() not in content for content in made.values())
    assert all(path.parent.stat().st_mode & 0o77 == 0 for path in made)
    for mode in ("once", "none"):
        project.run("--rtdebug-record", mode, passed=2)
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("RTDEBUG_UPSTREAM", "ws://127.0.0.1:9")
    project.run("-n", "2", passed=2)
    assert calls(simulator) == 2
    assert {path: path.read_bytes() for path in project.files()} == made


def test_a_command_leads_where_the_recording_was_made(
    project: Project, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RTDEBUG_UPSTREAM")
    project.tests(
        """
async def test_it(rtdebug):
    await office.ask(os.environ.get("SAID", office.QUESTION))

@pytest.mark.rtdebug("test_office/test_it", "another")
async def test_more():
    pass
"""
    )
    assert "--rtdebug-record once\n" in project.run("-k", "test_it", errors=1)
    project.run("-k", "test_it", "--rtdebug-record", "once", "--rtdebug-upstream", simulator.url, passed=1)
    monkeypatch.setenv("SAID", "A ticket, please.")
    printed = project.run("-k", "test_it", failed=1)
    (words,) = re.findall(r"if it is meant to be another: pytest (.*)", printed)
    assert words == f"test_office.py::test_it --rtdebug-record all --rtdebug-upstream {simulator.url}"
    more = project.run("-k", "test_more", "--rtdebug-record", "once", errors=1)
    assert (
        f"make them together: pytest test_office.py::test_more --rtdebug-record all --rtdebug-upstream {simulator.url}"
        in more
    )
    project.run(*words.split(), passed=1)
    assert calls(simulator) == 2
    project.run("-k", "test_it", passed=1)
    monkeypatch.setenv("SAID", "And now?")
    for option in (["--rtdebug-upstream", "wss://other.example"], []):
        monkeypatch.setenv("RTDEBUG_UPSTREAM", "" if option else "wss://other.example")
        printed = project.run("-k", "test_it", *option, failed=1)
        assert "--rtdebug-record all --rtdebug-upstream wss://other.example\n" in printed


def test_a_recording_that_is_named_twice_costs_no_call(project: Project, simulator: Simulator) -> None:
    project.tests(
        """
@pytest.mark.rtdebug("dup", "dup")
async def test_it():
    await office.ask()
    await office.ask()
"""
    )
    for mode in ("once", "all"):
        told = project.run("--rtdebug-record", mode, errors=1)
        assert "recordings/dup: is named twice, but can hold one of the two calls only" in told
    assert calls(simulator) == 0
    project.tests("@pytest.mark.rtdebug('dup')\nasync def test_it():\n    await office.ask()\n    await office.ask()")
    project.run("--rtdebug-record", "once", passed=1)
    assert {path.parent.name for path in project.files()} == {"1", "2"}


def test_names_that_differ_in_case_cost_no_call(project: Project, simulator: Simulator) -> None:
    project.tests(
        """
@pytest.mark.rtdebug("same", "Same")
async def test_of_one():
    await office.ask()
    await office.ask()

@pytest.mark.rtdebug("Calls/a")
async def test_a():
    await office.ask()

@pytest.mark.rtdebug("calls/a")
async def test_of_another():
    await office.ask()
"""
    )
    told = project.run("--rtdebug-record", "once", passed=1, errors=2)
    assert "recordings recordings/same and recordings/Same: on macOS and Windows the two are one" in told
    assert "no recording recordings/calls/a, but there is recordings/Calls: on macOS and Windows" in told
    assert calls(simulator) == 1


@pytest.mark.load
def test_hostile_names_of_tests(project: Project) -> None:
    names = ["../../x", "a/b", "..", ".", " ", "ü", "x" * 400, "a\0b", "CON", "-n", "$(id)", "a:b", "\u202e", "a\\b"]
    project.tests(
        f"""
@pytest.mark.parametrize("name", {names!r}, ids={names!r})
async def test_it(rtdebug, name):
    assert await office.ask() == "At ten fifteen."
"""
    )
    around = set(project.path.parent.iterdir())
    project.run("--rtdebug-record", "once", passed=len(names))
    project.run("-n", "2", passed=len(names))
    assert len({path.parent for path in project.files()}) == len(names)
    assert all(path.parents[2] == project.recordings for path in project.files())
    assert set(project.path.parent.iterdir()) == around


@pytest.mark.load
def test_a_failed_test_does_not_spoil_a_good_recording(project: Project, simulator: Simulator) -> None:
    project.have("text-turn")
    good = {path: path.read_bytes() for path in project.files()}
    project.tests(
        """
@pytest.mark.rtdebug("text-turn")
async def test_it():
    assert await office.ask() == "Something else."

@pytest.mark.rtdebug("new")
async def test_new():
    await office.ask()
    raise RuntimeError

import unittest
@pytest.mark.rtdebug("another")
class TestCase(unittest.TestCase):
    def test_in_part(self):
        with self.subTest():
            office.ask_and_wait()
            self.fail()
"""
    )
    assert " failed" in project.run("--rtdebug-record", "all", "-W", "ignore")
    assert calls(simulator) == 3
    assert {path: path.read_bytes() for path in project.files()} == good
    project.tests("@pytest.mark.rtdebug('text-turn')\nasync def test_it():\n    await office.ask()")
    project.run("--rtdebug-record", "once", passed=1)
    assert {path: path.read_bytes() for path in project.files()} == good
    project.run("--rtdebug-record", "all", passed=1)
    assert calls(simulator) == 4
    assert {path: path.read_bytes() for path in project.files()} != good
    assert [path.name for path in project.recordings.iterdir()] == ["text-turn"]
    project.run(passed=1)


def test_several_connections_and_plain_http(project: Project, simulator: Simulator) -> None:
    project.tests(
        """
async def two():
    from openai import AsyncOpenAI
    async with AsyncOpenAI(**office.addressed()) as client:
        secret = await client.realtime.client_secrets.create()
        assert secret.value
    assert await office.ask() == "At ten fifteen."
    assert await office.ask("A ticket, please.") == "Of course."

async def test_in_one(rtdebug):
    await two()
    assert [len(one.responses) for one in rtdebug.sessions] == [1, 1]
    rtdebug.assert_complete()

@pytest.mark.rtdebug("first", "second")
async def test_in_two(rtdebug):
    await two()
    rtdebug.assert_complete()
"""
    )
    project.run("--rtdebug-record", "once", passed=2)
    folders = {str(path.parent.relative_to(project.recordings)) for path in project.files()}
    assert folders == {
        *(f"test_office/test_in_one/{name}" for name in ("1", "2", "http")),
        *(f"first/{name}" for name in ("1", "http")),
        "second",
    }
    before = calls(simulator)
    project.run(passed=2)
    assert calls(simulator) == before
    project.run("--rtdebug-record", "all", passed=2)
    assert {str(path.parent.relative_to(project.recordings)) for path in project.files()} == folders


@pytest.mark.load
def test_what_was_sent_is_known_while_the_client_is_connected(project: Project) -> None:
    project.tests(
        """
@pytest.fixture
def client():
    from openai import OpenAI
    with OpenAI(**office.addressed()) as client, client.realtime.connect(model=office.MODEL) as connection:
        yield connection

def test_it(rtdebug, client):
    client.session.update(session=office.session("Be kind."))
    while client.recv().type != "session.updated":
        pass
    client.input_audio_buffer.append(audio="AAAA" * 1600)
    assert rtdebug.sent_types() == ["session.update"]
    assert rtdebug.audio_sent == 100
    with pytest.raises(Exception, match="the client is still connected"):
        rtdebug.session
"""
    )
    for mode in ("once", "none"):
        project.run("--rtdebug-record", mode, "-W", "ignore", passed=1)


@pytest.mark.load
def test_what_cannot_be_recorded(project: Project) -> None:
    project.have("text-turn", under="shared")
    project.tests(
        """
@pytest.mark.rtdebug("nobody")
def test_nobody_calls():
    pass

@pytest.mark.rtdebug("one", "two")
async def test_too_few():
    await office.ask()

@pytest.mark.rtdebug("shared")
async def test_in_the_place_of_others():
    await office.ask()
"""
    )
    printed = project.run("--rtdebug-record", "all", passed=2, errors=3)
    for told in [
        "nothing was recorded: no client connected. Does it read OPENAI_BASE_URL?",
        "2 recordings are named, but 1 connections were made",
        "holds more than a recording; nothing is overwritten",
    ]:
        assert told in printed
    assert [path.name for path in project.recordings.iterdir()] == ["shared"]
    project.have("text-turn", under="one/..")
    project.recordings.joinpath("text-turn").rename(project.recordings / "one")
    assert "there is recordings/one; make them together" in project.run(
        "--rtdebug-record", "once", "-k", "few", errors=1
    )
    bad = project.run("--rtdebug-record", "all", "--rtdebug-upstream", "gopher://x", "-k", "few", errors=1)
    assert "--upstream gopher://x: expected wss://host" in bad


@pytest.mark.load
def test_the_record_mode_of_pytest_recording(project: Project, simulator: Simulator) -> None:
    project.plugin(
        "recording",
        "def pytest_addoption(parser):\n"
        "    parser.addoption('--record-mode', choices=('none', 'once', 'new_episodes', 'all', 'rewrite'))",
    )
    project.tests("async def test_it(rtdebug):\n    await office.ask()")
    plugin = ("-p", "recording")
    project.run(*plugin, errors=1)
    project.run(*plugin, "--record-mode", "rewrite", "--rtdebug-record", "none", errors=1)
    project.run(*plugin, "--record-mode", "new_episodes", passed=1)
    assert calls(simulator) == 1
    project.run(*plugin, "--record-mode", "once", passed=1)
    assert calls(simulator) == 1
    project.run(*plugin, "--record-mode", "rewrite", passed=1)
    assert calls(simulator) == 2
