"""The order of events: where the two sides part, for each sender; deltas and microphone audio are left out."""

from itertools import zip_longest

from rtdebug.reports.diff.events import kept
from rtdebug.reports.diff.pairing import Pairs
from rtdebug.reports.diff.values import Compared, Difference


def order(pairs: Pairs) -> Compared:
    """Compare the order in which each side sent its events: the first place at which it is another."""
    both = [kept(pairs, side, pieces=False) for side in (0, 1)]
    found = []
    for sender in sorted({sender for sent in both for sender, _ in sent}):
        a, b = ([type_ for by, type_ in sent if by == sender] for sent in both)
        for number, (x, y) in enumerate(zip_longest(a, b), 1):
            if x != y:
                found.append(Difference(f"{sender}'s event {number:,}", x, y, "word"))
                break
    return Compared("order", max(map(len, both)), "event in order", found)
