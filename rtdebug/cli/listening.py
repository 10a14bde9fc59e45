"""What `play` and `audio` share: which part of a call is to be heard, and writing it to a WAV file."""

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
    import soundfile

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
    soundfile.write(file, samples, rate, subtype="PCM_16", format="WAV")
    return len(samples) / rate


def write_mix(opened: "Opened", file: Path, start: float | None, end: float | None) -> float:
    """Write both sides as stereo WAV, user left, assistant right; return its length. Raises RecordingError."""
    import soundfile

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

        with soundfile.SoundFile(file, "w", rate, 2, "PCM_16", format="WAV") as out:
            for block in blocks(placed, read, rate, start_ns, end_ns):
                out.write(block)
    return (end_ns - start_ns) / 1e9


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
