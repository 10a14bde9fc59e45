"""The beta as OpenAI's own client speaks it."""

import asyncio
import json
from math import inf

from openai import AsyncOpenAI
from websockets.asyncio.client import connect

from rtdebug.simulator.server import Simulator


async def test_a_turn_with_the_clients_beta() -> None:
    async with (
        asyncio.timeout(20),
        Simulator(pace=inf) as sim,
        AsyncOpenAI(api_key="sk-test", websocket_base_url=f"{sim.url}/v1") as client,
        client.beta.realtime.connect(model="gpt-4o-realtime-preview") as connection,
    ):
        created = await connection.recv()
        assert created.type == "session.created"
        assert created.session.modalities == ["audio", "text"]
        await connection.session.update(session={"modalities": ["text"], "temperature": 0.7})
        content = [{"type": "input_text", "text": "Hello"}]
        await connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})
        await connection.response.create()
        kinds = set()
        async for event in connection:
            kinds.add(event.type)
            if event.type == "response.done":
                assert event.response.temperature == 0.7
                break
        assert {"conversation.item.created", "response.text.delta"} <= kinds
        assert (sim.requests[0].header("openai-beta") or "") == "realtime=v1"


async def test_the_betas_sessions_open_with_their_secrets() -> None:
    async with (
        asyncio.timeout(20),
        Simulator() as sim,
        AsyncOpenAI(api_key="sk-test", base_url=f"{sim.http_url}/v1") as client,
    ):
        talker = await client.beta.realtime.sessions.create(model="gpt-4o-realtime-preview", voice="sage")
        listener = await client.beta.realtime.transcription_sessions.create(input_audio_format="g711_ulaw")
        told = [await _first(sim.url, given.client_secret.value) for given in (talker, listener)]
        assert (told[0]["type"], told[0]["session"]["voice"]) == ("session.created", "sage")
        assert told[1]["type"] == "transcription_session.created"
        assert told[1]["session"]["input_audio_format"] == "g711_ulaw"


async def _first(url: str, key: str) -> dict:
    headers = {"Authorization": f"Bearer {key}", "OpenAI-Beta": "realtime=v1"}
    async with connect(f"{url}/v1/realtime", additional_headers=headers) as socket:
        return json.loads(await socket.recv())
