"""Prove a recording: rebuild every message and hold it against its hash, and say what is missing where."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rtdebug.recording.format import AudioPlace, Entry
from rtdebug.recording.reader import Lost, RecordingReader
from rtdebug.recording.tracks import wav_header

_MOST_PROBLEMS = 50


@dataclass(slots=True)
class Verdict:
    """What verifying found."""

    folder: Path
    messages: int = 0
    exact: int = 0
    """Messages rebuilt to the byte."""
    redacted: int = 0
    """Messages kept without a secret that was in them; the rest of each is proven."""
    entries: int = 0
    ended: bool = False
    problems: list[str] = field(default_factory=list)
    tracks: dict[str, int] = field(default_factory=dict)
    """Frames of each track that entries name."""
    formats: dict[str, tuple[object, object]] = field(default_factory=dict)
    """Encoding and rate of each track, as the recording states them."""
    holes: bool = False
    """Entries are missing, so that samples of theirs may lie between those of others."""

    @property
    def clean(self) -> bool:
        """Say whether everything that crossed the wire is here and proven."""
        return self.ended and not self.problems and self.exact + self.redacted == self.messages

    def problem(self, text: str) -> None:
        """Note what is wrong, up to a bearable number."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(text)
        elif len(self.problems) == _MOST_PROBLEMS:
            self.problems.append("more of the same; not listed")


def verify(path: Path, progress: Callable[[int], None] | None = None) -> Verdict:
    """Check one recording; raises RecordingError only where it is none."""
    with RecordingReader(path) as reader:
        verdict = Verdict(reader.folder)
        expected = 2
        for entry in reader.entries():
            verdict.entries += 1
            if entry.seq != expected:
                missing = f"entries {expected} to {entry.seq - 1} are missing"
                verdict.problem(missing if entry.seq > expected else f"entry {entry.seq} stands behind {expected - 1}")
                verdict.holes = True
            expected = entry.seq + 1
            _check(reader, entry, verdict)
            verdict.ended = entry.kind == "end"
            if progress is not None:
                progress(verdict.entries)
        for problem in reader.problems:
            verdict.problem(problem)
        if not verdict.ended:
            verdict.problem(f"no end: it was cut off after entry {expected - 1}, or is still being written")
        else:
            _check_tracks(reader, verdict)
        return verdict


def _check(reader: RecordingReader, entry: Entry, verdict: Verdict) -> None:
    if entry.kind == "gap":
        verdict.problem(f"entry {entry.seq}: a gap: {entry.fields.get('reason', 'no reason given')}")
        verdict.holes = True
    if entry.kind == "track":
        verdict.formats[str(entry.fields.get("track"))] = (entry.fields.get("encoding"), entry.fields.get("rate"))
    if entry.kind != "message":
        if not entry.matches(b""):
            verdict.problem(f"entry {entry.seq}: its line was changed")
        return
    verdict.messages += 1
    if entry.audio is not None:
        _check_place(entry.seq, entry.audio, verdict)
    try:
        message = reader.message(entry)
    except Lost as error:
        verdict.problem(f"entry {entry.seq}: {error}")
        return
    if not entry.matches(message):
        verdict.problem(f"entry {entry.seq}: its line or its samples were changed")
    elif "redacted" in entry.fields:
        verdict.redacted += 1
    else:
        verdict.exact += 1


def _check_place(seq: int, audio: AudioPlace, verdict: Verdict) -> None:
    """Hold where samples are against where the last ones ended: samples that are all alike prove no place."""
    due = verdict.tracks.get(audio.track, 0)
    if audio.start < due or (audio.start > due and not verdict.holes):
        verdict.problem(f"entry {seq}: its samples begin at {audio.start} and not at {due}")
    verdict.tracks[audio.track] = max(due, audio.start + audio.frames)


def _check_tracks(reader: RecordingReader, verdict: Verdict) -> None:
    for name, frames in verdict.tracks.items():
        try:
            format_ = reader.track_format(name)
        except Lost:
            continue  # said already, by the first entry that names it
        if verdict.formats.get(name) != (format_.encoding, format_.rate):
            verdict.problem(f"{name}: it is in another format than the one recorded")
        size = frames * format_.frame_bytes
        header = wav_header(format_, size)
        with (reader.folder / name).open("rb") as file:
            if file.read(len(header)) != header or os.fstat(file.fileno()).st_size != len(header) + size:
                verdict.problem(f"{name}: its header does not say what it holds")
