"""How the machine chooses what a response does: the script's answer, as far as the session's tools allow it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from rtdebug.simulator.conversation import Item
from rtdebug.simulator.refusals import Json
from rtdebug.simulator.script import NO_ANSWER, Script
from rtdebug.simulator.script_reply import Reply, ToolCall
from rtdebug.simulator.script_rule import Output, Prompt


def choose(settings: Json, items: Sequence[Item], script: Script) -> Reply:
    """Choose what to do about the items, of which the user's last turn and what came after it count."""
    last = max((place for place, item in enumerate(items) if item.turn), default=None)
    turn = None if last is None else items[last].turn
    if last is None or turn is None:
        return _possible(settings, Reply(say=script.greeting))
    prompt = _prompt(items, last)
    return _possible(settings, script.answer(turn, prompt))


def _prompt(items: Sequence[Item], last: int) -> Prompt:
    heard = items[last]
    typed = " ".join(part["text"] for part in heard.body["content"] if "text" in part)
    kind: Literal["said", "typed"] = "typed" if typed else "said"
    names = {item.body["call_id"]: item.body["name"] for item in items if item.body["type"] == "function_call"}
    outputs = tuple(
        Output(str(names.get(item.body["call_id"], "")), str(item.body["output"]))
        for item in items[last + 1 :]
        if item.body["type"] == "function_call_output"
    )
    number = sum(1 for item in items[: last + 1] if item.turn)
    return Prompt(kind, typed or (heard.turn.user if heard.turn else ""), number, outputs)


def _possible(settings: Json, reply: Reply) -> Reply:
    """Keep the calls that `tools` and `tool_choice` allow, and make one where they demand it.

    A choice that stays `required` is obeyed behind every output too, as the service does: the client ends that.
    """
    choice = settings["tool_choice"]
    names = [str(tool.get("name")) for tool in settings["tools"] if tool["type"] == "function"]
    if isinstance(choice, dict):
        names = [name for name in names if name == choice.get("name")]
    if choice == "none":
        names = []
    calls = tuple(call for call in reply.calls if call.name in names)
    if names and not calls and (choice == "required" or isinstance(choice, dict)):
        calls = (ToolCall(names[0]),)
    if settings.get("parallel_tool_calls") is False:
        calls = calls[:1]
    if calls:
        return replace(reply, calls=calls)
    silent = reply.ending is not None or reply.drop is not None
    return replace(reply, calls=(), say=reply.say or reply.then or ("" if silent else NO_ANSWER))
