"""The tools of a recorded call: what each gave, and which of it answers what the model calls now. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import orjson

from rtdebug.protocol.answers import asks_for_answer
from rtdebug.protocol.event import Event
from rtdebug.protocol.identity import is_tool_output, tool_call
from rtdebug.protocol.progress import Call, calls_in, for_call
from rtdebug.protocol.reading import loads
from rtdebug.replay.steps import Command, Say, Script


@dataclass(frozen=True, slots=True)
class Tool:
    """A call in the recording, and how its client answered it."""

    call: Call
    output: Command
    asked: Command | None
    """The `response.create` behind the output."""


@dataclass(frozen=True, slots=True)
class Match:
    """A call of now, and the recorded one whose output answers it."""

    now: Call
    tool: Tool | None
    """None where the recording has no output of that function's."""
    exact: bool = False
    """The arguments are the recorded ones."""

    @property
    def words(self) -> str:
        """Say what is not as recorded, "" where all is."""
        called = f"{self.now.name}({_short(self.now.arguments)})"
        if self.tool is None:
            return f"the model called {called}: the recording has no output of that function; it was left unanswered"
        if self.exact:
            return ""
        return (
            f"the model called {called}, which the recording does not have: answered with the output of "
            f"step {self.tool.output.number}, recorded for {_short(self.tool.call.arguments)}"
        )


def tools_of(script: Script) -> list[Tool]:
    """Find the calls of a recording that were answered."""
    calls: dict[str, Call] = {}
    for step in script.steps:
        if isinstance(step, Say):
            calls |= {call.call_id: call for call in calls_in(step.event)}
    found: list[Tool] = []
    asked: Command | None = None
    for command in reversed(script.commands):
        asked = command if asks_for_answer(command.event) else asked
        call = calls.get(tool_call(command.event)) if is_tool_output(command.event) else None
        if call is not None:
            found.append(Tool(call, command, asked))
    return found[::-1]


def matched(now: Iterable[Call], here: Sequence[Tool], everywhere: Sequence[Tool]) -> list[Match]:
    """Find what answers each call of a response: `here` is what the recorded response called, each used once."""
    left, open_ = list(here), list(now)
    found: list[Match] = []
    for is_fit in (same, _same_name):  # those that fit exactly choose first
        for call in list(open_):
            fitting = [tool for tool in left if is_fit(tool.call, call)]
            if fitting:
                tool = _nearest(call, fitting)
                left.remove(tool)
                open_.remove(call)
                found.append(Match(call, tool, same(tool.call, call)))
    for call in open_:
        known = [tool for tool in everywhere if _same_name(tool.call, call)]
        nearest = _nearest(call, known) if known else None
        found.append(Match(call, nearest, nearest is not None and same(nearest.call, call)))
    return found


def handed_in_again(tool: Tool, call_id: str) -> bytes:
    """Write a recorded output as the answer to another call."""
    return orjson.dumps(for_call(_as_sent(tool.output.event, tool.output.text), call_id))


def same(one: Call, other: Call) -> bool:
    """Say whether two calls ask for the same."""
    return _same_name(one, other) and _value(one.arguments) == _value(other.arguments)


def _same_name(one: Call, other: Call) -> bool:
    return one.name == other.name


def _nearest(call: Call, tools: Sequence[Tool]) -> Tool:
    return max(tools, key=lambda tool: (same(tool.call, call), _likeness(tool.call.arguments, call.arguments)))


def _likeness(one: str, other: str) -> float:
    """Say how alike two texts of arguments are: what they share of their fields first, of their letters then."""
    mine, its = _value(one), _value(other)
    shared = 0
    if isinstance(mine, dict) and isinstance(its, dict):
        shared = sum(key in its and its[key] == value for key, value in mine.items())
    return shared + SequenceMatcher(None, one, other, autojunk=False).ratio()


def _value(arguments: str) -> Any:
    try:
        return loads(arguments.encode("utf-8", "replace"))
    except ValueError:
        return arguments


def _as_sent(event: Event, text: bytes) -> Mapping[str, Any]:
    found = loads(text)
    return found if isinstance(found, dict) else event.data


def _short(text: str, size: int = 120) -> str:
    return text if len(text) <= size else text[: size - 1] + "…"
