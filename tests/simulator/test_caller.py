import asyncio
from importlib.util import find_spec
from typing import Any

import pytest
from websockets.asyncio.server import serve

from rtdebug.errors import UpstreamError
from rtdebug.simulator import caller, line
from rtdebug.simulator.caller import call
from rtdebug.simulator.http import Answer
from rtdebug.simulator.line import socket_base
from rtdebug.simulator.script import DEFAULT
from rtdebug.simulator.server import Simulator

from .client import assert_in_order

PACE = 16.0


@pytest.mark.parametrize("with_openai", [True, False])
async def test_the_demo_call_has_a_tool_call_a_barge_in_and_a_goodbye(
    with_openai: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "find_spec", lambda name: find_spec(name) if with_openai else None)
    events: list[dict[str, Any]] = []
    # At half the caller's pace a busy machine still has time to interrupt.
    async with Simulator(pace=PACE / 2) as sim:
        await call(sim.url, api_key="sk-test", pace=PACE, on_event=events.append)
        (request,) = sim.requests
    assert request.header("authorization") == "Bearer sk-test"
    assert ("OpenAI" in (request.header("user-agent") or "")) is with_openai
    assert_in_order(events)
    kinds = [event["type"] for event in events]
    assert "error" not in kinds
    heard = [event["transcript"] for event in events if event["type"].endswith("transcription.completed")]
    assert heard == [turn.user for turn in DEFAULT.turns]
    assert kinds.count("response.function_call_arguments.done") == 1
    done = [event["response"] for event in events if event["type"] == "response.done"]
    assert [response["status"] for response in done] == ["completed", "cancelled", "completed", "completed"]
    assert done[1]["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
    (truncated,) = [event for event in events if event["type"] == "conversation.item.truncated"]
    assert truncated["item_id"] == done[1]["output"][0]["id"]
    assert 700 < truncated["audio_end_ms"] < 4000


async def test_nobody_there_is_told_plainly() -> None:
    with pytest.raises(UpstreamError, match=r"no call to ws://127\.0\.0\.1:9: "):
        await call("ws://127.0.0.1:9", api_key="sk-test")


async def test_a_refused_call_is_told_plainly() -> None:
    async with Simulator(refuse=Answer(403)) as sim:
        with pytest.raises(UpstreamError, match="403"):
            await call(sim.url, api_key="sk-test")


async def test_a_call_that_is_cut_off_is_told_plainly() -> None:
    begun = asyncio.Event()
    async with Simulator() as sim:
        calling = asyncio.create_task(call(sim.url, api_key="sk-test", on_event=lambda _: begun.set()))
        await begun.wait()
    with pytest.raises(UpstreamError, match="hung up in the middle"):
        await calling


async def test_an_error_of_the_listeners_own_comes_through() -> None:
    def listen(event: dict[str, Any]) -> None:
        raise KeyError(event["type"])

    async with Simulator() as sim:
        with pytest.raises(KeyError, match=r"session\.created"):
            await call(sim.url, api_key="sk-test", on_event=listen)


async def test_an_upstream_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller, "_SHORTEST_PATIENCE_S", 0.2)
    async with serve(lambda socket: socket.wait_closed(), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(UpstreamError, match="left the caller waiting"):
            await call(f"ws://127.0.0.1:{port}", api_key="sk-test", pace=1000)


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("http://127.0.0.1:80", "ws://127.0.0.1:80/v1"),
        ("https://api.openai.com/v1/", "wss://api.openai.com/v1"),
        ("ws://localhost:1/openai/v1", "ws://localhost:1/openai/v1"),
    ],
)
def test_any_form_of_address_leads_to_the_socket(given: str, base: str) -> None:
    assert socket_base(given) == base
