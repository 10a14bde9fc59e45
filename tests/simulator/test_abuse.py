"""Clients that mean no good cost the simulator little, and what it cannot do is said."""

import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from rtdebug.simulator.options import Options
from rtdebug.simulator.server import Simulator
from rtdebug.simulator.tally import Tally


def deep(levels: int) -> str:
    return (
        '{"type":"session.update","session":{"type":"realtime","tracing":'
        + '{"a":' * levels
        + "1"
        + "}" * levels
        + "}}"
    )


async def test_an_event_nobody_could_write_back_is_refused() -> None:
    async with Simulator() as sim, connect(f"{sim.url}/v1/realtime?model=gpt-realtime", proxy=None) as client:
        await client.recv()
        await client.send(deep(300))
        assert json.loads(await client.recv())["error"]["code"] == "invalid_json"
        await client.send('{"type":"session.update","session":{"type":"realtime"}}')
        assert json.loads(await client.recv())["type"] == "session.updated"


async def test_parallel_responses_have_a_limit() -> None:
    async with Simulator() as sim, connect(f"{sim.url}/v1/realtime?model=gpt-realtime", proxy=None) as client:
        ask = {"type": "response.create", "response": {"conversation": "none"}}
        for _ in range(40):
            await client.send(json.dumps(ask))
        codes = []
        while len(codes) < 8:
            event = json.loads(await client.recv())
            if event["type"] == "error":
                codes.append(event["error"]["code"])
        assert set(codes) == {"too_many_responses"}


@pytest.mark.parametrize(("origin", "allowed"), [("https://evil.example", False), ("http://localhost:3000", True)])
async def test_a_page_of_another_site_gets_nothing(origin: str, allowed: bool) -> None:
    async with Simulator() as sim:
        try:
            async with connect(f"{sim.url}/v1/realtime?model=gpt-realtime", proxy=None, origin=origin) as client:  # type: ignore[arg-type]
                await client.recv()
                assert allowed
        except InvalidStatus as refused:
            assert refused.response.status_code == 403
            assert not allowed


async def test_xai_does_not_transcribe() -> None:
    async with Simulator(options=Options(flavour="xai")) as sim:
        with pytest.raises(InvalidStatus):
            async with connect(f"{sim.url}/v1/realtime?intent=transcription", proxy=None):
                pass


async def test_a_fault_of_ours_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[Tally] = []

    def fails(*_: object) -> None:
        raise KeyError("instructions")

    async with Simulator(on_ended=ended.append) as sim:
        monkeypatch.setattr("rtdebug.simulator.machine.Machine.receive", fails)
        async with connect(f"{sim.url}/v1/realtime?model=gpt-realtime", proxy=None) as client:
            await client.recv()
            await client.send("{}")
            with pytest.raises(ConnectionClosed):
                await client.recv()
    assert "KeyError" in ended[0].ending
