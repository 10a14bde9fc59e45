"""Files on disk: their modes, their order, and what a disk that refuses leaves behind."""

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rtdebug.recording import writer as writing
from rtdebug.recording.library import folder_name
from rtdebug.recording.reader import is_live
from rtdebug.recording.writer import RecordingWriter, try_out

from .calls import Call, append, delta, messages, record, small_call, tone


def test_folders_are_0700_and_files_0600_under_any_umask(tmp_path: Path) -> None:
    for mask in (0, 0o777, 0o022):
        before = os.umask(mask)
        try:
            call = Call(tmp_path / f"rec{mask}").say(("client", append(b"aa")), ("server", delta(b"bb"))).flush()
        finally:
            os.umask(before)
        assert call.folder.stat().st_mode & 0o7777 == 0o700
        assert {path.stat().st_mode & 0o7777 for path in call.folder.iterdir()} == {0o600}
        assert len(list(call.folder.iterdir())) == 3
        call.end()


def test_folders_made_on_the_way_are_private_too(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        call = Call(tmp_path / "deep" / "deeper" / "rec")
    finally:
        os.umask(before)
    call.end()
    assert (tmp_path / "deep").stat().st_mode & 0o077 == 0


def test_a_name_that_is_taken_gets_a_number_and_nothing_is_written_over(tmp_path: Path) -> None:
    folders = [Call(tmp_path / "rec").end() for _ in range(3)]
    assert [folder.name for folder in folders] == ["rec", "rec-2", "rec-3"]


def test_a_recording_is_live_until_it_is_closed(tmp_path: Path) -> None:
    call = Call(tmp_path / "rec").flush()
    assert is_live(call.folder)
    call.end()
    assert not is_live(call.folder)


def test_samples_are_on_disk_before_the_line_that_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call = Call(tmp_path / "rec").flush()
    order = []
    real = os.pwritev

    def watched(fd: int, *rest: object) -> int:
        order.append(Path(f"/proc/self/fd/{fd}").readlink().name)
        return real(fd, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "pwritev", watched)
    call.say(("client", append(tone(5))), ("server", delta(tone(5)))).flush()
    assert order[-1] == "events.jsonl"
    assert {"client.wav", "server.wav"} <= set(order[:-1])
    call.end()


def test_a_recording_is_moved_where_all_of_it_is_elsewhere_and_whole(tmp_path: Path) -> None:
    call = Call(tmp_path / "rec").say(("client", append(tone(5)))).flush()
    assert not call.writer.is_moved()
    events, track = call.folder / "events.jsonl", call.folder / "client.wav"
    events.rename(tmp_path / "events.jsonl")
    assert not call.writer.is_moved(), "a part of it is where it was"
    (tmp_path / "events.jsonl").rename(events)
    moved = call.folder.rename(tmp_path / "moved")
    assert call.writer.is_moved()
    os.truncate(moved / track.name, 4)
    assert not call.writer.is_moved(), "a part of it is cut"
    (moved / track.name).unlink()
    assert not call.writer.is_moved(), "a part of it is nowhere"
    call.writer.close()


def test_a_folder_is_tried_out_and_nothing_stays_in_it(tmp_path: Path) -> None:
    try_out(tmp_path / "deep" / "out", 1 << 16)
    assert (tmp_path / "deep" / "out").stat().st_mode & 0o7777 == 0o700
    assert list((tmp_path / "deep" / "out").iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="directory"):
        try_out(tmp_path / "file", 0)


class FullDisk:
    """Lets so many bytes be written, and then none."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room = 1 << 40
        self._pwritev, self._pwrite = os.pwritev, os.pwrite
        monkeypatch.setattr(os, "pwritev", self.pwritev)
        monkeypatch.setattr(os, "pwrite", self.pwrite)

    def pwritev(self, fd: int, buffers: list[bytes], place: int) -> int:
        return self.pwrite(fd, b"".join(buffers), place)

    def pwrite(self, fd: int, data: bytes, place: int) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = self._pwrite(fd, bytes(data)[: self.room], place)
        self.room -= done
        return done


def test_wherever_the_disk_fills_what_was_there_is_whole_and_writing_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(monkeypatch)
    for room in range(0, 1200, 7):
        disk.room = 1 << 40
        call = Call(tmp_path / f"rec{room}").say(("client", append(tone(20)))).flush()
        call.say(("client", append(tone(20, 1))), ("server", delta(tone(20, 2))), ("server", b'{"type":"x"}'))
        disk.room = room
        batch = call.encoder.take_batch()
        try:
            call.writer.write(batch)
        except OSError:
            call.encoder.skip(1, "not recorded: full", call.writer.last_seq + 1)
        disk.room = 1 << 40
        call.say(("server", delta(tone(20, 3))))
        call.end()
        kept = [message for _, message in messages(call.folder)]
        assert kept[0] == append(tone(20))
        assert kept[-1] == delta(tone(20, 3))
        assert len(kept) in (2, 5)


def test_a_disk_that_refuses_the_first_file_leaves_no_folder_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing, "_create", refuse)
    for _ in range(3):
        with pytest.raises(OSError, match="No space"):
            RecordingWriter(tmp_path / "rec")
    assert list(tmp_path.iterdir()) == []


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


@pytest.mark.parametrize("refused", ["chmod", "fchmod"])
def test_a_disk_that_takes_no_modes_leaves_neither_folder_nor_open_file_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, refused, refuse)
    before = open_files()
    for _ in range(3):
        with pytest.raises(OSError, match="not permitted"):
            RecordingWriter(tmp_path / "rec")
    assert list(tmp_path.iterdir()) == []
    assert open_files() == before


@pytest.mark.parametrize("error", ["ENOLCK", "EOPNOTSUPP", "ENOSYS"])
def test_a_file_system_without_locks_keeps_recordings_that_are_never_called_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(getattr(errno, error), "No locks available")

    marked = Call(tmp_path / "marked")
    assert marked.writer.is_marked
    marked.end()
    monkeypatch.setattr(fcntl, "flock", refuse)
    before = open_files()
    call = Call(tmp_path / "rec").say(("client", append(tone(5)))).flush()
    assert not call.writer.is_marked
    assert not is_live(call.folder)
    call.end()
    assert messages(call.folder) == [("client", append(tone(5)))]
    assert open_files() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["marked", "rec"]


def test_closing_lets_go_of_every_file_though_the_disk_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, close = open_files(), os.close
    call = Call(tmp_path / "rec").say(("client", append(tone(5))), ("server", delta(tone(5)))).flush()

    def fail(fd: int) -> None:
        close(fd)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "close", fail)
    call.writer.close()
    monkeypatch.undo()
    assert open_files() == before


WITHOUT_FDATASYNC = """
import os
vars(os).pop("fdatasync", None)
from rtdebug.cli import main
main()
"""


def test_a_system_without_fdatasync_keeps_recordings_too(tmp_path: Path) -> None:
    """As macOS is."""
    folder = record(tmp_path / "rec", small_call())
    told = subprocess.run([sys.executable, "-m", "rtdebug", "cat", folder, "--json"], check=True, capture_output=True)
    (tmp_path / "told.jsonl").write_bytes(told.stdout)
    command = [sys.executable, "-c", WITHOUT_FDATASYNC, "import", tmp_path / "told.jsonl", "-o", tmp_path / "out"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert messages(Path(done.stdout.strip())) == messages(folder)


HOSTILE_IDS = [
    *("../../etc/cron.d/x", "/etc/passwd", "..", ".", "", "a/b", "a\\b", "a\0b", "CON", "x" * 5000, "-rf", "~root"),
    *("$(reboot)", "`id`", "a\nb", "\x1b[2J", "\u202etxt", "sess_😀", "%2e%2e%2f", "_-_", " "),
]


@pytest.mark.parametrize("name", HOSTILE_IDS, ids=lambda name: repr(name)[:20])
def test_a_name_from_the_wire_is_reduced_to_harmless_letters(name: str) -> None:
    made = folder_name(1_795_166_102_417_000_000, name)
    time, _, tidy = made.partition("_")
    assert time == "2026-11-20T09-15-02.417Z"
    assert tidy.replace("_", "").replace("-", "").isalnum()
    assert tidy.isascii()
    assert len(tidy) <= 40
