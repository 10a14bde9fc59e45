"""Recordings that go astray while calls are made: each call's end tells, and so does the proxy's."""

import asyncio
import base64
import shutil
from pathlib import Path

from rtdebug.protocol.tally import Tally
from rtdebug.proxy.ledger import Ledger
from rtdebug.proxy.recorder import Finished
from rtdebug.recording.library import find
from rtdebug.recording.verify import verify

from .calls import call, closing_in_order, ending
from .stand import Stand, proxy_before
from .wiretap import PATIENCE, End, Upstream, listening_upstream

AUDIO = b'{"type":"input_audio_buffer.append","audio":"%b"}' % base64.b64encode(bytes(960))


async def on_disk(stand: Stand, path: str = "*/events.jsonl") -> Path:
    """Wait until a recording has something in it; return its folder."""
    async with asyncio.timeout(PATIENCE):
        while not any(file.stat().st_size for file in stand.out.glob(path)):
            await asyncio.sleep(0.01)
    return find(stand.out)[0]


async def under_way(upstream: Upstream, stand: Stand) -> tuple[End, End, Path]:
    """Set up a call that is being recorded; return its parties and its folder."""
    client, server = await call(upstream, stand)
    await client.says(AUDIO)
    return client, server, await on_disk(stand, "*/client.wav")


async def test_calls_of_which_nothing_is_left_are_told_and_counted_and_so_is_the_end_of_it(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with listening_upstream() as upstream, proxy_before(upstream.url, out) as stand:
        client, server, _ = await under_way(upstream, stand)
        shutil.rmtree(out)
        out.touch()
        await client.says(AUDIO)
        await ending(client, server)
        await stand.recorded_in_all(1)
        await closing_in_order(upstream, stand)
        await stand.recorded_in_all(2)
        out.unlink()
        await closing_in_order(upstream, stand)
    first, second, third = stand.finished
    assert (first.folder, second.folder) == (None, None)
    assert third.folder is not None and verify(third.folder).clean
    assert [one.is_whole for one in stand.finished] == [False, False, True]
    assert stand.shortfall == "2 of 3 calls were not recorded"
    trouble, relief = stand.said
    assert trouble.startswith("cannot record: ") and relief == "recording works again"


async def test_a_recording_deleted_in_mid_call_is_begun_anew_and_says_what_is_missing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with listening_upstream() as upstream, proxy_before(upstream.url, out) as stand:
        client, server, folder = await under_way(upstream, stand)
        shutil.rmtree(folder)
        async with asyncio.timeout(PATIENCE):
            while not folder.exists():
                await client.says(AUDIO)
                await asyncio.sleep(0.05)
        await client.says(AUDIO)
        await ending(client, server)
    (finished,) = stand.finished
    assert finished.folder == folder and not finished.is_whole
    (gap,) = stand.recording().of_kind("gap")
    assert gap["reason"] == "not recorded: it was deleted while it was written"
    assert stand.recording().of_kind("end")
    assert [message for _, message in stand.recording().said("client")][-1] == AUDIO
    problems = verify(folder).problems
    assert all("a gap: not recorded" in problem or "are missing" in problem for problem in problems), problems
    assert stand.shortfall == f"1 of 1 call has gaps: `rtdebug verify {folder}` says what is missing"


async def test_a_recording_that_was_moved_away_is_not_said_to_be_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with listening_upstream() as upstream, proxy_before(upstream.url, out) as stand:
        client, server, folder = await under_way(upstream, stand)
        out.rename(tmp_path / "elsewhere")
        await client.says(AUDIO)
        await ending(client, server)
    (finished,) = stand.finished
    assert (finished.folder, finished.is_moved, finished.is_whole) == (None, True, True)
    assert stand.said == [f"{folder}: moved while it was written: look where it was moved to"]
    assert stand.shortfall == "", "it is on disk"
    assert verify(tmp_path / "elsewhere" / folder.name).clean, "what was moved is whole all the same"


async def test_a_recording_of_which_only_a_part_was_moved_is_lost(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with listening_upstream() as upstream, proxy_before(upstream.url, out) as stand:
        client, server, folder = await under_way(upstream, stand)
        out.rename(tmp_path / "elsewhere")
        (tmp_path / "elsewhere" / folder.name / "client.wav").unlink()
        await ending(client, server)
    assert not stand.finished[0].is_moved
    assert stand.shortfall == "1 of 1 call was not recorded"


async def test_a_track_that_is_gone_is_a_gap_that_verify_knows_of(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path / "out") as stand:
        client, server, folder = await under_way(upstream, stand)
        (folder / "client.wav").unlink()
        await ending(client, server)
    (finished,) = stand.finished
    assert finished.folder == folder and not finished.is_whole
    assert str(folder / "client.wav") in stand.said[0]
    assert stand.shortfall == f"1 of 1 call has gaps: `rtdebug verify {folder}` says what is missing"
    assert "client.wav" in verify(folder).problems[0]


async def test_where_all_is_recorded_nothing_is_said(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path / "out") as stand:
        await closing_in_order(upstream, stand)
    assert (stand.said, stand.shortfall, stand.finished[0].is_whole) == ([], "", True)


def test_verify_is_named_only_where_it_has_something_to_say() -> None:
    ledger = Ledger(Path("out"))
    lost, gappy = Finished(None, 0, 1, Tally(), False), Finished(Path("out/a"), 0, 9, Tally(), False)
    http = Finished(Path("out/http"), 0, 2, Tally(exchanges=3), False)
    ledger.add(Finished(Path("out/whole"), 0, 9, Tally(), True))
    assert ledger.shortfall() == ""
    ledger.add(lost)
    assert ledger.shortfall() == "1 of 2 calls was not recorded"
    ledger.add(gappy)
    rest = "says what is missing"
    assert ledger.shortfall() == f"1 of 3 calls was not recorded, 1 has gaps: `rtdebug verify out/a` {rest}"
    ledger.add(http)
    told = "1 of 3 calls was not recorded, 1 has gaps, the plain HTTP has gaps"
    assert ledger.shortfall() == f"{told}: `rtdebug verify out` {rest}"


def test_what_was_moved_counts_as_recorded_and_its_gaps_as_gaps() -> None:
    ledger = Ledger(Path("out"))
    ledger.add(Finished(None, 0, 9, Tally(), True, is_moved=True))
    assert ledger.shortfall() == ""
    ledger.add(Finished(None, 0, 9, Tally(), False, is_moved=True))
    assert ledger.shortfall() == "1 of 2 calls has gaps"
    ledger.add(Finished(Path("out/a"), 0, 9, Tally(), False))
    assert ledger.shortfall() == "2 of 3 calls have gaps: `rtdebug verify out/a` says what is missing"
