"""WAV headers for tracks that grow: always true to the last write or repaired from the file's length.

Room is kept for a `ds64` chunk, so that a track past 4 GiB becomes RF64 without moving a sample.
"""

import struct
from dataclasses import dataclass

from rtdebug.protocol.audio import AudioFormat, Encoding

_TAGS: dict[Encoding, int] = {"pcm16": 1, "pcma": 6, "pcmu": 7}
_RESERVED = 28
_LIMIT = 0xFFFFFFFF - 256


def wav_header(format: AudioFormat, data_bytes: int) -> bytes:
    """Write the header of a mono WAV file with this many bytes of samples (RF64 past 4 GiB)."""
    width = format.frame_bytes
    extra = b"" if format.encoding == "pcm16" else b"\x00\x00"
    layout = struct.pack("<HHIIHH", _TAGS[format.encoding], 1, format.rate, format.rate * width, width, width * 8)
    chunk = b"fmt " + struct.pack("<I", len(layout) + len(extra)) + layout + extra
    total = 12 + 8 + _RESERVED + len(chunk) + 8 + data_bytes - 8
    if total <= _LIMIT:
        start = struct.pack("<4sI4s4sI28x", b"RIFF", total, b"WAVE", b"JUNK", _RESERVED)
        return start + chunk + struct.pack("<4sI", b"data", data_bytes)
    sizes = struct.pack("<QQQI", total, data_bytes, data_bytes // width, 0)
    start = struct.pack("<4sI4s4sI", b"RF64", 0xFFFFFFFF, b"WAVE", b"ds64", _RESERVED) + sizes
    return start + chunk + struct.pack("<4sI", b"data", 0xFFFFFFFF)


def header_size(format: AudioFormat) -> int:
    """Return how many bytes stand before the first sample."""
    return len(wav_header(format, 0))


@dataclass(slots=True)
class Track:
    """One WAV file being written: its place in the recording and what waits to go into it."""

    name: str
    format: AudioFormat
    frames: int = 0
    """Frames named by entries so far."""
    pending: list[bytes] | None = None
    pending_at: int = 0
    """First frame of what is pending."""

    def append(self, audio: bytes, frames: int) -> int:
        """Take samples; return the frame they begin at."""
        start = self.frames
        if self.pending is None:
            self.pending, self.pending_at = [], start
        self.pending.append(audio)
        self.frames = start + frames
        return start
