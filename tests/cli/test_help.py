import json
import subprocess
import sys

import pytest

from rtdebug.cli import COMMANDS

from .terminal import on_terminal, rtdebug

HEAVY = ["numpy", "textual", "pytest", "soundfile", "openai", "websockets", "uvloop", "trustme", "asyncio"]
HEAVY += ["genai_prices", "pydantic", "httpx2"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = rtdebug(command, "--help")
    assert (done.status, done.talk) == (0, "")
    assert "Usage" in done.text
    assert f"rtdebug {command}" in done.text
    assert rtdebug(command, "-h").out == done.out


def test_help_lists_every_command_with_a_word_on_it() -> None:
    text = rtdebug("--help").text
    for command in COMMANDS:
        [line] = [line for line in text.splitlines() if line.strip(" │").startswith(command + " ")]
        assert len(line.split()) > 3


def loaded_by(code: str) -> list[str]:
    report = f"import sys, json\n{code}\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, timeout=60, check=True)
    loaded: list[str] = json.loads(done.stderr.splitlines()[-1])
    return loaded


def test_importing_loads_nothing_heavy() -> None:
    assert loaded_by("import rtdebug.cli") == []


@pytest.mark.parametrize("arguments", [["--help"], ["ls", "--help"], ["--version"]], ids=" ".join)
def test_asking_for_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = f"sys.argv = ['rtdebug', *{arguments!r}]\nfrom rtdebug.cli import main\ntry: main()\nexcept SystemExit: pass"
    assert [name for name in loaded_by(code) if name != "asyncio"] == []


def test_the_version_is_said() -> None:
    from rtdebug import __version__

    assert __version__ in rtdebug("--version").text


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["ls", "/no/such/folder"], ["diff"], ["cat", "/no/such"], ["verify"], ["proxy", "--nonsense"]],
    ids=" ".join,
)
def test_a_wrong_word_ends_with_2_and_a_hint(arguments: list[str]) -> None:
    done = rtdebug(*arguments)
    assert done.status == 2
    assert done.out == b""
    assert done.talk
    assert "Traceback" not in done.talk


def test_no_color_is_obeyed_on_a_terminal() -> None:
    assert b"\x1b[3" in on_terminal("--help").out
    plain = on_terminal("--help", NO_COLOR="1").out
    assert b"\x1b[3" not in plain
    assert b"\x1b[9" not in plain
