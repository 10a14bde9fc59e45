"""What `play` and `audio` share: which part of a call is to be heard, and writing it to a WAV file."""

import errno
import os
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rtdebug.errors import RecordingError, UsageError

if TYPE_CHECKING:
    from rtdebug.opening import Opened
    from rtdebug.session.audio import Stretch
    from rtdebug.session.model import Item


def seconds(text: str | None, option: str) -> float | None:
    """Read `90`, `12.5`, `1:30` or `1:02:03.5` as seconds; raise UsageError."""
    if text is None:
        return None
    total = 0.0
    try:
        for part in text.split(":"):
            total = total * 60 + float(part)
    except ValueError:
        total = -1.0
    if not 0 <= total < 1e9:
        raise UsageError(f"{option} {text}: expected seconds, or minutes:seconds, such as 12.5 or 1:30")
    return total


def find_item(opened: "Opened", named: str) -> "Item":
    """Find an item by its id or the only one whose id ends or begins with these characters; raise UsageError."""
    items = opened.session.items
    fitting = [item for name, item in items.items() if name == named] or [
        item for name, item in items.items() if name.startswith(named) or name.endswith(named)
    ]
    if len(fitting) == 1:
        return fitting[0]
    spoken = [item.id for item in items.values() if item.audio or item.input_end_ms is not None]
    what = "no item" if not fitting else f"{len(fitting)} items"
    raise UsageError(f"--item {named}: {what} of that id. With sound: {', '.join(spoken[:8]) or 'none'}")


def write_item(opened: "Opened", item: "Item", file: Path) -> float:
    """Write one item's sound as mono WAV; return its length in seconds. Raises RecordingError."""
    import numpy as np

    from rtdebug.recording.reader import RecordingReader
    from rtdebug.recording.sound import read_samples
    from rtdebug.reports.mix import item_stretches

    stretches = [one for one in item_stretches(opened.session, item) if one.track]
    if not stretches:
        raise RecordingError(f"{opened.path}: item {item.id} has no sound in this recording")
    rate = stretches[0].rate
    with RecordingReader(opened.path) as reader:
        parts = [read_samples(reader, one.track, one.start, one.frames) for one in stretches if one.rate == rate]
    samples = np.concatenate(parts)
    with _wav(file, rate, 1) as out:
        out.writeframesraw(samples.astype("<i2").tobytes())
    return len(samples) / rate


def write_mix(opened: "Opened", file: Path, start: float | None, end: float | None) -> float:
    """Write both sides as stereo WAV, user left, assistant right; return its length. Raises RecordingError."""
    from rtdebug.recording.reader import RecordingReader
    from rtdebug.recording.sound import read_samples
    from rtdebug.reports.mix import blocks, lanes

    placed = lanes(opened.session)
    if not placed.rates:
        raise RecordingError(f"{opened.path}: there is no sound in this recording")
    rate = placed.rates[-1]
    start_ns = int((start or 0.0) * 1e9)
    end_ns = placed.end_ns if end is None else min(placed.end_ns, int(end * 1e9))
    if start_ns >= end_ns:
        raise UsageError(
            f"nothing is heard between these moments; the call's sound ends at {placed.end_ns / 1e9:.1f} s"
        )
    with RecordingReader(opened.path) as reader:

        def read(stretch: "Stretch") -> "npt.NDArray[np.int16]":
            samples = read_samples(reader, stretch.track, stretch.start, stretch.frames)
            return samples if stretch.rate == rate else resample(samples, stretch.rate, rate)

        with _wav(file, rate, 2) as out:
            for block in blocks(placed, read, rate, start_ns, end_ns):
                out.writeframesraw(block.astype("<i2").tobytes())
    return (end_ns - start_ns) / 1e9


@contextmanager
def _wav(file: Path, rate: int, channels: int) -> "Iterator[wave.Wave_write]":
    """Write 16-bit PCM beside a file and put it there when it is whole; raise RecordingError, the file as it was."""
    target = file.resolve()  # a link stays a link
    part = target.with_name(f".rtdebug-{os.getpid()}.part")
    try:
        if target.exists() and not target.is_file():
            raise OSError(errno.EINVAL, "it is no regular file")
        try:
            with part.open("xb") as raw, wave.open(raw, "wb") as out:
                out.setnchannels(channels)
                out.setsampwidth(2)
                out.setframerate(rate)
                yield out
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise RecordingError(f"cannot write {file}: {error.strerror}; nothing was changed") from None


def resample(samples: "npt.NDArray[np.int16]", rate: int, wanted: int) -> "npt.NDArray[np.int16]":
    """Bring samples to another rate; raise UsageError where the library for it is not installed."""
    try:
        import soxr
    except ImportError:
        raise UsageError(
            f"the two sides have different rates ({rate} and {wanted} Hz); to mix them: pip install 'rtdebug[audio]'"
        ) from None
    found: npt.NDArray[np.int16] = soxr.resample(samples, rate, wanted)
    return found


if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
