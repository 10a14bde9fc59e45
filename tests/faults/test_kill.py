"""`kill -9` at any moment: the recording opens, nothing in it is damaged, and little is lost."""

import asyncio
import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import soundfile

from rtdebug.recording.verify import verify

from .parties import End, Proxy, Upstream, calling, recorded, talk

pytestmark = pytest.mark.load

KILLS = 54
AT_ONCE = 9
PROMISE = 0.25
"""Seconds before the kill up to which every forwarded message is on disk."""


@dataclass
class Kill:
    """What one kill left."""

    folder: Path
    killed_at: float
    client: End
    server: End

    def loss(self) -> float:
        """Check what is there; return how old the oldest forwarded message is that is not (0: none is missing)."""
        kept = recorded(self.folder)
        oldest = 0.0
        for side, sent, received in (
            ("client", self.client.sent, self.server.received),
            ("server", self.server.sent, self.client.received),
        ):
            assert kept[side] == sent[: len(kept[side])]
            missing = [self.killed_at - at for at, _ in received[len(kept[side]) :]]
            oldest = max([oldest, *missing])
        return oldest


async def kill_one(upstream: Upstream, url: str, out: Path, moment: float, quiet: bool) -> Kill:
    path = f"/v1/realtime?model=m&call={out.name}"
    async with Proxy(url, out) as proxy, calling(proxy, path) as (link, client):
        talking = asyncio.create_task(talk(client, link, 0.02, 960, 1 if quiet else None))
        await asyncio.sleep(moment)
        await proxy.kill()
        await talking
        await asyncio.sleep(0.05)
        [folder] = proxy.recordings()
        return Kill(folder, proxy.killed_at, client, upstream.ends[path])


@pytest.fixture(scope="module")
def kills(tmp_path_factory: pytest.TempPathFactory) -> list[Kill]:
    return asyncio.run(kill_many(tmp_path_factory.mktemp("kills")))


async def kill_many(out: Path) -> list[Kill]:
    chance = random.Random(9)
    done: list[Kill] = []
    talkative, quiet = Upstream(), Upstream(messages=1)
    async with talkative.running() as loud_url, quiet.running() as quiet_url:
        for first in range(0, KILLS, AT_ONCE):
            numbers = range(first, first + AT_ONCE)
            async with asyncio.TaskGroup() as group:
                killing = [
                    group.create_task(
                        kill_one(quiet, quiet_url, out / str(number), chance.uniform(0.25, 0.9), True)
                        if number % AT_ONCE == 0
                        else kill_one(talkative, loud_url, out / str(number), chance.uniform(0.25, 0.9), False)
                    )
                    for number in numbers
                ]
            done += [kill.result() for kill in killing]
    return done


@pytest.mark.timeout(110)
def test_what_was_forwarded_a_moment_before_the_kill_is_there_exactly(kills: list[Kill]) -> None:
    windows = sorted(kill.loss() for kill in kills)
    assert len(windows) >= 50
    print(f"\nloss window of {len(windows)} kills: median {windows[len(windows) // 2] * 1000:.0f} ms,", end=" ")
    print(f"worst {windows[-1] * 1000:.0f} ms; nothing lost in {windows.count(0.0)}")
    assert windows[-1] <= PROMISE


def test_a_killed_recording_is_never_called_complete_and_only_its_end_is_missing(kills: list[Kill]) -> None:
    for kill in kills:
        verdict = verify(kill.folder)
        assert not verdict.ended
        assert verdict.exact == verdict.messages
        assert [problem for problem in verdict.problems if "cut off" not in problem] == []


def test_tracks_play_after_a_kill(kills: list[Kill]) -> None:
    tracks = [track for kill in kills for track in kill.folder.glob("*.wav")]
    assert len(tracks) > KILLS
    for track in tracks:
        info = soundfile.info(track)
        assert (info.samplerate, info.channels, info.subtype) == (24000, 1, "PCM_16")
        held = (track.stat().st_size - 92) // 2
        assert held - info.frames <= 24000, "the header is more than a second behind"


@pytest.mark.parametrize("program", [["sox", "--i"], ["ffprobe", "-v", "error", "-i"]], ids=lambda program: program[0])
def test_other_programs_read_tracks_after_a_kill(kills: list[Kill], program: list[str]) -> None:
    if shutil.which(program[0]) is None:
        pytest.skip(f"{program[0]} is not installed")
    for kill in kills[:6]:
        for track in kill.folder.glob("*.wav"):
            done = subprocess.run([*program, str(track)], capture_output=True, text=True, timeout=30, check=False)
            assert done.returncode == 0, done.stderr
