"""Tool calls: name, arguments, output. Arguments and outputs that are JSON are compared as values, by dotted path."""

from collections.abc import Iterator

from rtdebug.reports.diff.aligning import align, words_alike, words_of
from rtdebug.reports.diff.pairing import Pairs, Told
from rtdebug.reports.diff.settings import parsed, unequal
from rtdebug.reports.diff.values import Compared, Difference, Place, Side, Unit
from rtdebug.session.model import Item

_Both = tuple[Item | None, Item | None]
_Found = tuple[str, object, object, Unit]


def tools(pairs: Pairs) -> Compared:
    """Compare the calls of each turn."""
    outputs = _outputs(pairs.a), _outputs(pairs.b)
    found: list[Difference] = []
    number = 0
    for a, b in pairs.turns:
        for both in _side_by_side(a, b):
            number += 1
            in_a, in_b = _place(pairs, 0, both[0]), _place(pairs, 1, both[1])
            found += (
                Difference(what, first, second, unit, in_a, in_b)
                for what, first, second, unit in _differing(pairs, both, outputs)
            )
    return Compared("tools", number, "tool call", found)


def _side_by_side(a: Told | None, b: Told | None) -> list[_Both]:
    return align(
        a.calls if a else [],
        b.calls if b else [],
        lambda one: (one.name, one.arguments),
        lambda x, y: 0.2 + 0.6 * (x.name == y.name) + 0.2 * words_alike(words_of(x.arguments), words_of(y.arguments)),
    )


def _differing(pairs: Pairs, both: _Both, outputs: tuple[dict[str, Item], dict[str, Item]]) -> Iterator[_Found]:
    a, b = both
    if a is None or b is None:
        yield "call", _call(a), _call(b), "word"
        return
    name = a.name or b.name or "a tool"
    if a.name != b.name:
        yield "name", a.name or None, b.name or None, "word"
    yield from _as_values(pairs, f"{name} arguments", a.arguments, b.arguments)
    yield from _as_values(pairs, f"{name} output", _output(a, outputs[0]), _output(b, outputs[1]))
    if a.error != b.error:
        yield f"{name} error", a.error or None, b.error or None, "word"
    if a.approve != b.approve:
        yield f"{name} approved", a.approve, b.approve, "value"


def _as_values(pairs: Pairs, what: str, a: str | None, b: str | None) -> Iterator[_Found]:
    if a == b:
        return
    first, second = (None if text is None else parsed(text) for text in (a, b))
    for path, x, y in unequal(first, second, pairs.ids):
        yield f"{what} {path}".rstrip(), x, y, "value"


def _call(item: Item | None) -> str | None:
    return f"{item.name or 'a tool'}({item.arguments})" if item else None


def _output(call: Item, outputs: dict[str, Item]) -> str | None:
    item = outputs.get(call.call_id) if call.call_id else None
    return item.output if item is not None else call.output


def _outputs(side: Side) -> dict[str, Item]:
    items = side.recorded.session.items.values()
    return {item.call_id: item for item in items if item.type == "function_call_output" and item.call_id}


def _place(pairs: Pairs, side: int, item: Item | None) -> Place:
    if item is None:
        return Place()
    of = (pairs.a, pairs.b)[side].recorded.session.responses.get(item.response_id)
    mark = item.arguments_done or item.added or item.done
    number = pairs.numbers[side].get(item.response_id)
    return Place(of.turn or None if of else None, number, mark.seq if mark else None)
