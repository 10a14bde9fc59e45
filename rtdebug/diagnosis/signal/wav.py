"""The head of a WAV file that was sent as if it were samples."""

import struct
from dataclasses import dataclass
from typing import Final

from rtdebug.protocol.audio import AudioFormat

_PCM, _FLOAT, _ALAW, _ULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_NAMES: Final = {_PCM: "PCM", _FLOAT: "floats", _ALAW: "A-law", _ULAW: "µ-law"}
_ENCODINGS: Final = {_PCM: "pcm16", _ALAW: "pcma", _ULAW: "pcmu"}


@dataclass(frozen=True, slots=True)
class Wav:
    """What a WAV file says of its samples."""

    tag: int
    channels: int
    rate: int
    bits: int

    @property
    def words(self) -> str:
        """It in words."""
        channels = {1: "one channel", 2: "two channels"}.get(self.channels, f"{self.channels} channels")
        bits = f"{self.bits}-bit " if self.tag == _PCM else ""
        return f"{bits}{_NAMES.get(self.tag, f'format {self.tag}')} at {self.rate:,} Hz, {channels}"

    def fits(self, format_: AudioFormat) -> bool:
        """Say whether it is what a session expects."""
        width = 16 if format_.encoding == "pcm16" else 8
        same = _ENCODINGS.get(self.tag) == format_.encoding and self.rate == format_.rate
        return same and self.channels == 1 and self.bits == width


def read_wav(data: bytes) -> Wav | None:
    """Read a `fmt ` chunk that begins within the first bytes; None where there is none, or it is cut off."""
    at = data.find(b"fmt ", 12)
    if at < 0 or len(data) < at + 24:
        return None
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", data, at + 8)
    if tag == _EXTENSIBLE and len(data) >= at + 34:
        tag = int.from_bytes(data[at + 32 : at + 34], "little")
    return Wav(tag, channels, rate, bits)
