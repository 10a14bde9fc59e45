"""One recording on its way to disk: what the event loop and the threads that write know of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rtdebug.recording.encoder import Batch, Encoder
from rtdebug.recording.writer import EVENTS, RecordingWriter


@dataclass(slots=True, eq=False)
class Sheet:
    """One recording: the event loop's fields first, then those of the threads."""

    encoder: Encoder
    now_ns: Callable[[], int]
    place: Callable[[bool], Path | None]
    """Where its folder goes; asked with False it may answer None: not yet."""
    read: Callable[[], int]
    """Decode a piece of what came; answers how many bytes that was, 0 when all has been decoded."""
    path: Path | None = None
    waiting: bool = False
    ended: bool = False
    generation: int = 0
    lost_from: int | None = None
    """First entry that was given up and not admitted yet."""
    has_gaps: bool = False
    """Something that should be in it was given up."""
    retry_at: float = 0.0
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    writer: RecordingWriter | None = None
    failed: tuple[int, str] = (-1, "")
    """The generation that could not be written, and why. Later batches of it are not tried."""
    dirty: bool = False
    missing: tuple[str, ...] = ()
    """Files that were not where they had been put when it was closed, unless the whole recording was moved."""
    is_moved: bool = False
    """When it was closed, all of it was on disk in another place, which is not known."""

    @property
    def last_seq(self) -> int:
        """The last entry on disk."""
        writer = self.writer
        return writer.last_seq if writer else 0

    @property
    def folder(self) -> Path | None:
        """Where the recording is, None where there is none, or no longer."""
        if self.writer is None or not self.last_seq or self.is_moved or EVENTS in self.missing:
            return None
        return self.writer.folder

    @property
    def is_whole(self) -> bool:
        """Say whether all that was to be in it is on disk, to its last line."""
        is_written = self.closed.is_set() and self.last_seq == self.encoder.seq
        return is_written and not (self.has_gaps or self.missing)


@dataclass(frozen=True, slots=True)
class Job:
    """A batch for the thread that writes."""

    sheet: Sheet
    path: Path
    batch: Batch
    generation: int
    closes: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """A question to the thread that writes: can anything be written in this folder?"""

    folder: Path
    done: asyncio.Event = field(default_factory=asyncio.Event)
    """Set in the event loop once it is known."""
