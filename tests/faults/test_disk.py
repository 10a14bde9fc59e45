"""A disk that is full, refuses or is gone costs a gap that is admitted; never the call."""

import asyncio
import json
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from rtdebug.recording.library import summarize
from rtdebug.recording.verify import Verdict, verify

from .disks import Disk
from .parties import End, Proxy, Upstream, calling, recorded, talk

pytestmark = pytest.mark.load

PATH = "/v1/realtime?model=m"


async def said(link: ClientConnection, end: End, messages: int) -> None:
    await talk(end, link, 0.01, 960, messages)


def trouble(proxy: Proxy) -> int:
    return proxy.talk.count("cannot record")


def in_order(part: list[bytes], whole: list[bytes]) -> bool:
    rest = iter(whole)
    return all(message in rest for message in part)


def admits_a_gap(verdict: Verdict, why: str) -> bool:
    return any("a gap" in problem and why in problem for problem in verdict.problems)


async def test_a_disk_that_fills_in_mid_call_costs_a_gap_and_recording_goes_on_later(disk: Disk) -> None:
    upstream = Upstream(every=0.01)
    async with upstream.running() as url, Proxy(url, disk.place / "out") as proxy:
        async with calling(proxy) as (link, client):
            await said(link, client, 30)
            await asyncio.sleep(0.3)
            before = len(client.sent)
            disk.fill()
            await said(link, client, 150)
            await asyncio.sleep(0.3)
            full = len(client.sent)
            disk.clear()
            await asyncio.sleep(1.5)
            await said(link, client, 60)
            await asyncio.sleep(0.3)
            server = upstream.ends[PATH]
            assert [message for _, message in server.received] == client.sent
        async with calling(proxy, PATH + "&next") as (link, after):
            await said(link, after, 20)
            await asyncio.sleep(0.2)
        assert await proxy.stop() == 3
    first, second = proxy.recordings()
    kept, verdict = recorded(first), verify(first)
    assert kept["client"][:before] == client.sent[:before]
    assert kept["client"][-60:] == client.sent[-60:]
    assert len(kept["client"]) < full
    assert in_order(kept["client"], client.sent)
    assert in_order(kept["server"], server.sent)
    assert verdict.ended
    assert not verdict.clean
    assert admits_a_gap(verdict, "No space left on device")
    assert all("gap" in problem or "missing" in problem for problem in verdict.problems), verdict.problems
    assert verdict.exact == verdict.messages
    assert summarize(first).totals["gaps"] >= 1
    assert trouble(proxy) == 1
    assert recorded(second)["client"] == after.sent
    assert verify(second).clean


@pytest.mark.parametrize("leave", [0, 12288])
async def test_a_call_that_begins_on_a_full_disk_is_recorded_from_when_there_is_room(disk: Disk, leave: int) -> None:
    upstream = Upstream(every=0.01)
    async with upstream.running() as url, Proxy(url, disk.place / "out") as proxy:
        disk.fill(leave)
        async with calling(proxy) as (link, client):
            await said(link, client, 60)
            await asyncio.sleep(1.5)
            disk.clear()
            await asyncio.sleep(1.3)
            await said(link, client, 60)
            await asyncio.sleep(0.2)
        assert await proxy.stop() == 3
    [folder] = proxy.recordings()
    assert len([path for path in proxy.out.iterdir() if path.is_dir()]) == 1
    kept = recorded(folder)
    assert kept["client"][-60:] == client.sent[-60:]
    assert [message for _, message in upstream.ends[PATH].received] == client.sent
    assert admits_a_gap(verify(folder), "No space left on device")
    assert trouble(proxy) == 1


async def test_a_disk_that_stays_full_costs_the_recording_and_not_the_call(disk: Disk) -> None:
    upstream = Upstream(every=0.01)
    async with upstream.running() as url, Proxy(url, disk.place / "out") as proxy:
        disk.fill()
        async with calling(proxy) as (link, client):
            await said(link, client, 60)
            await asyncio.sleep(0.1)
        assert [message for _, message in upstream.ends[PATH].received] == client.sent
        assert await proxy.stop() == 3
    assert trouble(proxy) == 1
    assert "Traceback" not in proxy.talk
    for folder in proxy.recordings():
        assert not verify(folder).clean


async def test_strict_refuses_new_calls_while_the_disk_is_full_and_takes_them_afterwards(disk: Disk) -> None:
    upstream = Upstream(every=0.01)
    async with upstream.running() as url, Proxy(url, disk.place / "out", "--strict") as proxy:
        async with calling(proxy) as (link, client):
            disk.fill()
            await said(link, client, 60)
            await asyncio.sleep(0.2)
            with pytest.raises(InvalidStatus) as refused:
                async with calling(proxy, PATH + "&refused"):
                    pass
            assert refused.value.response.status_code == 503
            assert "--strict" in json.loads(refused.value.response.body)["error"]["message"]
            assert PATH + "&refused" not in upstream.ends
            disk.clear()
            await asyncio.sleep(1.3)
            await said(link, client, 20)
            await asyncio.sleep(0.2)
            async with calling(proxy, PATH + "&later") as (other, later):
                await said(other, later, 5)
        assert [message for _, message in upstream.ends[PATH].received] == client.sent
        assert await proxy.stop() == 3


@pytest.mark.parametrize("out", ["", "out", "deep/er/out"])
async def test_a_folder_that_cannot_be_written_is_refused_at_the_start_in_one_line(disk: Disk, out: str) -> None:
    disk.read_only()
    proxy = Proxy("ws://127.0.0.1:9", disk.place / out)
    await proxy.start()
    assert await proxy.ended() == 2
    assert proxy.talk.count("\n") == 1
    assert "Read-only file system" in proxy.talk
    assert str(disk.place) in proxy.talk


async def test_an_out_that_is_a_file_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        proxy = Proxy("ws://127.0.0.1:9", out)
        await proxy.start()
        assert await proxy.ended() == 2
        assert "Traceback" not in proxy.talk


async def test_a_disk_that_turns_read_only_between_calls_costs_no_call(disk: Disk) -> None:
    upstream = Upstream(every=0.01)
    async with upstream.running() as url, Proxy(url, disk.place / "out") as proxy:
        async with calling(proxy) as (link, first):
            await said(link, first, 20)
        await asyncio.sleep(0.5)
        disk.read_only()
        async with calling(proxy, PATH + "&second") as (link, second):
            await said(link, second, 60)
            await asyncio.sleep(0.2)
        assert [message for _, message in upstream.ends[PATH + "&second"].received] == second.sent
        assert await proxy.stop() == 3
    [folder] = proxy.recordings()
    assert recorded(folder)["client"] == first.sent
    assert verify(folder).clean
    assert "Read-only file system" in proxy.talk
    assert trouble(proxy) == 1
    assert "not recorded" in proxy.talk


async def test_a_folder_deleted_between_calls_is_made_again(tmp_path: Path) -> None:
    upstream = Upstream(every=0.01, messages=5)
    async with upstream.running() as url, Proxy(url, tmp_path / "out") as proxy:
        (tmp_path / "out").rmdir()
        async with calling(proxy) as (link, client):
            await said(link, client, 10)
        assert await proxy.stop() == 0
    [folder] = proxy.recordings()
    assert recorded(folder)["client"] == client.sent
    assert (tmp_path / "out").stat().st_mode & 0o7777 == 0o700
