"""Finding words in the messages of a recording, in small steps: in the file's bytes, without reading what they say.

A message stands in its line as it came, so a word is looked for as JSON may spell it. Letters count alike, big or
small. Audio is not in the text, and is not looked through.
"""

import json
import os
import re
import time
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from rtdebug.recording.reader import open_events
from rtdebug.tui.call.columns import Column, Flags
from rtdebug.tui.call.journal import Journal

_A_BITE: Final = 1 << 19
_HASH = b',"hash":"'
_AFTER_HASH = len(_HASH) + 17
_SEQ = re.compile(rb'\{"seq":(\d{1,15}),')
_AUDIO = b',"audio":['


class Scan:
    """Which entries hold a word, as far as they have been looked through."""

    def __init__(self, folder: Path, journal: Journal, word: str) -> None:
        """Begin with none; `step` goes on."""
        self._journal = journal
        self._spellings = _spellings(word)
        self._pattern = re.compile(self._spellings)
        self._hits = Column(np.bool_)
        try:
            self._file: BinaryIO | None = open_events(folder)
        except OSError:
            self._file = None

    @property
    def hits(self) -> Flags:
        """One flag an entry, as far as they have been looked through."""
        return self._hits.values

    def step(self, budget_ns: int) -> bool:
        """Go on for about so long; say whether anything is left to do."""
        until = time.perf_counter_ns() + budget_ns
        while len(self._hits) < len(self._journal):
            self._bite()
            if time.perf_counter_ns() >= until:
                return len(self._hits) < len(self._journal)
        return False

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def _bite(self) -> None:
        """Look through the entries that begin within the next half a megabyte, one at least."""
        places, first = self._journal.places, len(self._hits)
        start = places[first]
        end = max(first + 1, bisect_right(places, start + _A_BITE, lo=first))
        hits = np.zeros(end - first, dtype=np.bool_)
        for place in self._lines(start, places[end - 1] + 1):
            hits[bisect_right(places, place, lo=first, hi=end) - 1 - first] = True
        self._hits.extend(hits)

    def _lines(self, start: int, last: int) -> Iterator[int]:
        """Yield the places of the lines between two places that hold the word."""
        data = self._read(start, last - start).lower()
        at = 0
        while found := self._pattern.search(data, at):
            begin = data.rfind(b"\n", 0, found.start()) + 1
            end = data.find(b"\n", found.end())
            end = len(data) if end < 0 else end
            if self._is_hit(data, begin, end):
                yield start + begin
            at = end

    def _is_hit(self, data: bytes, begin: int, end: int) -> bool:
        """Say whether the word is in what was said, and not in what the recording says of it."""
        mark = data.find(_HASH, begin, end)
        said = mark + _AFTER_HASH
        if mark < 0 or data[said : said + 1] == b"}":
            return self._pattern.search(data, data.find(b",", data.find(b",", begin) + 1), max(mark, begin)) is not None
        if data.startswith(b',"like":', data.find(b"]", said, end) + 1):
            return self._pattern.search(data, said, end) is not None
        if self._pattern.search(data, data.find(b":", said, end), end) is None:
            return False
        if data.startswith(_AUDIO, said):
            self._look_for_those_like_it(data[begin:mark])
        return True

    def _look_for_those_like_it(self, head: bytes) -> None:
        """Entries that share a text name the one that has it."""
        seq = _SEQ.match(head)
        if seq is None:
            return
        spelled = b',"like":%b}' % seq[1]
        if spelled not in self._spellings:
            self._spellings += b"|" + re.escape(spelled)
            self._pattern = re.compile(self._spellings)

    def _read(self, start: int, least: int) -> bytes:
        """Read from one place to the end of the line that a later one is in."""
        if self._file is None:
            return b""
        fd, size = self._file.fileno(), least + (1 << 13)
        while True:
            data = os.pread(fd, size, start)
            end = data.find(b"\n", least - 1)
            if end >= 0 or len(data) < size:
                return data[: end if end >= 0 else len(data)]
            size *= 4


def _spellings(word: str) -> bytes:
    """Write a pattern for a word, small letters, as JSON may spell it; a word within JSON within JSON too."""
    once = b"".join(_char(char) for char in word)
    escaped = json.dumps(word, ensure_ascii=False)[1:-1]
    twice = b"".join(_char(char) for char in escaped)
    return once if escaped == word else once + b"|" + twice


def _char(char: str) -> bytes:
    """Write a pattern for one character, which may be escaped."""
    ways = dict.fromkeys(way for case in (char, char.lower(), char.upper()) for way in _ways(case))
    patterns = [re.escape(way) for way in ways]
    return patterns[0] if len(patterns) == 1 else b"(?:" + b"|".join(patterns) + b")"


def _ways(text: str) -> Iterator[bytes]:
    for plain in (False, True):
        yield json.dumps(text, ensure_ascii=plain)[1:-1].encode("utf-8", "surrogatepass").lower()
    if text == "/":
        yield b"\\/"
