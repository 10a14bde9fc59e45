"""The door of a replay: who gets a recording, and who only asked for one."""

import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from rtdebug.replay.server import ReplayServer
from rtdebug.replay.shelf import HEADER

from .actor import RECORDINGS, played
from .test_line import UPGRADE

TEXT = RECORDINGS / "text-turn"


async def asked(address: str, head: str) -> bytes:
    """Send the head of a request; return the first of what comes back."""
    host, _, port = address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(head.encode())
    answer = await reader.read(64)
    writer.close()
    return answer


async def test_a_handshake_that_fails_takes_no_recording() -> None:
    async with ReplayServer([TEXT]) as server:
        assert b" 400 " in await asked(server.address, UPGRADE.format(server.address, 12))
        await played(TEXT, server.ws_url)
        async with asyncio.timeout(10):
            await server.over.wait()
    assert server.verdicts.clean, server.verdicts.text


@pytest.mark.parametrize("loop", [False, True])
async def test_a_name_that_no_recording_has_is_told(loop: bool) -> None:
    async with ReplayServer([TEXT, RECORDINGS / "failed"], loop=loop) as server:
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.ws_url, additional_headers={HEADER: "text-trun"})
    response = refused.value.response
    message = json.loads(response.body or b"")["error"]["message"]
    assert (response.status_code, message) == (
        409,
        "/v1/realtime was asked for, and there is no recording text-trun. There are text-turn, failed.",
    )


async def test_a_recording_that_was_played_is_no_more_to_be_had() -> None:
    async with ReplayServer([TEXT]) as server:
        await played(TEXT, server.ws_url)
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.ws_url)
    told = "no recording is left for it. Each is played once; --loop (in pytest, the marker's loop=True) plays them "
    assert told in (refused.value.response.body or b"").decode()
    assert told in server.verdicts.text


async def test_a_recording_given_twice_has_other_ids_each_time() -> None:
    async with ReplayServer([TEXT, TEXT]) as server:
        first, second = [await played(TEXT, server.ws_url) for _ in range(2)]
    assert first.events[0]["session"]["id"] != second.events[0]["session"]["id"]
