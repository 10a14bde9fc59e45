"""Two texts, word by word."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from rtdebug.reports.diff.tolerance import Tolerance

Piece = tuple[str, str]
"""Words of A and words of B: the same where both have them, "" where one has none."""

_APOSTROPHES: Final = "'\u2019"
_LEAST_SHARED: Final = 0.25
"""Texts that share fewer of their words are told as two, not as changes of one."""
_MOST_WORDS: Final = 4000
"""Longer texts are compared at their ends only."""


def pieces(a: str, b: str) -> Iterator[Piece]:
    """Yield what two texts share and where they part, in order."""
    first, second = a.split(), b.split()
    found = list(_opcodes(first, second))
    shared = sum(len(words_a) for words_a, words_b in found if words_a == words_b)
    if shared < _LEAST_SHARED * max(len(first), len(second)):
        found = [(first, second)]
    for words_a, words_b in found:
        yield " ".join(words_a), " ".join(words_b)


def same_text(a: str, b: str, tolerance: Tolerance) -> bool:
    """Say whether two texts count as the same; how many blanks stand between words never counts."""
    first, second = sorted((_words(a, tolerance), _words(b, tolerance)))  # what matches depends on which comes first
    if first == second:
        return True
    changed = sum(max(len(x), len(y)) for x, y in _opcodes(first, second) if x != y)
    return changed <= tolerance.text * max(len(first), len(second))


def _words(text: str, tolerance: Tolerance) -> list[str]:
    if not tolerance.words_only:
        return text.split()
    bare = "".join(char if char.isalnum() else "" if char in _APOSTROPHES else " " for char in text.casefold())
    return bare.split()


def _opcodes(a: list[str], b: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    shorter = min(len(a), len(b))
    head = next((index for index in range(shorter) if a[index] != b[index]), shorter)
    rest = shorter - head
    tail = next((index for index in range(rest) if a[-1 - index] != b[-1 - index]), rest)
    end_a, end_b = len(a) - tail, len(b) - tail
    if head:
        yield a[:head], b[:head]
    if max(end_a, end_b) - head > _MOST_WORDS:
        yield a[head:end_a], b[head:end_b]
    else:
        found = SequenceMatcher(None, a[head:end_a], b[head:end_b], autojunk=False)
        for _, i, i_end, j, j_end in found.get_opcodes():
            yield a[head + i : head + i_end], b[head + j : head + j_end]
    if tail:
        yield a[end_a:], b[end_b:]
