"""The circle: a recording is served, what a client makes of it is recorded, and it is the same script again."""

from pathlib import Path

import pytest

from rtdebug.imports.builder import build
from rtdebug.imports.log import logs
from rtdebug.imports.source import Source
from rtdebug.imports.survey import survey
from rtdebug.proxy.service import ProxyOptions, running_proxy
from rtdebug.recording.library import find
from rtdebug.replay.load import load
from rtdebug.replay.server import ReplayServer
from rtdebug.replay.terms import Terms
from tests.protocol.shared import REAL, needs_real

from .actor import RECORDINGS, SAMPLES, played
from .driven import TALKED_INTO, differing
from .outline import outline


def imported(log: Path, out: Path) -> Path:
    (found,) = logs(Source(log))
    return build(found, survey(found), out, ()).folder


def outlined(path: Path) -> dict[str, list[object]]:
    recorded = load(path)
    told = outline(recorded)
    recorded.close()
    return told


@pytest.mark.parametrize("name", SAMPLES)
async def test_a_sample_served_and_recorded_again_is_the_same_script(name: str, tmp_path: Path) -> None:
    path = RECORDINGS / name
    async with ReplayServer([path], terms=Terms(patience_s=5)) as server:
        options = ProxyOptions(upstream=f"ws://{server.address}", listen="127.0.0.1:0", out=tmp_path)
        async with running_proxy(options) as proxy:
            heard = await played(path, f"{proxy.base_url.replace('http', 'ws', 1)}/realtime", suffix="_mine")
    (verdict,) = server.verdicts.connections
    assert verdict.clean, verdict.text
    assert (verdict.done, heard.code) == (verdict.steps, 1000)
    (again,) = find(tmp_path)
    assert outlined(again) == outlined(path)
    assert differing(path, again).keys() <= TALKED_INTO.get(name, set())


@pytest.mark.parametrize("name", SAMPLES)
async def test_what_a_replay_records_of_itself_is_the_same_script(name: str, tmp_path: Path) -> None:
    path = RECORDINGS / name
    async with ReplayServer([path], terms=Terms(patience_s=5), out=tmp_path) as server:
        await played(path, server.ws_url, suffix="_mine")
    (verdict,) = server.verdicts.connections
    assert verdict.folder is not None
    assert outlined(verdict.folder) == outlined(path)


@needs_real
@pytest.mark.parametrize("log", REAL, ids=lambda path: path.stem)
async def test_a_real_session_plays_to_its_end_when_its_client_events_come_back(log: Path, tmp_path: Path) -> None:
    path = imported(log, tmp_path / "imported")
    async with ReplayServer([path], terms=Terms(patience_s=5), out=tmp_path / "again") as server:
        heard = await played(path, server.ws_url, suffix="_mine")
    (verdict,) = server.verdicts.connections
    assert verdict.clean, verdict.text
    assert (verdict.done, heard.code) == (verdict.steps, 1000)
    assert verdict.folder is not None
    assert outlined(verdict.folder) == outlined(path)
