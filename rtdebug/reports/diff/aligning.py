"""Two sequences laid side by side, so that what one of them has more of does not shift all that follows.

What is equal at both ends is taken first; between, the alignment in which the pairs are most alike, by dynamic
programming (Needleman and Wunsch). It does not matter which of the two comes first.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, TypeVar

T = TypeVar("T")
Pairs = list[tuple[int | None, int | None]]

_LEAST: Final = 0.05
"""What is less alike than this is no pair."""
_MOST_CELLS: Final = 250_000


def align(
    a: Sequence[T], b: Sequence[T], key: Callable[[T], Any], alike: Callable[[T, T], float]
) -> list[tuple[T | None, T | None]]:
    """Pair two sequences; None stands where one has no counterpart.

    `key` gives what makes two of them equal, and can be ordered; `alike` says from 0 to 1 how much they have in common.
    """
    keys_a, keys_b = [key(one) for one in a], [key(one) for one in b]
    if keys_b < keys_a:
        found = [(left, right) for right, left in _indices(b, a, keys_b, keys_a, alike)]
    else:
        found = _indices(a, b, keys_a, keys_b, alike)
    return [
        (None if left is None else a[left], None if right is None else b[right]) for left, right in _in_order(found)
    ]


def words_alike(a: Counter[str], b: Counter[str]) -> float:
    """Say how many of their words two texts have in common, from 0 to 1; two without any are alike."""
    together = a.total() + b.total()
    return 2 * (a & b).total() / together if together else 1.0


def words_of(*texts: str) -> Counter[str]:
    """Count the words of texts, whatever their case."""
    return Counter(word for text in texts for word in text.casefold().split())


def _indices(
    a: Sequence[T], b: Sequence[T], keys_a: Sequence[Any], keys_b: Sequence[Any], alike: Callable[[T, T], float]
) -> Pairs:
    shorter = min(len(a), len(b))
    head = next((index for index in range(shorter) if keys_a[index] != keys_b[index]), shorter)
    rest = shorter - head
    tail = next((index for index in range(rest) if keys_a[-1 - index] != keys_b[-1 - index]), rest)
    end_a, end_b = len(a) - tail, len(b) - tail
    if (end_a - head) * (end_b - head) > _MOST_CELLS:
        middle = _by_keys(keys_a[head:end_a], keys_b[head:end_b])
    else:
        middle = _likeliest(a[head:end_a], b[head:end_b], alike)
    shifted = [(None if i is None else i + head, None if j is None else j + head) for i, j in middle]
    return [
        *((index, index) for index in range(head)),
        *shifted,
        *((end_a + index, end_b + index) for index in range(tail)),
    ]


def _likeliest(a: Sequence[T], b: Sequence[T], alike: Callable[[T, T], float]) -> Pairs:
    best = [0.0] * (len(b) + 1)
    steps: list[bytearray] = []
    for one in a:
        row, before = bytearray(len(b) + 1), best
        best = [0.0] * (len(b) + 1)
        for j, other in enumerate(b, 1):
            pair = before[j - 1] + alike(one, other) - _LEAST
            best[j], row[j] = max((pair, 2), (before[j], 1), (best[j - 1], 0))
        row[0] = 1
        steps.append(row)
    found: Pairs = []
    i, j = len(a), len(b)
    while i or j:
        step = steps[i - 1][j] if i else 0
        i, j = i - (step > 0), j - (step != 1)
        found.append((i if step > 0 else None, j if step != 1 else None))
    return found[::-1]


def _by_keys(a: Sequence[Any], b: Sequence[Any]) -> Pairs:
    """Pair what is equal; for sequences that are too long to weigh everything against everything."""
    found: Pairs = []
    for _, i, i_end, j, j_end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        both = min(i_end - i, j_end - j)
        found += [(i + step, j + step) for step in range(both)]
        found += [(index, None) for index in range(i + both, i_end)]
        found += [(None, index) for index in range(j + both, j_end)]
    return found


def _in_order(pairs: Pairs) -> Iterator[tuple[int | None, int | None]]:
    """Between two pairs, put what only A has before what only B has."""
    waiting: Pairs = []
    for pair in pairs:
        if pair[0] is not None and pair[1] is not None:
            yield from waiting
            yield pair
            waiting = []
        elif pair[1] is None:
            yield pair
        else:
            waiting.append(pair)
    yield from waiting
