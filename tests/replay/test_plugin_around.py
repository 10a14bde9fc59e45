"""What is around a test that plays a recording: options, the environment, other plugins, and wishes in vain."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .importing import imported
from .project import Project, on_a_bare_machine

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.timeout(90)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return on_a_bare_machine(pytester, monkeypatch)


def test_loading_the_plugin_loads_nothing_heavy() -> None:
    code = (
        "import sys, pytest, rtdebug.pytest_plugin\n"
        "print([name for name in ('numpy', 'websockets', 'textual', 'soundfile', 'orjson', 'click', 'ssl', "
        "'rtdebug.replay.server', 'rtdebug.proxy', 'rtdebug.diagnosis') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_a_run_that_has_no_use_for_it(project: Project) -> None:
    project.tests("import sys\ndef test_it():\n    assert not {'numpy', 'rtdebug.replay.server'} & set(sys.modules)")
    project.plugin("office", "")
    project.run(passed=1)


def test_the_proxies_of_the_machine(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.have("text-turn")
    project.tests(
        """
@pytest.mark.rtdebug("text-turn")
async def test_it():
    assert os.environ["NO_PROXY"] == os.environ.get("no_proxy", os.environ["NO_PROXY"]) == os.environ["WANTED"]
    await office.ask()
"""
    )
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    for own, wanted in (("internal.example", "internal.example,127.0.0.1"), ("*", "*"), ("", "127.0.0.1")):
        monkeypatch.setenv("NO_PROXY", own)
        monkeypatch.setenv("WANTED", wanted)
        project.run(passed=1)


def test_a_command_for_the_folder_that_pytest_was_started_in(project: Project) -> None:
    project.path.joinpath("deep").mkdir()
    project.plugin("deep/test_in_it", "class TestIt:\n    def test_it(self, rtdebug): pass")
    project.recordings.joinpath("no-call").mkdir(parents=True)
    project.recordings.joinpath("no-call", "events.jsonl").touch()
    project.tests("@pytest.mark.rtdebug('no-call')\ndef test_it(): pass")
    printed = project.run("deep", errors=1)
    command = "pytest deep/test_in_it.py::TestIt::test_it --rtdebug-record once"
    assert printed.count(command) == 1
    printed = project.run("test_office.py", errors=1)
    assert printed.count("\nrecording no-call: there is no call in it; make it anew\n") == 1
    os.chdir(project.path / "deep")
    assert command.replace("deep/", "") in project.run("--rootdir", "..", errors=1)


def test_what_a_test_asks_for_in_vain(project: Project) -> None:
    project.have("text-turn")
    project.tests(
        """
def test_missing(rtdebug):
    pass

@pytest.mark.parametrize("city", ["Leeds", "a b/../c"])
@pytest.mark.rtdebug
def test_missing_of(city):
    pass

@pytest.mark.rtdebug("text-turn", match="exact")
def test_match(): pass

@pytest.mark.rtdebug("text-turn", fault="drop")
def test_keyword(): pass

@pytest.mark.rtdebug("text-turn", faults=["explode@3"])
def test_fault(): pass

@pytest.mark.rtdebug("text-turn", faults=["drop@response.created#4"])
def test_fault_of_nothing(): pass

@pytest.mark.rtdebug("text-turn", pace="quick")
def test_pace(): pass

@pytest.mark.rtdebug("..")
def test_name(): pass

@pytest.mark.rtdebug("text-turn", patience=-1)
def test_patience(): pass
"""
    )
    printed = project.run(errors=10)
    for told in [
        "no recording recordings/test_office/test_missing; this makes it: "
        "pytest test_office.py::test_missing --rtdebug-record once",
        "this makes it: pytest 'test_office.py::test_missing_of[a b/../c]' --rtdebug-record once",
        "recordings/test_office/test_missing_of-Leeds;",
        "match='exact': expected strict, semantic, loose",
        "marker rtdebug: fault is unknown. Did you mean faults?",
        "fault 'explode@3': expected NAME",
        "has only 1 of response.created from the server",
        "quick: expected recorded, fast",
        "recording '..': expected the name of a recording in",
        "marker rtdebug: patience=-1: expected seconds, more than 0",
    ]:
        assert told in printed
    assert "Traceback" not in printed


def test_options_of_the_ini_file(project: Project) -> None:
    project.ini("rtdebug_recordings = calls", "rtdebug_match = loose", "rtdebug_ignore = session.voice")
    project.have("text-turn")
    project.recordings.rename(project.path / "calls")
    project.tests(
        """
@pytest.mark.rtdebug("text-turn")
async def test_it(rtdebug):
    await office.ask(instructions="You work in a bakery.")

@pytest.mark.rtdebug("text-turn", match="semantic")
async def test_marker_wins():
    await office.ask(instructions="You work in a bakery.")
"""
    )
    project.run(passed=1, failed=1)


def test_without_the_plugin(project: Project) -> None:
    project.ini("markers = rtdebug")
    project.tests("@pytest.mark.rtdebug('text-turn')\ndef test_it():\n    assert 'OPENAI_BASE_URL' not in os.environ")
    project.run("-p", "no:rtdebug", passed=1)


def test_what_is_ignored_has_to_be_there_where_a_marker_says_it_of_its_recordings(project: Project) -> None:
    project.have("text-turn")
    shutil.copytree(project.recordings / "text-turn", project.recordings / "test_office" / "test_by_its_own_name")
    project.ini("rtdebug_ignore = session.modle")
    project.tests(
        """
@pytest.mark.rtdebug("text-turn", ignore="modle")
async def test_misspelled():
    await office.ask()

@pytest.mark.rtdebug(ignore=["session.instruction"])
async def test_by_its_own_name():
    await office.ask()

class TestNamed:
    pytestmark = pytest.mark.rtdebug("text-turn", ignore="itme")

    async def test_by_its_class(self):
        await office.ask()

class TestShared:
    pytestmark = pytest.mark.rtdebug(ignore="item.output")

    @pytest.mark.rtdebug("text-turn")
    async def test_what_its_class_ignores_may_be_elsewhere(self):
        await office.ask()

@pytest.mark.rtdebug("text-turn")
async def test_what_the_ini_ignores_may_be_elsewhere():
    await office.ask()

@pytest.mark.rtdebug("text-turn", ignore=["url.model", "session.instructions", "response.cancel"])
async def test_there():
    await office.ask(instructions="You work in a bakery.")
"""
    )
    printed = project.run(passed=3, errors=3)
    for told in [
        "marker rtdebug: ignore modle: no field or type of what these recordings' clients sent.",
        "ignore session.instruction: no field or type of what these recordings' clients sent. "
        "Did you mean session.instructions",
        "ignore itme: no field",
    ]:
        assert told in printed


def test_a_command_for_an_imported_recording_leads_to_no_service(project: Project, tmp_path: Path) -> None:
    project.have("text-turn")
    made = imported(project.recordings / "text-turn", tmp_path)
    shutil.move(made, project.recordings / "imported")
    project.tests(
        """
@pytest.mark.rtdebug("imported")
async def test_as_imported():
    await office.ask()

@pytest.mark.rtdebug("imported")
async def test_it():
    await office.ask(instructions="You work in a bakery.")
"""
    )
    printed = project.run(passed=1, failed=1)
    words = "pytest test_office.py::test_it --rtdebug-record all --rtdebug-upstream URL"
    assert f"if it is meant to be another: {words}\n" in printed
    assert "--upstream URL: " in project.run(*words.split()[1:], errors=1)
