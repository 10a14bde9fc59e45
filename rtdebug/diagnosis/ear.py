"""The microphone of one call, gone through once for all rules: how loud, what its pieces begin with, which repeat."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from rtdebug.diagnosis.signal.encodings import Reading, encoding_of, wire_bytes
from rtdebug.diagnosis.signal.levels import STEPS_A_SECOND, Levels, join, levels
from rtdebug.protocol.audio import AudioFormat
from rtdebug.protocol.event import Sound
from rtdebug.session.audio import Arrivals, Stretch

if TYPE_CHECKING:
    from rtdebug.diagnosis.subject import Subject

Samples = npt.NDArray[np.int16]

_BLOCK_S = 10
_LEAST_BLOCK, _MOST_BLOCK = 1 << 15, 1 << 22
_MOST = 1 << 29
"""Samples that are gone through: six hours at 24 kHz."""
_MOST_STRETCHES = 2000
_MOST_BLOCKS = 6
"""Blocks of a track, the loudest, that are kept as a sample of it."""
_HEAD = 16
"""Samples at the beginning of a piece that are looked at."""
_LEAST_REPEAT_S = 0.008
_LOUD_REPEAT = 100.0
_MOST_REPEATS = 5000

_MAGIC: Final[Mapping[bytes, str]] = {
    b"RIFF": "WAV",
    b"RF64": "WAV",
    b"OggS": "Ogg",
    b"fLaC": "FLAC",
    b"ID3": "MP3",
    b"\x1aE\xdf\xa3": "WebM",
    b"FORM": "AIFF",
    b".snd": "AU",
}
"""What files begin with."""


class Header(NamedTuple):
    """The beginning of an audio file, found where samples should be."""

    seq: int
    kind: str
    data: bytes
    """What followed it."""


class Block(NamedTuple):
    """A sample of a track."""

    seq: int
    """The entry that brought its first piece."""
    stretch: Stretch
    power: float


@dataclass
class Ear:
    """What was measured."""

    levels: Levels
    blocks: dict[str, list[Block]] = field(default_factory=dict)
    """The loudest stretches of each track."""
    headers: list[Header] = field(default_factory=list)
    strange: dict[str, Reading] = field(default_factory=dict)
    """Tracks whose bytes make no speech as stated, and what they are."""
    repeats: list[int] = field(default_factory=list)
    """Entries whose audio is, to the sample, that of the entry before."""
    repeated_ns: int = 0
    clips: list[Sound] = field(default_factory=list)
    clipped_seq: int | None = None
    """The first entry with a clipped wave."""

    @property
    def is_strange(self) -> bool:
        """Say whether samples are not what they seem, so that their levels tell nothing."""
        return bool(self.strange or self.headers)


def listen(call: "Subject") -> Ear:
    """Go through all samples of the microphone that are there, a block at a time."""
    ear, measured, room = Ear(join([])), list[Levels](), _MOST
    for stretch, seqs, starts in _stretches(call.session.input):
        format_ = call.session.tracks.get(stretch.track, AudioFormat("pcm16", stretch.rate))
        step = max(_LEAST_BLOCK, min(_BLOCK_S * stretch.rate, _MOST_BLOCK))
        there = max(0, min(stretch.frames, call.there(stretch.track) - stretch.start, room))
        room -= there
        for begin in range(0, there, step):
            frames = min(step, there - begin)
            block = Stretch(stretch.track, stretch.rate, stretch.start + begin, frames)
            samples = call.read(block)
            first, last = np.searchsorted(starts, [begin, begin + frames])
            its, offsets = seqs[first:last], starts[first:last] - begin
            found = levels(samples, stretch.rate)
            measured.append(found)
            seq = int(seqs[max(0, int(np.searchsorted(starts, begin, "right")) - 1)])
            _keep(ear, Block(seq, block, float((found.rms**2).mean()) if len(found.rms) else 0.0))
            _clips(ear, found, block, its, offsets)
            _heads(ear, samples, format_, its, offsets)
            _repeats(ear, samples, stretch.rate, its, offsets)
    ear.levels = join(measured)
    for name, blocks in ear.blocks.items():
        encoding = call.session.tracks.get(name, AudioFormat()).encoding
        reading = encoding_of(wire_bytes(call.samples([one.stretch for one in blocks]), encoding), encoding)
        if reading is not None:
            ear.strange[name] = reading
    return ear


def _stretches(audio: Arrivals) -> Iterator[tuple[Stretch, npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Yield stretches that have samples, with their entries and the frame at which each begins."""
    lengths = np.diff(np.array(audio.ends, np.int64), prepend=0)
    seqs, place = np.array(audio.seqs, np.int64), 0
    for stretch in audio.stretches[:_MOST_STRETCHES]:
        count, total = min(4096, len(lengths) - place), 0
        while True:  # most stretches are a few pieces long or the whole call
            frames = np.rint(lengths[place : place + count] * (stretch.rate / 1e9)).astype(np.int64)
            ends = np.cumsum(frames)
            total = int(ends[-1]) if len(ends) else 0
            if total >= stretch.frames or place + count >= len(lengths):
                break
            count = min(count * 8, len(lengths) - place)
        number = int(np.searchsorted(ends, stretch.frames)) + 1
        if stretch.track and number and len(ends):
            yield stretch, seqs[place : place + number], (ends - frames)[:number]
        place += number


def _keep(ear: Ear, block: Block) -> None:
    kept = ear.blocks.setdefault(block.stretch.track, [])
    kept.append(block)
    if len(kept) > _MOST_BLOCKS:
        kept.remove(min(kept, key=lambda one: one.power))


def _clips(ear: Ear, found: Levels, block: Stretch, seqs: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]) -> None:
    steps = np.flatnonzero(found.clipped)
    if not len(steps):
        return
    width = max(1, block.rate // STEPS_A_SECOND)
    if ear.clipped_seq is None and len(seqs):
        place = int(np.searchsorted(starts, int(steps[0]) * width, "right")) - 1
        ear.clipped_seq = int(seqs[max(0, place)])
    ear.clips += [Sound(block.track, block.start + int(step) * width, width) for step in steps[:3]]


def _heads(
    ear: Ear,
    samples: Samples,
    format_: AudioFormat,
    seqs: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
) -> None:
    """Look for the beginnings of files at the beginnings of pieces."""
    rows = _gathered(samples, starts)
    if not len(rows):
        return
    heads = wire_bytes(rows.reshape(-1), format_.encoding).reshape(len(rows), -1)
    for magic, kind in _MAGIC.items():
        mark = np.frombuffer(magic, np.uint8)
        for index in np.flatnonzero((heads[:, : len(mark)] == mark).all(axis=1))[:10]:
            begin = int(starts[index])
            data = wire_bytes(samples[begin : begin + 64], format_.encoding).tobytes()
            if kind != "WAV" or data[8:12] == b"WAVE":
                ear.headers.append(Header(int(seqs[index]), kind, data))


def _repeats(ear: Ear, samples: Samples, rate: int, seqs: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]) -> None:
    """Find pieces that are those before them over again; a steady tone, which repeats within a piece, is none."""
    rows = _gathered(samples, starts)
    if len(rows) < 2:
        return
    alike = np.flatnonzero((rows[1:] == rows[:-1]).all(axis=1) & rows[1:].any(axis=1)) + 1
    for index in alike[: max(0, _MOST_REPEATS - len(ear.repeats))]:
        before, begin = int(starts[index - 1]), int(starts[index])
        end = int(starts[index + 1]) if index + 1 < len(starts) else len(samples)
        one, other = samples[before:begin], samples[begin:end]
        if len(one) != len(other) or len(one) < _LEAST_REPEAT_S * rate or not np.array_equal(one, other):
            continue
        if np.sqrt(np.square(one, dtype=np.float64).mean()) >= _LOUD_REPEAT and not _is_periodic(one):
            ear.repeats.append(int(seqs[index]))
            ear.repeated_ns += len(one) * 1_000_000_000 // rate


def _gathered(samples: Samples, starts: npt.NDArray[np.int64]) -> Samples:
    """Return the first samples of each piece; the last ones, where they are too short, are left out."""
    if not len(starts) or len(samples) < _HEAD:
        return np.zeros((0, _HEAD), np.int16)
    fit = starts[starts + _HEAD <= len(samples)]
    rows: Samples = samples[fit[:, None] + np.arange(_HEAD)]
    return rows


def _is_periodic(piece: Samples) -> bool:
    """Say whether a piece goes on within itself as it does from one to the next."""
    numbers = piece.astype(np.float32)
    power = np.abs(np.fft.rfft(numbers)) ** 2
    return bool(np.sort(power)[-8:].sum() > 0.999 * power.sum())
