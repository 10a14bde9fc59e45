"""A client that does something else than the recorded one, and what the verdict says of it."""

import json
from typing import Any

import pytest
from websockets.asyncio.client import connect

from rtdebug.replay.load import load
from rtdebug.replay.policy import Policy, Strictness
from rtdebug.replay.server import ReplayServer
from rtdebug.replay.terms import Terms
from rtdebug.replay.verdict import Verdict

from .actor import RECORDINGS, Change, Event, Heard, as_it_was, played

TOOL = "tool-call"


async def play(
    name: str, change: Change = as_it_was, *, match: Strictness = "semantic", ignore: tuple[str, ...] = ()
) -> tuple[Verdict, Heard]:
    terms = Terms(policy=Policy(match, frozenset(ignore)), patience_s=0.3)
    async with ReplayServer([RECORDINGS / name], terms=terms) as server:
        heard = await played(RECORDINGS / name, server.ws_url, change=change)
    (verdict,) = server.verdicts.connections
    return verdict, heard


def is_output(event: Event) -> bool:
    return bool(event.get("item", {}).get("type") == "function_call_output")


def other_seat(event: Event) -> Event:
    if is_output(event):
        event["item"]["output"] = '{"seat": "14B", "train": "10:15"}'
    return event


async def test_a_wrong_tool_output() -> None:
    verdict, _ = await play(TOOL, other_seat)
    (mismatch,) = verdict.mismatches
    assert not verdict.clean
    assert verdict.complete
    call = next(event.data["item"]["call_id"] for event in verdict.sent if "call_id" in event.data.get("item", {}))
    assert call not in mismatch.text, "the recording's ids are the ones to look for"
    assert mismatch.text == (
        "step 27 (line 29): conversation.item.create (function_call_output call_roInuc3kW3O1zOCv "
        '{"seat": "14A", …) was sent with something else in it\n'
        "  item.output.seat\n"
        '    recorded  "14A"\n'
        '    sent      "14B"'
    )


async def test_a_response_that_is_not_asked_for() -> None:
    asked = 0

    def forget(event: Event) -> Event | None:
        nonlocal asked
        asked += event["type"] == "response.create"
        return None if event["type"] == "response.create" and asked == 2 else event

    verdict, heard = await play(TOOL, forget)
    (mismatch,) = verdict.mismatches
    assert mismatch.text == "step 30 (line 32): response.create was not sent in 0.3 s"
    assert heard.events[-1]["error"]["message"] == mismatch.text
    assert (heard.code, heard.reason) == (1011, f"replay: {mismatch.text}")
    assert not verdict.complete


async def test_a_changed_instruction() -> None:
    def change(event: Event) -> Event:
        if "instructions" in event.get("session", {}):
            event["session"]["instructions"] = "You work in a bakery."
        return event

    verdict, _ = await play("text-turn", change)
    (mismatch,) = verdict.mismatches
    assert mismatch.text == (
        "step 2 (line 4): session.update (output_modalities, instructions) was sent with something else in it\n"
        "  session.instructions\n"
        '    recorded  "You work in a ticket office."\n'
        '    sent      "You work in a bakery."'
    )
    for ignored in ("session.instructions", "instructions", "session", "session.update"):
        assert (await play("text-turn", change, ignore=(ignored,)))[0].clean
    assert (await play("text-turn", change, match="loose"))[0].clean


async def test_an_item_that_is_left_out() -> None:
    def forget(event: Event) -> Event | None:
        return None if event["type"] == "conversation.item.create" else event

    verdict, _ = await play("text-turn", forget)
    (mismatch,) = verdict.mismatches
    # The actor waits for the answer to what it did not send, as most clients do.
    assert mismatch.what == (
        "step 4 (line 6): conversation.item.create (message user Hi, when is the next train to Leeds?) "
        "was not sent in 0.3 s"
    )


async def test_an_event_too_many() -> None:
    verdict, _ = await say_all(
        "text-turn", lambda events: [*events[:2], {"type": "conversation.item.delete", "item_id": "x"}, *events[2:]]
    )
    (mismatch,) = verdict.mismatches
    assert mismatch.text == (
        "conversation.item.delete (x) was sent, which the recording does not have here\n"
        "  nearest in the recording: step 7 (line 9) response.create"
    )


async def test_events_in_another_order() -> None:
    verdict, _ = await say_all("text-turn", lambda events: [events[0], events[2], events[1]])
    (mismatch,) = verdict.mismatches
    assert mismatch.kind == "order"
    assert mismatch.what.endswith(" came behind response.create of step 7 (line 9)")
    swapped, _ = await say_all("text-turn", lambda events: [events[1], events[0], events[2]])
    assert swapped.clean, "configuration and items are unrelated"
    strict, _ = await say_all("text-turn", lambda events: [events[1], events[0], events[2]], match="strict")
    assert [one.kind for one in strict.mismatches] == ["order"]


async def test_outputs_of_parallel_calls_in_another_order() -> None:
    def swapped(events: list[Event]) -> list[Event]:
        first, second = (place for place, event in enumerate(events) if is_output(event))
        events[first], events[second] = events[second], events[first]
        return events

    assert (await say_all("parallel-calls", swapped, responses=2))[0].clean
    assert not (await say_all("parallel-calls", swapped, responses=2, match="strict"))[0].clean


async def test_formal_fields_count_for_a_strict_replay_only() -> None:
    def formal(event: Event) -> Event:
        if "item" in event:
            event["item"] |= {"status": "completed", "object": "realtime.item"}
        event["event_id"] = "event_of_mine"
        return event

    assert (await play("text-turn", formal))[0].clean
    strict, _ = await play("text-turn", formal, match="strict")
    (mismatch,) = strict.mismatches
    assert [one.path for one in mismatch.differences] == ["item.status", "item.object"]
    assert mismatch.differences[0].recorded == "(nothing)"


async def test_json_may_be_spelled_in_another_way() -> None:
    def respelled(event: Event) -> Event:
        if is_output(event):
            event["item"]["output"] = json.dumps(json.loads(event["item"]["output"]), indent=2, sort_keys=True)
        return event

    assert (await play(TOOL, respelled))[0].clean
    assert not (await play(TOOL, respelled, match="strict"))[0].clean


@pytest.mark.parametrize("name", ["text-turn", "vad-conversation"])
async def test_a_client_that_leaves_early(name: str) -> None:
    verdict, _ = await say_all(name, lambda events: events[:1], wait=False)
    assert not verdict.clean
    assert verdict.mismatches[0].what.endswith(("; the client closed 1000", " ms were sent"))
    assert verdict.ending == "client closed 1000"
    assert "left over: step " in verdict.text


async def say_all(
    name: str, change: Any, *, wait: bool = True, responses: int = 1, match: Strictness = "semantic"
) -> tuple[Verdict, list[Event]]:
    """Send these events one after the other, and wait for the end of the answers."""
    recorded = load(RECORDINGS / name)
    events = [json.loads(command.text) for command in recorded.script.commands]
    recorded.close()
    heard: list[Event] = []
    terms = Terms(policy=Policy(match), patience_s=2, fresh_ids=False)
    server = ReplayServer([RECORDINGS / name], terms=terms)
    async with server, connect(server.ws_url, max_size=None) as line:
        for event in change(events):
            await line.send(json.dumps(event))
        while wait and [event["type"] for event in heard].count("rate_limits.updated") < responses:
            heard.append(json.loads(await line.recv()))
    (verdict,) = server.verdicts.connections
    return verdict, heard
