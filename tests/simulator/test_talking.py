import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from rtdebug.simulator.options import Options
from rtdebug.simulator.server import Simulator
from rtdebug.simulator.tally import Tally


async def closing(url: str, **headers: str) -> tuple[list[str], int, str]:
    """Listen until the server hangs up."""
    heard = []
    async with connect(url, additional_headers=headers) as socket, asyncio.timeout(5):
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                event = json.loads(await socket.recv())
                heard.append(event.get("error", {}).get("code") or event["type"])
    assert closed.value.rcvd is not None
    return heard, closed.value.rcvd.code, closed.value.rcvd.reason


async def test_a_session_ends_when_its_time_is_up() -> None:
    ended: list[Tally] = []
    async with Simulator(options=Options(session_limit_s=0.2), on_ended=ended.append) as sim:
        heard, code, reason = await closing(f"{sim.url}/v1/realtime")
        assert heard == ["session.created"]
        assert (code, reason) == (1001, "Your session hit the maximum duration of 0.2 seconds.")
        heard, code, _ = await closing(f"{sim.url}/v1/realtime", **{"OpenAI-Beta": "realtime=v1"})
        assert (heard, code) == (["session.created", "session_expired"], 1001)
    assert [tally.ending for tally in ended] == ["server closed 1001"] * 2


async def test_openai_refuses_with_an_error_and_a_close() -> None:
    async with Simulator(options=Options(require_key="sk-good", ga_only=True)) as sim:
        heard, code, reason = await closing(f"{sim.url}/v1/realtime", Authorization="Bearer sk-bad")
        assert (heard, code, reason) == (["invalid_api_key"], 3000, "invalid_request_error.invalid_api_key")
        good = {"Authorization": "Bearer sk-good"}
        heard, code, _ = await closing(f"{sim.url}/v1/realtime?model=whisper-1", **good)
        assert (heard, code) == (["invalid_model"], 4000)
        heard, code, _ = await closing(f"{sim.url}/v1/realtime", **good, **{"OpenAI-Beta": "realtime=v1"})
        assert (heard, code) == (["beta_api_shape_disabled"], 4000)
