"""What makes two client events the same."""

from typing import Any

import orjson
import pytest

from rtdebug.protocol.event import Event, EventReader
from rtdebug.recording.format import Entry
from rtdebug.replay.compare import differences, names_in
from rtdebug.replay.policy import Policy, Strictness


def event(**fields: Any) -> Event:
    text = orjson.dumps({"type": "session.update", **fields})
    return EventReader().read(Entry(2, 0, "client", "message", {}, text))


def paths(one: Event, other: Event, match: Strictness = "semantic", *ignored: str) -> list[str]:
    return [found.path for found in differences(one, other, Policy(match, frozenset(ignored)))]


def test_a_field_more_or_less_or_other() -> None:
    one, other = event(session={"voice": "a", "speed": 1}), event(session={"voice": "b", "tools": []})
    found = {one.path: (one.recorded, one.sent) for one in differences(one, other, Policy())}
    assert ('"a"', '"b"') in found.values()
    assert found["session.tools"] == ("(nothing)", "[]")


def test_nothing_and_null_are_one_in_meaning() -> None:
    one, other = event(session={"prompt": None}), event(session={})
    assert paths(one, other) == []
    assert paths(one, other, "strict") == ["session.prompt"]


def test_numbers_are_equal_by_value_and_truth_is_no_number() -> None:
    assert paths(event(session={"x": 1}), event(session={"x": 1.0})) == []
    assert paths(event(session={"x": 1}), event(session={"x": True})) == ["session.x"]


def test_what_was_struck_out_can_be_anything() -> None:
    tool = {"type": "mcp", "authorization": "[redacted]"}
    assert paths(event(session={"tools": [tool]}), event(session={"tools": [{**tool, "authorization": "sk"}]})) == []


def test_flat_and_nested_configurations_are_one() -> None:
    nested = {"type": "realtime", "output_modalities": ["text"]}
    assert paths(event(session=nested), event(session={"modalities": ["text"]})) == []


@pytest.mark.parametrize("name", ["session.tools[].name", "session.tools.name", "session.tools", "name", "tools"])
def test_a_field_can_be_named_in_many_ways(name: str) -> None:
    one, other = (event(session={"tools": [{"name": name}]}) for name in ("a", "b"))
    assert paths(one, other) == ["session.tools[].name"]
    assert paths(one, other, "semantic", name) == []


def test_long_text_is_shown_where_it_parts() -> None:
    long = "word " * 100
    (found,) = differences(
        event(session={"instructions": long + "yes" + long}),
        event(session={"instructions": long + "no" + long}),
        Policy(),
    )
    assert found.recorded.startswith("…") and found.recorded.endswith("…")
    assert " yes" in found.recorded and " no" in found.sent
    assert len(found.recorded) < 100


def test_what_is_nested_too_deep_is_told_and_not_compared() -> None:
    one, other = (
        EventReader().read(Entry(2, 0, "client", "message", {}, b'{"type":"session.update","session":%b}' % text))
        for text in (b'{"a":' * 900 + end + b"}" * 900 for end in (b"1", b"2"))
    )
    (found,) = differences(one, other, Policy())
    assert found.recorded in ("(too deep to be compared)", "1")


def test_names_that_can_be_ignored() -> None:
    found = names_in(event(session={"tools": [{"name": "a"}]}))
    assert {"session.update", "session", "session.tools", "tools", "session.tools.name", "name"} <= found
