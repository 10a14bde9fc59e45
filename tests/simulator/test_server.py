import asyncio
import json
import ssl
from math import inf

import pytest
import trustme
import uvloop
from openai import AsyncOpenAI, NotFoundError, OpenAI
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from rtdebug.simulator.options import Options
from rtdebug.simulator.script import Script, ToolCall, Turn
from rtdebug.simulator.server import Refusal, Simulator

from .client import TOOL

SCRIPT = Script(turns=(Turn("Look it up.", "It is there.", ToolCall("look")),), afterwards=())
PATH = "/v1/realtime?model=gpt-realtime"


async def test_a_session_opens_and_a_written_turn_is_spoken() -> None:
    async with (
        Simulator(pace=inf) as sim,
        AsyncOpenAI(api_key="sk-test", websocket_base_url=f"{sim.url}/v1") as client,
        client.realtime.connect(model="gpt-realtime") as connection,
    ):
        created = await connection.recv()
        assert created.type == "session.created"
        assert created.session.model == "gpt-realtime"
        content = [{"type": "input_text", "text": "Hello"}]
        await connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})
        await connection.response.create()
        sound = 0
        async for event in connection:
            if event.type == "response.output_audio.delta":
                sound += len(event.delta)
            if event.type == "response.done":
                assert event.response.status == "completed"
                assert event.response.usage is not None
                break
        assert sound > 100_000
        (request,) = sim.requests
        assert request.path == PATH
        assert request.header("authorization") == "Bearer sk-test"


# The client opens its socket in a way websockets 17.1 warns of.
@pytest.mark.filterwarnings("ignore:connect:DeprecationWarning")
async def test_a_tool_round_with_the_synchronous_client() -> None:
    def converse(url: str) -> list[str]:
        said = []
        client = OpenAI(api_key="sk-test", websocket_base_url=f"{url}/v1")
        with client, client.realtime.connect(model="gpt-realtime") as connection:
            connection.session.update(session={"type": "realtime", "output_modalities": ["text"], "tools": [TOOL]})
            content = [{"type": "input_text", "text": "Look it up."}]
            connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})
            connection.response.create()
            for event in connection:
                if event.type == "response.function_call_arguments.done":
                    item = {"type": "function_call_output", "call_id": event.call_id, "output": "{}"}
                    connection.conversation.item.create(item=item)
                    connection.response.create()
                elif event.type == "response.output_text.done":
                    said.append(event.text)
                    break
        return said

    async with Simulator(pace=inf, script=SCRIPT) as sim:
        assert await asyncio.to_thread(converse, sim.url) == ["It is there."]


async def test_secrets_and_models_are_served_over_http() -> None:
    async with Simulator() as sim, AsyncOpenAI(api_key="sk-test", base_url=f"{sim.http_url}/v1") as client:
        secret = await client.realtime.client_secrets.create(session={"type": "realtime", "instructions": "Hi"})
        assert secret.value.startswith("ek_")
        assert secret.session.instructions == "Hi"
        assert (await client.models.list()).data
        with pytest.raises(NotFoundError, match="Invalid URL"):
            await client.files.list()
        assert [request.method for request in sim.requests] == ["POST", "GET", "GET"]
        assert json.loads(sim.requests[0].body)["session"]["instructions"] == "Hi"


def test_it_runs_on_uvloop_as_well() -> None:
    async def ask() -> int:
        async with Simulator() as sim, AsyncOpenAI(api_key="sk-test", base_url=f"{sim.http_url}/v1") as client:
            async with connect(sim.url + PATH) as socket:
                assert json.loads(await socket.recv())["type"] == "session.created"
            return len((await client.models.list()).data)

    assert uvloop.run(ask()) > 0


async def test_clients_that_vanish_do_no_harm() -> None:
    async with Simulator(pace=10) as sim:
        socket = await connect(sim.url + PATH)
        await socket.send('{"type": "response.create"}')
        socket.transport.abort()
        async with connect(sim.url + PATH) as other:
            assert json.loads(await other.recv())["type"] == "session.created"


async def test_events_are_sent_when_they_are_due() -> None:
    async with Simulator(pace=20) as sim, connect(sim.url + PATH) as socket:
        loop = asyncio.get_running_loop()
        await socket.send('{"type": "response.create"}')
        begun = loop.time()
        while json.loads(await socket.recv())["type"] != "response.output_item.added":
            pass
        assert 0.3 / 20 <= loop.time() - begun < 0.3


@pytest.mark.parametrize("offered", [None, ["realtime", "openai-insecure-api-key.sk-test"], ["other"]])
async def test_the_subprotocol_is_chosen_when_it_is_offered(offered: list[str] | None) -> None:
    names = None if offered is None else [Subprotocol(name) for name in offered]
    async with Simulator() as sim, connect(sim.url + PATH, subprotocols=names) as socket:
        assert socket.subprotocol == ("realtime" if offered and "realtime" in offered else None)


async def test_a_handshake_can_be_refused() -> None:
    refusal = Refusal(401, {"content-type": "application/json", "x-request-id": "req_1"}, b'{"error": {}}')
    async with Simulator(refuse=refusal) as sim:
        with pytest.raises(InvalidStatus) as refused:
            await connect(sim.url + PATH)
        response = refused.value.response
        assert (response.status_code, response.reason_phrase) == (401, "Unauthorized")
        assert response.headers["x-request-id"] == "req_1"
        assert response.body == b'{"error": {}}'
        sim.refuse = None
        async with connect(sim.url + PATH) as socket:
            assert json.loads(await socket.recv())["type"] == "session.created"


async def test_a_socket_elsewhere_is_not_found() -> None:
    async with Simulator() as sim:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{sim.url}/v1/other")
        assert refused.value.response.status_code == 404
        assert b"Invalid URL" in (refused.value.response.body or b"")


async def test_what_is_no_http_is_refused_at_once() -> None:
    async with Simulator() as sim, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", sim.port)
        writer.write(b"\x16\x03\x01\x02\x00\x01\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 400 Bad Request")
        writer.close()
        await writer.wait_closed()


async def test_it_speaks_tls() -> None:
    authority = trustme.CA()
    server, client = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.configure_trust(client)
    async with Simulator(ssl=server) as sim:
        assert (sim.url[:6], sim.http_url[:8]) == ("wss://", "https://")
        async with connect(sim.url + PATH, ssl=client) as socket:
            assert json.loads(await socket.recv())["type"] == "session.created"


async def test_sessions_are_strangers_and_end_with_the_simulator() -> None:
    async with Simulator(pace=inf) as sim:
        one, two = await connect(sim.url + PATH), await connect(sim.url + PATH)
        ids = {json.loads(await socket.recv())["session"]["id"] for socket in (one, two)}
        await one.send('{"type": "input_audio_buffer.clear"}')
        assert json.loads(await one.recv())["type"] == "input_audio_buffer.cleared"
    assert len(ids) == 2
    await asyncio.gather(one.wait_closed(), two.wait_closed())
    assert two.close_code == 1001


async def test_a_client_may_send_much_before_it_reads() -> None:
    append = json.dumps({"type": "input_audio_buffer.append", "audio": "AAAA" * 1600})
    async with Simulator(pace=inf) as sim, connect(sim.url + PATH) as socket:
        await socket.send('{"type": "response.create"}')
        for _ in range(500):
            await socket.send(append)
        await socket.send('{"type": "input_audio_buffer.clear"}')
        while json.loads(await socket.recv())["type"] != "input_audio_buffer.cleared":
            pass


async def test_large_messages_pass() -> None:
    async with Simulator(pace=inf) as sim, connect(sim.url + PATH, max_size=None) as socket:
        await socket.send(json.dumps({"type": "input_audio_buffer.append", "audio": "AAAA" * (1 << 20)}))
        await socket.send('{"type": "input_audio_buffer.clear"}')
        assert json.loads(await socket.recv())["type"] == "session.created"
        assert json.loads(await socket.recv())["type"] == "input_audio_buffer.cleared"


async def test_a_client_secret_opens_the_session_it_was_made_for() -> None:
    options = Options(require_key="sk-test")
    async with (
        Simulator(options=options) as sim,
        AsyncOpenAI(api_key="sk-test", base_url=f"{sim.http_url}/v1") as client,
    ):
        made = await client.realtime.client_secrets.create(session={"type": "realtime", "instructions": "Be kind."})
        headers = {"Authorization": f"Bearer {made.value}"}
        async with connect(sim.url + PATH, additional_headers=headers) as socket:
            session = json.loads(await socket.recv())["session"]
        assert (session["instructions"], session["expires_at"] > 0) == ("Be kind.", True)


async def test_azure_refuses_a_bad_key_at_the_handshake() -> None:
    async with Simulator(options=Options(flavour="azure", require_key="sk-test")) as sim:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{sim.url}/openai/v1/realtime?model=gpt-realtime", additional_headers={"api-key": "wrong"})
        assert refused.value.response.status_code == 401
        async with connect(f"{sim.url}/openai/v1/realtime?api-key=sk-test") as socket:
            assert json.loads(await socket.recv())["type"] == "session.created"


async def test_the_beta_is_spoken_to_those_who_ask_for_it() -> None:
    names = [Subprotocol("realtime"), Subprotocol("openai-beta.realtime-v1")]
    async with Simulator() as sim, connect(sim.url + PATH, subprotocols=names) as socket:
        assert json.loads(await socket.recv())["session"]["modalities"] == ["audio", "text"]
