"""How a play ended, in its own recording: the same as in the verdict."""

import asyncio
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from rtdebug.diagnosis.linting import diagnose
from rtdebug.diagnosis.rules import RULES
from rtdebug.opening import examined
from rtdebug.recording.library import summarize
from rtdebug.replay.faults import parse_fault
from rtdebug.replay.server import ReplayServer
from rtdebug.session.model import Ending

from .actor import RECORDINGS, played

TEXT_TURN = RECORDINGS / "text-turn"


async def begun(line: ClientConnection) -> None:
    """Take what the server says first: there is a session."""
    await line.recv()


def ended(folder: Path | None) -> tuple[Ending, str, list[str]]:
    """Return how a recording says its call ended, also in its last line, and which rules of endings that breaks."""
    assert folder is not None
    with examined(folder, has_times=False) as (opened, subject):
        codes = [one.code for one in diagnose(subject, RULES).findings]
    return opened.session.ending, summarize(folder).ending, [code for code in codes if code.startswith("RT20")]


async def test_a_client_that_breaks_off(tmp_path: Path) -> None:
    async with ReplayServer([TEXT_TURN], out=tmp_path) as server, asyncio.timeout(10):
        async with connect(server.ws_url) as line:
            await begun(line)
            line.transport.abort()
        await server.over.wait()
    (verdict,) = server.verdicts.connections
    assert verdict.ending == "client left without a close frame"
    ending, last, codes = ended(verdict.folder)
    assert (ending.by, ending.code, ending.reason) == ("client", None, "left without a close frame")
    assert (last, codes) == ("client left", ["RT202"])


async def test_a_client_that_says_goodbye(tmp_path: Path) -> None:
    for code, told in ((1000, "client closed 1000"), (4001, "client closed 4001")):
        async with ReplayServer([TEXT_TURN], out=tmp_path / str(code)) as server, asyncio.timeout(10):
            async with connect(server.ws_url) as line:
                await begun(line)
                await line.close(code, "bye")
            await server.over.wait()
        (verdict,) = server.verdicts.connections
        ending, last, codes = ended(verdict.folder)
        assert (ending.by, ending.code, ending.reason) == ("client", code, "bye")
        assert (last, codes) == (told, [])


async def test_a_client_that_says_goodbye_as_browsers_do(tmp_path: Path) -> None:
    async with ReplayServer([TEXT_TURN], out=tmp_path) as server, asyncio.timeout(10):
        async with connect(server.ws_url) as line:
            await begun(line)
            line.transport.write(b"\x88\x80\0\0\0\0")
            await line.wait_closed()
        await server.over.wait()
    (verdict,) = server.verdicts.connections
    ending, last, codes = ended(verdict.folder)
    assert (ending.by, ending.code, last, codes) == ("client", None, "client closed", [])


async def test_a_server_that_breaks_off_as_it_is_told(tmp_path: Path) -> None:
    faults = [parse_fault("drop@response.created")]
    async with ReplayServer([TEXT_TURN], out=tmp_path, faults=faults) as server, asyncio.timeout(10):
        await played(TEXT_TURN, server.ws_url)
        await server.over.wait()
    (verdict,) = server.verdicts.connections
    ending, last, codes = ended(verdict.folder)
    assert (ending.by, ending.code, ending.reason, last) == ("server", None, "broke off", "server reset")
    assert "RT202" in codes
    assert verdict.folder is not None
    assert verdict.folder.joinpath("events.jsonl").read_bytes().count(b'"kind":"closed"') == 1
