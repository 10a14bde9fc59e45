"""Connecting, or saying in words why not. What the runner says of it is tried in its own tests."""

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import InvalidStatus

from rtdebug.conform.dialling import dial
from rtdebug.errors import UpstreamError
from rtdebug.simulator.server import Refusal, Simulator

PATH = "/v1/realtime"


def in_words(shown: str, refused: InvalidStatus) -> str:
    return f"{shown}: {refused.response.status_code}"


@pytest.mark.parametrize("subprotocol", ["", "realtime"])
async def test_a_subprotocol_is_offered_where_there_is_one(subprotocol: str) -> None:
    async with Simulator() as sim:
        dialled = await dial(
            f"{sim.url}{PATH}", shown="it", headers={"x-me": "1"}, subprotocol=subprotocol, seconds=5, refused=in_words
        )
        async with dialled as line:
            assert (line.subprotocol or "") == subprotocol
        (request,) = sim.requests
    assert (request.header("sec-websocket-protocol") or "") == subprotocol
    assert request.header("x-me") == "1"


async def test_who_dials_words_the_refusal() -> None:
    async with Simulator(refuse=Refusal(418)) as sim:
        with pytest.raises(UpstreamError, match=r"^it: 418$"):
            await dial(f"{sim.url}{PATH}", shown="it", headers={}, subprotocol="", seconds=5, refused=in_words)


async def test_nobody_is_there() -> None:
    async def hang_up(line: ServerConnection) -> None:
        await line.close()

    async with serve(hang_up, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
    with pytest.raises(UpstreamError, match=r"^it cannot be reached: "):
        await dial(f"ws://127.0.0.1:{port}", shown="it", headers={}, subprotocol="", seconds=5, refused=in_words)


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".test"])
async def test_a_host_that_can_have_no_address(host: str) -> None:
    with pytest.raises(UpstreamError, match=r"^it has no address: a part of the host's name is empty, or too long$"):
        await dial(f"ws://{host}{PATH}", shown="it", headers={}, subprotocol="", seconds=5, refused=in_words)
