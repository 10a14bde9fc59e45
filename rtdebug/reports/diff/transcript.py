"""What was said and written, turn by turn: each side's lines in their order, word by word."""

from collections.abc import Iterator, Sequence

from rtdebug.reports.diff.aligning import align, words_alike, words_of
from rtdebug.reports.diff.pairing import OUT_OF_BAND, Pairs, Told, places_of_turns
from rtdebug.reports.diff.tolerance import Tolerance
from rtdebug.reports.diff.values import Compared, Difference, Place
from rtdebug.reports.diff.wording import same_text
from rtdebug.reports.saying import Line

_Both = tuple[Line | None, Line | None]


def transcript(pairs: Pairs) -> Compared:
    """Compare what was said."""
    found: list[Difference] = []
    number = within = 0
    for a, b in pairs.turns:
        places = places_of_turns(a, b)
        for both in _side_by_side(a, b):
            number += 1
            differing = list(_differences(both, places, pairs.tolerance))
            found += differing
            within += not differing and _text(both[0]) != _text(both[1])
    return Compared("transcript", number, "text", found, within)


def _side_by_side(a: Told | None, b: Told | None) -> Iterator[_Both]:
    """Pair the lines of two turns: each speaker's for themselves, for how they interleave is a matter of time."""
    first, second = _by_speaker(a), _by_speaker(b)
    for who in [*first, *(who for who in second if who not in first)]:
        yield from align(first.get(who, []), second.get(who, []), lambda one: one.text, _alike)


def _by_speaker(turn: Told | None) -> dict[tuple[str, bool], list[Line]]:
    found: dict[tuple[str, bool], list[Line]] = {}
    for line in turn.lines if turn else ():
        if line.kind in ("speech", "text"):
            found.setdefault((line.who, OUT_OF_BAND in line.notes), []).append(line)
    return found


def _alike(a: Line, b: Line) -> float:
    return 0.1 + 0.9 * words_alike(words_of(a.text), words_of(b.text))


def _differences(both: _Both, places: tuple[Place, Place], tolerance: Tolerance) -> Iterator[Difference]:
    a, b = both
    who = (a or b or _NOBODY).who
    in_a, in_b = (Place(place.turn, None, line.seq if line else None) for place, line in zip(places, both, strict=True))
    if a is None or b is None:
        yield Difference(who, a.text if a else None, b.text if b else None, "text", in_a, in_b)
        return
    if not same_text(a.text, b.text, tolerance):
        yield Difference(who, a.text, b.text, "text", in_a, in_b)
    if a.kind != b.kind:
        yield Difference(f"{who}, in the form of", a.kind, b.kind, "word", in_a, in_b)
    if a.notes != b.notes:
        yield Difference(f"{who}, note", _noted(a.notes), _noted(b.notes), "word", in_a, in_b)


def _noted(notes: Sequence[str]) -> str | None:
    return "; ".join(notes) or None


def _text(line: Line | None) -> str:
    return " ".join(line.text.split()) if line else ""


_NOBODY = Line("nobody", "text", "", "")
