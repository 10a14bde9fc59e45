"""Small disks of our own, to fill up and to make read-only."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


class Disk:
    """A tmpfs of a few hundred KiB."""

    def __init__(self, place: Path, size: str) -> None:
        self.place = place
        place.mkdir()
        _run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place))

    def fill(self, leave: int = 0) -> None:
        """Take all the room that is left, but for so many bytes."""
        try:
            with (self.place / "filler").open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
        except OSError:
            pass
        if leave:
            size = (self.place / "filler").stat().st_size
            with (self.place / "filler").open("r+b") as file:
                file.truncate(size - leave)

    def clear(self) -> None:
        """Give the room back."""
        (self.place / "filler").unlink()

    def read_only(self) -> None:
        """Let nothing be written any more, whoever asks; files that are open for writing would forbid it."""
        _run("mount", "-o", "remount,ro", str(self.place))

    def close(self) -> None:
        _run("umount", "-l", str(self.place))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=20)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    try:
        made = Disk(tmp_path / "disk", "512k")
    except (subprocess.CalledProcessError, OSError):
        pytest.skip("mounting a tmpfs needs root")
    yield made
    made.close()
