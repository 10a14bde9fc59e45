"""Which recorded output answers what the model calls now."""

from typing import Any

import orjson
import pytest

from rtdebug.protocol.progress import Call
from rtdebug.replay.calling import Tool, handed_in_again, matched, tools_of

from .telling import Told


def tools(*calls: tuple[str, str]) -> list[Tool]:
    """Tell of a response that makes calls, and of a client that answers each."""
    told = Told().server("response.created", response={"id": "resp_recorded01"})
    for number, (name, arguments) in enumerate(calls):
        item = {"type": "function_call", "id": f"item_{number:05}", "call_id": f"call_{number:05}"}
        item |= {"name": name, "arguments": arguments}
        told.server("response.output_item.done", response_id="resp_recorded01", output_index=number, item=item)
    told.server("response.done", response={"id": "resp_recorded01", "output": []})
    for number in range(len(calls)):
        output: dict[str, Any] = {"type": "function_call_output", "call_id": f"call_{number:05}", "output": f"{number}"}
        told.client("conversation.item.create", event_id=f"event_{number}", item={**output, "id": f"item_out{number}"})
    return tools_of(told.client("response.create").script())


def call(name: str, arguments: str) -> Call:
    return Call("call_of_now", "item_of_now", name, arguments, "resp_of_now")


def answers(now: list[Call], here: list[Tool]) -> list[str | None]:
    return [match.tool.call.call_id if match.tool else None for match in matched(now, here, here)]


def test_tools_know_their_call_their_output_and_what_follows() -> None:
    found = tools(("look", "{}"), ("book", '{"seat": 1}'))
    assert [(tool.call.name, tool.output.event.data["item"]["output"]) for tool in found] == [
        ("look", "0"),
        ("book", "1"),
    ]
    assert {tool.asked.event.type if tool.asked else "" for tool in found} == {"response.create"}


def test_spelling_of_arguments_is_nothing() -> None:
    (match,) = matched([call("book", '{ "b":2,"a":1 }')], here := tools(("book", '{"a": 1, "b": 2}')), here)
    assert match.exact
    assert match.words == ""


@pytest.mark.parametrize(
    ("arguments", "nearest"),
    [
        ('{"to": "York", "day": 3}', "call_00001"),
        ('{"to": "Leeds", "day": 9}', "call_00000"),
        ('{"to": "Yorks"}', "call_00001"),
        ("not JSON", "call_00000"),
    ],
)
def test_the_most_similar_arguments_are_the_nearest(arguments: str, nearest: str) -> None:
    here = tools(("find", '{"to": "Leeds", "day": 1}'), ("find", '{"to": "York", "day": 2}'))
    if arguments == "not JSON":
        assert answers([call("find", arguments)], here)[0] in ("call_00000", "call_00001")
    else:
        assert answers([call("find", arguments)], here) == [nearest]


def test_exact_ones_choose_first_and_each_output_is_used_once() -> None:
    here = tools(("find", '{"to": "Leeds"}'), ("find", '{"to": "York"}'))
    now = [call("find", '{"to": "Leed"}'), call("find", '{"to": "Leeds"}')]
    found = {match.now.arguments: match.tool.call.arguments for match in matched(now, here, here) if match.tool}
    assert found == {'{"to": "Leeds"}': '{"to": "Leeds"}', '{"to": "Leed"}': '{"to": "York"}'}


def test_a_function_that_nobody_recorded_is_left() -> None:
    (match,) = matched([call("sing", "{}")], here := tools(("find", "{}")), here)
    assert match.tool is None
    assert match.words == (
        "the model called sing({}): the recording has no output of that function; it was left unanswered"
    )


def test_an_output_is_handed_in_again_for_another_call() -> None:
    (tool,) = tools(("find", "{}"))
    assert orjson.loads(handed_in_again(tool, "call_of_now")) == {
        "type": "conversation.item.create",
        "item": {"type": "function_call_output", "call_id": "call_of_now", "output": "0"},
    }
