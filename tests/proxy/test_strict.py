"""`--strict`: calls are refused while recordings cannot be written, and no longer."""

import shutil
from pathlib import Path

import pytest

from rtdebug.recording.verify import verify

from .calls import closing_in_order
from .frames import asking
from .stand import Stand, proxy_before
from .wiretap import Upstream, dial, listening_upstream

RETRY = "rtdebug.proxy.scribe._RETRY_SECONDS"


async def refused(stand: Stand) -> None:
    """Ask for a call that must be refused for want of a recording."""
    client = await dial(stand.port)
    await client.sends(asking(stand.host))
    assert (await client.head()).startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    client.hangs_up()


async def trouble(upstream: Upstream, stand: Stand) -> None:
    """Put a file in the place of the recordings, and make a call that comes to know of it."""
    shutil.rmtree(stand.out)
    stand.out.touch()
    await closing_in_order(upstream, stand)
    await stand.recorded_in_all(1)


async def test_calls_are_taken_again_though_no_recording_was_open_to_meet_the_end_of_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RETRY, 0.0)
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path / "out", strict=True) as stand:
        await trouble(upstream, stand)
        for _ in range(3):
            await refused(stand)
        assert not upstream.contacted
        stand.out.unlink()
        stand.out.mkdir()
        await closing_in_order(upstream, stand)
        await stand.recorded_in_all(2)
    lost, kept = stand.finished
    assert lost.folder is None
    assert kept.folder is not None
    assert verify(kept.folder).clean
    assert list(stand.out.iterdir()) == [kept.folder], "what was tried leaves nothing"
    begin, end = stand.said
    assert begin.startswith("cannot record: ")
    assert end == "recording works again"


async def test_whether_writing_works_is_not_tried_for_every_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RETRY, 3600.0)
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path / "out", strict=True) as stand:
        await trouble(upstream, stand)
        await refused(stand)
        stand.out.unlink()
        await refused(stand)
        assert not stand.out.exists()
