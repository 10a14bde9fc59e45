"""How much was spoken, made and heard. What the audio sounds like is not compared."""

from collections.abc import Iterator

from rtdebug.reports.diff.pairing import Pairs, Told, places_of_turns
from rtdebug.reports.diff.values import Compared, Difference, Place, Side


def audio(pairs: Pairs) -> Compared:
    """Compare lengths of audio, in each pair of turns and of responses."""
    lacking = [name for name, side in (("A", pairs.a), ("B", pairs.b)) if not side.recorded.has_audio]
    if lacking:
        return Compared("audio", 0, "length", (), note=f"{' and '.join(lacking)} imported without audio")
    found: list[Difference] = []
    number = within = 0
    for what, a, b, (in_a, in_b) in _lengths(pairs):
        if a is None and b is None:
            continue
        number += 1
        if a is not None and b is not None and pairs.tolerance.audio.allows(a, b):
            within += a != b
        else:
            found.append(Difference(what, a, b, "length", in_a, in_b))
    return Compared("audio", number, "length", found, within)


def _lengths(pairs: Pairs) -> Iterator[tuple[str, int | None, int | None, tuple[Place, Place]]]:
    for x, y in pairs.turns:
        if x is not None and y is not None:
            yield "user spoke", _spoken(pairs.a, x), _spoken(pairs.b, y), places_of_turns(x, y)
    for one, other in pairs.responses:
        if one is not None and other is not None:
            a, b = pairs.a.recorded.heard(one), pairs.b.recorded.heard(other)
            places = pairs.places(one, other)
            yield "made", a.made_ns or None, b.made_ns or None, places
            yield "heard", a.heard_ns, b.heard_ns, places


def _spoken(side: Side, turn: Told) -> int | None:
    items = (side.recorded.session.items[line.item_id] for line in turn.lines if line.who == "user")
    known = [length for item in items if (length := side.recorded.said_ns(item)) is not None]
    return sum(known) if known else None
