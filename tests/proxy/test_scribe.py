"""The threads that write: an error nobody foresaw costs one recording a gap, and the others nothing."""

import errno
import fcntl
from pathlib import Path

import pytest

from rtdebug.recording.encoder import Batch
from rtdebug.recording.writer import RecordingWriter

from .calls import call, closing_in_order
from .stand import proxy_before
from .wiretap import listening_upstream


async def test_a_fault_in_writing_is_one_recordings_and_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, broken = RecordingWriter.write, set[Path]()

    def write(self: RecordingWriter, batch: Batch) -> None:
        broken.add(self.folder) if not broken else None
        if self.folder in broken:
            raise ZeroDivisionError("oh")
        real(self, batch)

    monkeypatch.setattr(RecordingWriter, "write", write)
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path) as stand:
        for _ in range(3):
            await closing_in_order(upstream, stand)
    (folder,) = broken
    said, later = stand.said
    assert "the recorder failed (ZeroDivisionError: oh)" in said and str(folder) in said
    assert later == "recording works again"
    whole = [one for one in stand.recordings() if one.folder != folder]
    assert len(whole) == 2 and all(one.verdict().clean for one in whole)
    assert len(stand.finished) == 3


async def test_a_fault_passes_and_what_it_cost_is_admitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, faults = RecordingWriter.write, ["once"]

    def write(self: RecordingWriter, batch: Batch) -> None:
        if faults:
            raise KeyError(faults.pop())
        real(self, batch)

    monkeypatch.setattr(RecordingWriter, "write", write)
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path) as stand:
        client, server = await call(upstream, stand)
        while not stand.said:
            await client.says(b"hello")
            await server.says(b"hello")
            await client.has(1)
        for end in (client, server):
            end.half_closes()
        await stand.recorded()
        client.hangs_up()
        server.hangs_up()
    (gap,) = stand.recording().of_kind("gap")
    assert "not recorded: the recorder failed (KeyError: 'once')" in gap["reason"]
    assert stand.recording().of_kind("end")


@pytest.mark.parametrize("act", ["sync", "close"])
async def test_a_fault_in_keeping_is_said_once_and_every_recording_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    real = getattr(RecordingWriter, act)

    def fail(self: RecordingWriter) -> None:
        real(self)
        raise AttributeError("no such thing")

    monkeypatch.setattr(RecordingWriter, act, fail)
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path) as stand:
        for _ in range(3):
            await closing_in_order(upstream, stand)
    (said,) = stand.said
    assert "the recorder failed (AttributeError: no such thing)" in said
    assert all(one.verdict().clean for one in stand.recordings())
    assert len(stand.recordings()) == len(stand.finished) == 3


async def test_a_disk_without_locks_is_said_once_and_recorded_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path) as stand:
        for _ in range(3):
            await closing_in_order(upstream, stand)
    assert stand.said == [f"{tmp_path} has no file locks: no call there is shown as live"]
    assert len(stand.recordings()) == 3 and all(one.verdict().clean for one in stand.recordings())
