import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trustme
from websockets.asyncio.server import ServerConnection, serve

from rtdebug.conform.endpoint import parse_endpoint
from rtdebug.conform.runner import Limits, perform
from rtdebug.conform.steps import Scene
from rtdebug.conform.verdicts import CODES, choose, evaluate
from rtdebug.errors import UpstreamError
from rtdebug.simulator.options import Options
from rtdebug.simulator.server import Refusal, Simulator

from .relay import Edit, Event, faithful, relay, swapped, twice, without
from .stagehand import SPEECH, scene

QUICK = Limits(dial=5, answer=1.0, grace=0.3, linger=0.2, scene=20)
CALM = Limits(answer=20, grace=0.5, linger=0.2)
PATH = "/v1/realtime"


async def conform(url: str, codes: Any = CODES, limits: Limits = CALM) -> dict[str, str]:
    """Return the verdict on each code."""
    stages = await perform(parse_endpoint(url), choose(SPEECH, codes), at_once=8, limits=limits)
    return {row.code: row.outcome for row in evaluate(stages, codes)}


def failed(verdicts: dict[str, str]) -> set[str]:
    return {code for code, verdict in verdicts.items() if verdict == "failed"}


@pytest.mark.load
async def test_the_simulator_holds_everything_at_the_speed_of_speech() -> None:
    async with Simulator(pace=1) as sim:
        verdicts = await conform(sim.url)
    assert set(verdicts.values()) == {"held"}
    assert len(sim.requests) == len(choose(SPEECH, CODES))


@pytest.mark.parametrize(
    ("flavour", "unheard_of"),
    [("azure", {"R25", "R26"}), ("xai", {"R12", "R17", "R21", "R25", "R26", "P20"})],
)
async def test_so_it_does_in_the_manner_of_others(flavour: Any, unheard_of: set[str]) -> None:
    async with Simulator(pace=4, options=Options(flavour=flavour)) as sim:
        verdicts = await conform(sim.url)
    assert {code for code, verdict in verdicts.items() if verdict == "not evaluated"} == unheard_of
    # The words of what was said end before its sound there, as they do with the service.
    differing = {"R16": "differs"} if flavour == "xai" else {}
    assert {
        code: verdict for code, verdict in verdicts.items() if verdict not in ("held", "not evaluated")
    } == differing


async def test_so_it_does_through_somebody_who_changes_nothing() -> None:
    async with Simulator(pace=4) as sim, relay(sim.url, faithful) as url:
        assert set((await conform(url)).values()) == {"held"}


def late_item() -> Edit:
    """Tell the item of a response only after its end."""
    held: list[Event] = []

    def edit(event: Event) -> list[Event]:
        if event["type"] == "response.output_item.done":
            held.append(event)
            return []
        told = [event, *held] if event["type"] == "response.done" else [event]
        if len(told) > 1:
            held.clear()
        return told

    return edit


@pytest.mark.parametrize(
    ("disorder", "expected"),
    [
        (without("response.content_part.added"), {"R13"}),
        (without("response.output_text.done", "response.output_audio_transcript.done"), {"R14"}),
        (without("response.function_call_arguments.delta"), {"R15"}),
        (twice("response.created"), {"R04"}),
        (twice("conversation.item.added"), {"R19"}),
        (swapped("response.created"), {"R03"}),
        (swapped("response.output_item.added"), {"R11"}),
        (late_item, {"R04", "R07"}),
    ],
    ids=["no part", "no end", "no arguments", "begun twice", "added twice", "begun late", "added late", "closed late"],
)
async def test_a_server_in_disorder_fails_by_the_right_rules(disorder: Callable[[], Edit], expected: set[str]) -> None:
    rules = [code for code in CODES if code.startswith("R")]
    async with Simulator(pace=20) as sim, relay(sim.url, disorder) as url:
        assert failed(await conform(url, rules)) == expected


async def test_a_server_that_never_ends_a_response_owes_it() -> None:
    async with Simulator(pace=20) as sim, relay(sim.url, without("response.done")) as url:
        assert failed(await conform(url, CODES, QUICK)) == {"P01", "R18"}


async def test_a_server_that_refuses_nothing_fails_every_refusal() -> None:
    probes = [f"P{n:02d}" for n in range(9, 26)]
    async with Simulator(pace=4) as sim, relay(sim.url, without("error")) as url:
        assert failed(await conform(url, probes)) == set(probes)


# Endpoints that will not speak.


@asynccontextmanager
async def serving(handler: Callable[[ServerConnection], Awaitable[None]]) -> AsyncIterator[str]:
    async with serve(handler, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


async def test_nobody_there() -> None:
    async with serving(lambda connection: asyncio.sleep(0)) as url:
        pass
    with pytest.raises(UpstreamError, match=f"{url}{PATH} cannot be reached: "):
        await conform(url)


async def test_a_refused_handshake_is_told_with_its_words() -> None:
    async with Simulator(refuse=Refusal(401, body=b"Who are you?")) as sim:
        with pytest.raises(UpstreamError, match=r"refused the handshake with HTTP 401: Who are you\?"):
            await conform(sim.url)


async def test_one_that_accepts_and_stays_silent() -> None:
    async with serving(lambda connection: connection.wait_closed()) as url:
        with pytest.raises(UpstreamError, match="accepted the connection and said nothing within 1 s"):
            await conform(url, limits=QUICK)


async def test_one_that_accepts_and_hangs_up() -> None:
    async with serving(lambda connection: connection.close(1011, "no model")) as url:
        with pytest.raises(UpstreamError, match="closed the connection with 1011 no model and said nothing"):
            await conform(url)


async def test_one_that_says_why_it_will_not() -> None:
    async def refuse(connection: ServerConnection) -> None:
        error = {"type": "invalid_request_error", "code": "invalid_api_key", "message": "Incorrect API key."}
        await connection.send(json.dumps({"type": "error", "event_id": "event_1", "error": error}))
        await connection.close(3000, "invalid_request_error.invalid_api_key")

    async with serving(refuse) as url:
        with pytest.raises(UpstreamError, match="refused with invalid_api_key: Incorrect API key"):
            await conform(url)


async def test_one_that_is_no_websocket() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(UpstreamError, match=r"does not speak WebSocket|cannot be reached"):
            await conform(f"ws://127.0.0.1:{port}")


async def test_a_certificate_that_cannot_be_trusted() -> None:
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(server)
    async with Simulator(ssl=server) as sim:
        with pytest.raises(UpstreamError, match="certificate that cannot be trusted"):
            await conform(sim.url)


async def test_tls_where_there_is_none() -> None:
    async with Simulator() as sim:
        with pytest.raises(UpstreamError, match="over TLS"):
            await conform(sim.url.replace("ws://", "wss://"))


# One connection among others.


async def test_the_key_and_the_subprotocol_are_brought_along() -> None:
    async with Simulator() as sim:
        await perform(
            parse_endpoint(sim.url, model="gpt-realtime-mini", key="sk-test"), [scene("beginning")], limits=CALM
        )
        [request] = sim.requests
    assert request.path == f"{PATH}?model=gpt-realtime-mini"
    assert request.header("authorization") == "Bearer sk-test"
    assert request.header("sec-websocket-protocol") == "realtime"
    assert request.header("sec-websocket-extensions") is None


async def test_a_server_with_room_for_one_is_judged_by_what_it_plays() -> None:
    async with Simulator(pace=20) as sim:
        scenes = [scene("beginning"), scene("written turns"), scene("P10")]

        def refuse(stage: object) -> None:
            sim.refuse = Refusal(429)

        stages = await perform(parse_endpoint(sim.url), scenes, limits=CALM, on_played=refuse)
    assert [bool(stage.reason) for stage in stages] == [False, True, True]
    assert "HTTP 429" in stages[1].reason


async def test_no_more_scenes_are_played_at_once_than_wanted() -> None:
    open_now, most = 0, 0

    async def serve_one(connection: ServerConnection) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await connection.send('{"type": "session.created", "session": {}}')
        await connection.wait_closed()
        open_now -= 1

    async with serving(serve_one) as url:
        scenes = [Scene(f"{n}", scene("beginning").play) for n in range(7)]
        await perform(parse_endpoint(url), scenes, at_once=2, limits=Limits(answer=0.2, linger=0))
    assert most == 2


async def test_a_server_that_breaks_off_fails() -> None:
    async def serve_one(connection: ServerConnection) -> None:
        await connection.send('{"type": "session.created", "event_id": "event_1", "session": {}}')
        await connection.recv()
        await connection.close(1011, "out of memory")

    async with serving(serve_one) as url:
        [stage] = await perform(parse_endpoint(url), [scene("beginning")], limits=CALM)
    assert stage.reason == "no session.updated came: the connection was closed with 1011 out of memory"


async def test_a_scene_that_never_ends_is_ended() -> None:
    async def serve_one(connection: ServerConnection) -> None:
        await connection.send('{"type": "session.created", "session": {}}')
        await connection.wait_closed()

    async with serving(serve_one) as url:
        limits = Limits(answer=20, linger=0, scene=0.3)
        [stage] = await perform(parse_endpoint(url), [scene("beginning")], limits=limits)
    assert stage.reason == "it was not over within 0.3 s"
